import { Button, Input, Select } from 'antd';
import type { ReactNode } from 'react';
import { showYuan } from '../parts/money.ts';
import { CountInput, MoneyInput } from '../parts/number-inputs.tsx';
import { showShare } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import type { PrizeForm } from './editor-form.ts';
import { sayFault } from './faults.ts';
import type { Editor } from './use-editor.ts';

interface PrizeRowProps {
  readonly editor: Editor;
  readonly prize: PrizeForm;
  readonly index: number;
  /** Share of draws that win this prize. */
  readonly share: number;
}

/** One prize: a line of a table on a wide screen, a card of its own on a narrow one. */
export function PrizeRow(props: PrizeRowProps) {
  const { prizes: words, none } = useWords();
  const { editor, prize, index } = props;
  const { form, update, locked } = editor;
  const shownName = prize.name === '' ? words.unnamed(index + 1) : prize.name;
  const costFen = prize.kind === 'red-packet' ? (prize.amountFen ?? 0) * (prize.stock ?? 0) : 0;
  const cell = { editor, index, shownName };
  return (
    <div className="prize-row">
      <Cell {...cell} field="name" label={words.name}>
        {(ties, set) => (
          <Input {...ties} maxLength={40} value={prize.name} onChange={(event) => set({ name: event.target.value })} />
        )}
      </Cell>
      <Cell {...cell} field="kind" label={words.kind}>
        {(ties, set) => (
          <Select
            {...ties}
            value={prize.kind}
            options={[
              { value: 'red-packet' as const, label: words.redPacket },
              { value: 'text' as const, label: words.text },
            ]}
            onChange={(kind) => set({ kind })}
          />
        )}
      </Cell>
      {prize.kind === 'text' ? (
        <span className="quiet cell-none">{none}</span>
      ) : (
        <Cell {...cell} field="amountFen" label={words.amount}>
          {({ 'aria-label': label, ...ties }, set) => (
            <MoneyInput {...ties} label={label} value={prize.amountFen} onChange={(amountFen) => set({ amountFen })} />
          )}
        </Cell>
      )}
      <ChanceCell {...props} shownName={shownName} />
      <Cell {...cell} field="stock" label={words.stock}>
        {({ 'aria-label': label, ...ties }, set) => (
          <CountInput {...ties} label={label} value={prize.stock} onChange={(stock) => set({ stock })} />
        )}
      </Cell>
      <span className="number cell-odds">
        {form.kind === 'lottery' && <span className="cell-label">{words.odds} </span>}
        {form.kind === 'lottery' && <strong>{showShare(props.share)}</strong>}
        <span className="quiet">{showYuan(costFen)}</span>
      </span>
      {!locked && form.prizes.length > 1 && (
        <Button
          type="text"
          className="cell-remove"
          aria-label={words.remove(shownName)}
          onClick={() => update('prizes', { prizes: form.prizes.filter((other) => other.id !== prize.id) })}
        >
          ✕
        </Button>
      )}
    </div>
  );
}

/** The column that differs by the way to win: tickets, days in a row, or which prize the password wins. */
function ChanceCell({ editor, prize, index, shownName }: PrizeRowProps & { shownName: string }) {
  const { prizes: words } = useWords();
  const cell = { editor, index, shownName };
  switch (editor.form.kind) {
    case 'lottery':
      return (
        <Cell {...cell} field="tickets" label={words.tickets}>
          {({ 'aria-label': label, ...ties }, set) => (
            <CountInput {...ties} label={label} value={prize.tickets} onChange={(tickets) => set({ tickets })} />
          )}
        </Cell>
      );
    case 'check-in':
      return (
        <Cell {...cell} field="streakDays" label={words.streak}>
          {({ 'aria-label': label, ...ties }, set) => (
            <CountInput
              {...ties}
              label={label}
              value={prize.streakDays}
              onChange={(streakDays) => set({ streakDays })}
            />
          )}
        </Cell>
      );
    case 'keyword':
      return (
        <label className="cell-radio">
          <input
            type="radio"
            name="keyword-prize"
            aria-label={`${words.chosen} · ${shownName}`}
            disabled={editor.locked}
            checked={editor.form.prizeId === prize.id}
            onChange={() => editor.update('mechanic.prizeId', { prizeId: prize.id })}
          />
          <span className="cell-label" aria-hidden="true">
            {words.chosen}
          </span>
        </label>
      );
  }
}

interface CellTies {
  readonly 'aria-label': string;
  readonly status: '' | 'error';
  readonly disabled: boolean;
}

/** A cell's label on a narrow screen, its input, and the fault found at it. */
function Cell(props: {
  editor: Editor;
  index: number;
  shownName: string;
  field: keyof PrizeForm;
  label: string;
  children: (ties: CellTies, set: (change: Partial<PrizeForm>) => void) => ReactNode;
}) {
  const words = useWords();
  const { editor, index, field } = props;
  const path = `prizes.${index}.${field}`;
  const fault = editor.faultAt(path);
  const set = (change: Partial<PrizeForm>): void =>
    editor.update(path, {
      prizes: editor.form.prizes.map((prize, at) => (at === index ? { ...prize, ...change } : prize)),
    });
  return (
    <div className={`cell-${field}`}>
      <span className="cell-label" aria-hidden="true">
        {props.label}
      </span>
      {props.children(
        {
          'aria-label': `${props.label} · ${props.shownName}`,
          status: fault === undefined ? '' : 'error',
          disabled: editor.locked,
        },
        set,
      )}
      {fault !== undefined && <p className="field-fault">{sayFault(fault, words)}</p>}
    </div>
  );
}

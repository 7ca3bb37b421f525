import { Alert, Button, Input, Modal, Segmented } from 'antd';
import { useState } from 'react';
import type { BalancesAnswer, MerchantBalance } from '../../../http/contract/console-balances.ts';
import { Field } from '../parts/field.tsx';
import { showYuan } from '../parts/money.ts';
import { WhenLoaded } from '../parts/notices.tsx';
import { MoneyInput } from '../parts/number-inputs.tsx';
import { showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { useRefresh } from '../state/use-refresh.ts';
import '../numbers/numbers.css';

const REFRESH_MS = 10_000;
const KINDS = ['top-up', 'stated'] as const;
type Kind = (typeof KINDS)[number];

/** How much money each merchant has left, and until when it lasts. */
export function BalancesCard() {
  const { balances: words } = useWords();
  const { api } = useSession();
  const { loaded, reload, set } = useLoaded(api.numbers.balances);
  const [entering, setEntering] = useState<string | null>(null);
  useRefresh(reload, REFRESH_MS);
  return (
    <WhenLoaded loaded={loaded} onRetry={reload}>
      {({ merchants }) => (
        <section className="card stack">
          <div>
            <h2>{words.title}</h2>
            <p className="quiet">{words.lead}</p>
          </div>
          {merchants.map((merchant) => (
            <Balance key={merchant.merchantId} merchant={merchant} onEnter={() => setEntering(merchant.merchantId)} />
          ))}
          {entering !== null && (
            <EnterBalance key={entering} merchant={entering} onSaved={set} onClose={() => setEntering(null)} />
          )}
        </section>
      )}
    </WhenLoaded>
  );
}

function Balance({ merchant, onEnter }: { merchant: MerchantBalance; onEnter: () => void }) {
  const { balances: words } = useWords();
  const { may } = useSession();
  const { balanceFen, hourFen, emptyAtMs } = merchant;
  const pace = hourFen === 0 ? words.still : words.hour(showYuan(hourFen));
  return (
    <div className="stack">
      <div className="balance-line">
        <div>
          <p className="quiet">
            {merchant.merchantId} · {words.left}
          </p>
          <strong>{balanceFen === null ? words.unknown : showYuan(balanceFen)}</strong>
          <p className="quiet">
            {balanceFen === null ? words.unknownText : pace}
            {emptyAtMs !== null &&
              balanceFen !== null &&
              balanceFen > 0 &&
              ` · ${words.emptyAt(showMinute(emptyAtMs))}`}
          </p>
        </div>
        {may('payments.operate') && <Button onClick={onEnter}>{words.enter}</Button>}
      </div>
      {merchant.empty && <Alert type="error" showIcon title={words.emptyTitle} description={words.emptyText} />}
      <Entries merchant={merchant} />
    </div>
  );
}

const ENTRIES_SHOWN = 3;

function Entries({ merchant: { entries } }: { merchant: MerchantBalance }) {
  const { balances: words } = useWords();
  if (entries.length === 0) return null;
  return (
    <ul className="balance-entries" aria-label={words.history}>
      {entries.slice(0, ENTRIES_SHOWN).map(({ kind, amountFen, note, enteredByName, enteredAtMs }, index) => (
        <li key={index}>
          {words.entry(
            words.kinds[kind],
            kind === 'empty' ? '' : showYuan(amountFen),
            enteredByName ?? words.wechat,
            showMinute(enteredAtMs),
          )}
          {note !== '' && ` · ${note}`}
        </li>
      ))}
    </ul>
  );
}

function EnterBalance(props: { merchant: string; onSaved: (answer: BalancesAnswer) => void; onClose: () => void }) {
  const words = useWords();
  const { balances } = words;
  const { api } = useSession();
  const { busy, act } = useAct();
  const [kind, setKind] = useState<Kind>('top-up');
  const [amountFen, setAmountFen] = useState<number | null>(null);
  const [note, setNote] = useState('');
  const [missing, setMissing] = useState(false);
  const save = async (): Promise<void> => {
    if (amountFen === null) return setMissing(true);
    const entry = { kind, amountFen, note };
    const done = await act(
      async () => props.onSaved(await api.numbers.enterBalance(props.merchant, entry)),
      balances.saved,
    );
    if (done) props.onClose();
  };
  return (
    <Modal
      open
      title={balances.enterTitle(props.merchant)}
      okText={balances.save}
      cancelText={words.cancel}
      confirmLoading={busy}
      onOk={() => void save()}
      onCancel={props.onClose}
    >
      <div className="stack">
        <Segmented
          aria-label={balances.kind}
          value={kind}
          onChange={setKind}
          options={KINDS.map((value) => ({ value, label: balances.kinds[value] }))}
        />
        <p className="quiet">{balances.kindHint[kind]}</p>
        <Field label={balances.amount} fault={missing && amountFen === null ? balances.amountMissing : undefined}>
          {(ties) => <MoneyInput {...ties} value={amountFen} onChange={setAmountFen} />}
        </Field>
        <Field label={balances.note} hint={balances.noteHint}>
          {(ties) => <Input {...ties} value={note} maxLength={200} onChange={(event) => setNote(event.target.value)} />}
        </Field>
      </div>
    </Modal>
  );
}

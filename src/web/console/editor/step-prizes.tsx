import { Button, Select } from 'antd';
import type { LookAtDraftAnswer } from '../../../http/contract/console-try.ts';
import { Field } from '../parts/field.tsx';
import { showYuan } from '../parts/money.ts';
import { useSpeech } from '../state/language.tsx';
import { list, number, object, text } from './draft.ts';
import type { Json } from './draft.ts';
import { useEditorTools } from './editor-context.tsx';
import { labelIn } from './faults.ts';
import { OddsTables } from './odds-tables.tsx';
import { emptyOf, fieldsOf, kindOf, nodeAt, resolved, shapeField, variantOf } from './rule-node.ts';
import type { RuleNode } from './rule-node.ts';
import { SchemaField } from './schema-field.tsx';
import { FaultAt } from './schema-group.tsx';

/** What can be won, how likely, and what it costs at most. */
export function StepPrizes({ looked }: { looked: LookAtDraftAnswer | null }) {
  const { words } = useSpeech();
  const { editor, root } = useEditorTools();
  const item = root.properties?.['prizes']?.items ?? {};
  const variants = (item.oneOf ?? []).map((one) => resolved(root, one));
  const prizes = list(editor.at(['prizes'])).map(object);
  const lotteries = lotteryPaths(editor.form.draft);
  return (
    <>
      <ul className="prize-list">
        {prizes.map((prize, index) => (
          <li key={text(prize['id']) || index}>
            <PrizeCard index={index} prize={prize} variants={variants} withTickets={lotteries.length > 0} />
          </li>
        ))}
        {lotteries.map((path) => (
          <li key={path.join('.')}>
            <BlankTickets path={path} />
          </li>
        ))}
      </ul>
      <FaultAt path={['prizes']} />
      {!editor.lockedAt(['prizes']) && (
        <div>
          <Button onClick={() => editor.set(['prizes', prizes.length], newPrize(prizes, variants))}>
            {words.prizes.add}
          </Button>
        </div>
      )}
      <OddsTables looked={looked} prizes={prizes} />
    </>
  );
}

/** Where in the draft lotteries stand: theirs are the tickets. */
export function lotteryPaths(draft: Json): readonly (readonly (string | number)[])[] {
  const chained = list(draft['chained']).map((one, index) => ({
    mechanic: object(object(one)['mechanic']),
    path: ['chained', index, 'mechanic'],
  }));
  return [{ mechanic: object(draft['mechanic']), path: ['mechanic'] }, ...chained]
    .filter(({ mechanic }) => mechanic['kind'] === 'lottery')
    .map(({ path }) => path);
}

interface PrizeCardProps {
  readonly index: number;
  readonly prize: Json;
  readonly variants: readonly RuleNode[];
  readonly withTickets: boolean;
}

/** One prize on a line: its name, what it is, and the fields of that kind. */
function PrizeCard({ index, prize, variants, withTickets }: PrizeCardProps) {
  const { words, language } = useSpeech();
  const { editor, root } = useEditorTools();
  const { prizes: said } = words;
  const path = ['prizes', index];
  const variant = variantOf(variants, prize) ?? variants[0] ?? {};
  const fields = fieldsOf(root, variant).filter(({ name }) => name !== 'id' && (withTickets || name !== 'tickets'));
  const [name, others] = [fields.find((one) => one.name === 'name'), fields.filter((one) => one.name !== 'name')];
  // Of each kind first what is its own, then what all have.
  const ordered = [...others.filter((one) => !EVERY.has(one.name)), ...others.filter((one) => EVERY.has(one.name))];
  const shownName = text(prize['name']) === '' ? said.unnamed(index + 1) : text(prize['name']);
  const locked = editor.lockedAt(path);
  const only = list(editor.at(['prizes'])).length === 1;
  return (
    <fieldset className="prize-card">
      <legend className="sr-only">{shownName}</legend>
      <div className="prize-fields">
        {name !== undefined && <SchemaField path={[...path, 'name']} field={name} />}
        <Field label={said.kind}>
          {(ties) => (
            <Select
              {...ties}
              disabled={locked}
              value={kindOf(variant)}
              options={variants.map((one) => ({
                value: kindOf(one),
                label: one.label === undefined ? kindOf(one) : labelIn(one.label, language),
              }))}
              onChange={(kind: string) => editor.set(path, ofKind(prize, variants, kind))}
            />
          )}
        </Field>
        {ordered.map((field) => (
          <SchemaField key={field.name} path={[...path, field.name]} field={field} />
        ))}
      </div>
      <div className="prize-end">
        <span className="quiet">{said.cost}</span>
        <strong className="number">{showYuan(costFen(prize))}</strong>
        {!locked && !only && (
          <Button
            type="text"
            size="small"
            aria-label={said.remove(shownName)}
            onClick={() =>
              editor.set(
                ['prizes'],
                list(editor.at(['prizes'])).filter((_, at) => at !== index),
              )
            }
          >
            {said.removeShort}
          </Button>
        )}
      </div>
    </fieldset>
  );
}

/** What every kind of prize has, in this order. */
const EVERY = new Set(['tickets', 'stock']);

function BlankTickets({ path }: { path: readonly (string | number)[] }) {
  const { words } = useSpeech();
  const { editor, root } = useEditorTools();
  const mechanic = nodeAt(root, editor.form.draft, path.map(String));
  const lottery = variantOf(
    (mechanic?.oneOf ?? []).map((one) => resolved(root, one)),
    editor.at(path),
  );
  const node = lottery?.properties?.['blankTickets'];
  if (lottery === undefined || node === undefined) return null;
  return (
    <fieldset className="prize-card prize-blank">
      <legend className="sr-only">{words.prizes.blank}</legend>
      <div className="prize-fields">
        <p className="blank-name">{words.prizes.blank}</p>
        <SchemaField
          path={[...path, 'blankTickets']}
          field={shapeField(root, { name: 'blankTickets', node, parent: lottery })}
        />
      </div>
    </fieldset>
  );
}

/** What all of a prize cost together, in fen; what is not filled in counts as nothing. */
export function costFen(prize: Json): number {
  const each = number(prize['amountFen']) ?? number(prize['meanFen']) ?? 0;
  return each * (number(prize['stock']) ?? 0);
}

function ofKind(prize: Json, variants: readonly RuleNode[], kind: string): Json {
  const variant = variants.find((one) => kindOf(one) === kind) ?? {};
  const kept = Object.entries(prize).filter(([name]) => variant.properties?.[name] !== undefined && name !== 'kind');
  return { ...emptyOf(variant), ...Object.fromEntries(kept) };
}

/** An empty prize with an id no other one has. */
export function newPrize(prizes: readonly Json[], variants: readonly RuleNode[]): Json {
  let next = prizes.length + 1;
  while (prizes.some(({ id }) => id === `p${next}`)) next += 1;
  return { ...emptyOf(variants[0] ?? {}), id: `p${next}`, name: '' };
}

import { Alert, Button, Radio } from 'antd';
import { showYuan } from '../parts/money.ts';
import { CountInput, MoneyInput } from '../parts/number-inputs.tsx';
import { showCount, showShare } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { EditorField, FaultAt } from './editor-field.tsx';
import { BUDGET_ENDS, newPrize } from './editor-form.ts';
import type { MechanicKind } from './editor-form.ts';
import { sayFault } from './faults.ts';
import { oddsOf } from './odds.ts';
import type { Odds } from './odds.ts';
import { PrizeRow } from './prize-row.tsx';
import type { Editor } from './use-editor.ts';

/** What can be won, how likely, and what it costs at most. */
export function StepPrizes({ editor }: { editor: Editor }) {
  const { prizes: words } = useWords();
  const { form, update, locked } = editor;
  const odds = oddsOf(form);
  return (
    <>
      <div className={`prizes prizes-${form.kind}`}>
        <PrizeHeads kind={form.kind} />
        <ul>
          {form.prizes.map((prize, index) => (
            <li key={prize.id}>
              <PrizeRow editor={editor} prize={prize} index={index} share={odds.shares[index] ?? 0} />
            </li>
          ))}
        </ul>
        {form.kind === 'lottery' && <BlankRow editor={editor} odds={odds} />}
      </div>
      {['prizes', 'mechanic', 'mechanic.prizeId', 'mechanic.milestones'].map((path) => (
        <FaultAt key={path} editor={editor} path={path} />
      ))}
      {!locked && (
        <div>
          <Button onClick={() => update('prizes', { prizes: [...form.prizes, newPrize(form.prizes)] })}>
            {words.add}
          </Button>
        </div>
      )}
      <Budget editor={editor} odds={odds} />
    </>
  );
}

function PrizeHeads({ kind }: { kind: MechanicKind }) {
  const { prizes: words } = useWords();
  const third = kind === 'lottery' ? words.tickets : kind === 'check-in' ? words.streak : words.chosen;
  return (
    <div className="prize-row prize-heads" aria-hidden="true">
      <span>{words.name}</span>
      <span>{words.kind}</span>
      <span>{words.amount}</span>
      <span>{third}</span>
      <span>{words.stock}</span>
      <span className="number">{kind === 'lottery' ? `${words.odds} / ${words.cost}` : words.cost}</span>
    </div>
  );
}

function BlankRow({ editor, odds }: { editor: Editor; odds: Odds }) {
  const words = useWords();
  const fault = editor.faultAt('mechanic.blankTickets');
  return (
    <div className="prize-row prize-blank">
      <span className="blank-name">{words.prizes.blank}</span>
      <div className="cell-tickets">
        <span className="cell-label" aria-hidden="true">
          {words.prizes.tickets}
        </span>
        <CountInput
          label={`${words.prizes.tickets} · ${words.prizes.blank}`}
          disabled={editor.locked}
          status={fault === undefined ? '' : 'error'}
          value={editor.form.blankTickets}
          onChange={(blankTickets) => editor.update('mechanic.blankTickets', { blankTickets })}
        />
        {fault !== undefined && <p className="field-fault">{sayFault(fault, words)}</p>}
      </div>
      <span className="number cell-odds">
        <span className="cell-label">{words.prizes.odds} </span>
        {odds.tickets === 0 ? words.none : showShare(1 - odds.winShare)}
      </span>
    </div>
  );
}

function Budget({ editor, odds }: { editor: Editor; odds: Odds }) {
  const { prizes: words, none } = useWords();
  const { form, update, locked } = editor;
  const gapFen = odds.worstCaseFen - (form.budgetFen ?? 0);
  return (
    <div className="budget-panel">
      <dl className="sum-list">
        {form.kind === 'lottery' && (
          <>
            <div>
              <dt>{words.tickets_}</dt>
              <dd>{showCount(odds.tickets)}</dd>
            </div>
            <div>
              <dt>{words.winShare}</dt>
              <dd>{odds.tickets === 0 ? none : showShare(odds.winShare)}</dd>
            </div>
            <div>
              <dt>{words.meanCost}</dt>
              <dd>{showYuan(Math.round(odds.meanCostFen ?? 0))}</dd>
            </div>
          </>
        )}
        <div>
          <dt>{words.worstCase}</dt>
          <dd>{showYuan(odds.worstCaseFen)}</dd>
        </div>
      </dl>
      <div className="budget-field">
        <EditorField editor={editor} path="budgetFen" label={words.budget} hint={words.budgetHint}>
          {(ties) => (
            <MoneyInput
              {...ties}
              disabled={locked}
              value={form.budgetFen}
              onChange={(budgetFen) => update('budgetFen', { budgetFen })}
            />
          )}
        </EditorField>
        {!locked && gapFen !== 0 && (
          <Button type="link" onClick={() => update('budgetFen', { budgetFen: odds.worstCaseFen })}>
            {words.useWorstCase}
          </Button>
        )}
      </div>
      <Alert
        type={gapFen > 0 ? 'warning' : 'success'}
        showIcon
        title={gapFen > 0 ? words.overBudget(showYuan(gapFen)) : words.withinBudget}
      />
      {(gapFen > 0 || form.whenBudgetEnds !== null) && <BudgetEnds editor={editor} />}
    </div>
  );
}

/** What happens once the budget is spent before the prizes are: it must be said before the first publication. */
function BudgetEnds({ editor }: { editor: Editor }) {
  const { worstCase: words } = useWords();
  const { form, update, locked } = editor;
  return (
    <EditorField editor={editor} path="whenBudgetEnds" label={words.question}>
      {({ id, 'aria-describedby': describedBy }) => (
        <Radio.Group
          id={id}
          aria-label={words.question}
          aria-describedby={describedBy}
          vertical
          disabled={locked}
          value={form.whenBudgetEnds}
          options={BUDGET_ENDS.map((value) => ({ value, label: words[value] }))}
          onChange={({ target }) =>
            update('whenBudgetEnds', { whenBudgetEnds: BUDGET_ENDS.find((end) => end === target.value) ?? null })
          }
        />
      )}
    </EditorField>
  );
}

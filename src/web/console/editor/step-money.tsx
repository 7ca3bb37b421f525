import { Alert, Button } from 'antd';
import type { LookAtDraftAnswer } from '../../../http/contract/console-try.ts';
import { showYuan } from '../parts/money.ts';
import { useWords } from '../state/language.tsx';
import { list, number, object } from './draft.ts';
import { useEditorTools } from './editor-context.tsx';
import { isDefault } from './rule-node.ts';
import { anySet, RootField, RootFields } from './schema-field.tsx';
import { MoreSettings } from './schema-group.tsx';
import { costFen } from './step-prizes.tsx';

const LATER_LIMITS = ['budgetFenPerDay', 'budgetFenPerPerson'];

/** The budget beside what the prizes cost, and what becomes of money that comes back. */
export function StepMoney({ looked }: { looked: LookAtDraftAnswer | null }) {
  const { schema } = useWords();
  const { editor, root } = useEditorTools();
  const isSet =
    anySet(editor.at(['limits']), LATER_LIMITS) ||
    !isDefault(root.properties?.['returned'] ?? {}, editor.at(['returned'])) ||
    (editor.at(['packet', 'sceneId']) ?? null) !== null;
  const isFaulty =
    ['returned', 'limits'].some((name) => editor.isFaulty([name])) || editor.isFaulty(['packet', 'sceneId']);
  return (
    <>
      <BudgetCheck looked={looked} />
      <MoreSettings title={schema.more} open={isSet || isFaulty}>
        <RootFields of="limits" names={LATER_LIMITS} />
        <RootField path={['returned']} />
        <RootField path={['packet', 'sceneId']} />
      </MoreSettings>
    </>
  );
}

/** Whether the budget is enough, and what happens when it is not. */
export function BudgetCheck({ looked }: { looked: LookAtDraftAnswer | null }) {
  const { prizes: words } = useWords();
  const { editor } = useEditorTools();
  const budgetFen = number(editor.at(['budgetFen'])) ?? 0;
  const sumFen = list(editor.at(['prizes'])).reduce<number>((sum, prize) => sum + costFen(object(prize)), 0);
  // Prizes that nothing leads to cost nothing: the service knows which, once the draft has no faults.
  const worstFen = looked === null || looked.page === null ? sumFen : looked.worstCaseFen;
  const gapFen = worstFen - budgetFen;
  const locked = editor.lockedAt(['budgetFen']);
  const answered = (editor.at(['whenBudgetEnds']) ?? null) !== null;
  return (
    <>
      <dl className="sum-list">
        <div>
          <dt>{words.worstCase}</dt>
          <dd>{showYuan(worstFen)}</dd>
        </div>
        <div>
          <dt>{words.budget}</dt>
          <dd>{showYuan(budgetFen)}</dd>
        </div>
      </dl>
      <div className="budget-field">
        <RootField path={['budgetFen']} />
        {!locked && gapFen !== 0 && (
          <Button type="link" onClick={() => editor.set(['budgetFen'], worstFen)}>
            {words.useWorstCase}
          </Button>
        )}
      </div>
      <Alert
        type={gapFen > 0 ? 'warning' : 'success'}
        showIcon
        title={gapFen > 0 ? words.overBudget(showYuan(gapFen)) : words.withinBudget}
      />
      {(gapFen > 0 || answered) && <RootField path={['whenBudgetEnds']} />}
    </>
  );
}

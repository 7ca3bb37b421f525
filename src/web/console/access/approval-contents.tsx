import { useCallback } from 'react';
import type { ActivityAnswer } from '../../../http/contract/console-activities.ts';
import { glanceAt } from '../editor/rule-glance.ts';
import { ChangeList } from '../parts/change-list.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { showYuan } from '../parts/money.ts';
import { WhenLoaded } from '../parts/notices.tsx';
import { showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';

/** What an approval would publish: when, the prizes and odds, and what differs from what is published. */
export function ApprovalContents({ id }: { id: string }) {
  const { api } = useSession();
  const load = useCallback(() => api.activity(id), [api, id]);
  const { loaded, reload } = useLoaded(load);
  return (
    <div className="approval-contents stack">
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {(answer) => <Contents answer={answer} />}
      </WhenLoaded>
    </div>
  );
}

function Contents({ answer: { activity } }: { answer: ActivityAnswer }) {
  const { approvals: words, mechanics, versions } = useWords();
  const { kind, startsAtMs, endsAtMs, prizes, winShare, budgetFen } = glanceAt(activity.draft);
  const time = (atMs: number | null, none: string): string => (atMs === null ? none : showMinute(atMs));
  return (
    <>
      <p>
        {[
          mechanics[kind] ?? kind,
          `${time(startsAtMs, words.atOnce)} – ${time(endsAtMs, words.openEnd)}`,
          words.budget(showYuan(budgetFen)),
          ...(winShare === null ? [] : [words.odds(`${Math.round(winShare * 10_000) / 100}%`)]),
        ].join(' · ')}
      </p>
      <DataTable
        label={words.prizes}
        rows={prizes}
        keyOf={(prize) => prize.id}
        columns={[
          { key: 'name', title: words.prizes, show: (prize) => prize.name },
          { key: 'amount', title: words.amount, number: true, show: (prize) => showYuan(prize.amountFen) },
          { key: 'stock', title: words.stock, number: true, show: (prize) => prize.stock },
          {
            key: 'most',
            title: words.atMost,
            number: true,
            show: (prize) => showYuan(prize.amountFen * prize.stock),
          },
        ]}
      />
      {activity.publishedVersion !== null && (
        <div>
          <h3>{versions.changes}</h3>
          <ChangeList id={activity.id} from={activity.publishedVersion} to="draft" />
        </div>
      )}
    </>
  );
}

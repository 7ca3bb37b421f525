import { Button, Tag } from 'antd';
import { useCallback } from 'react';
import type { ReissueLine, ReissueSelection } from '../../../http/contract/console-reissues.ts';
import { DataTable } from '../parts/data-table.tsx';
import { showYuan } from '../parts/money.ts';
import { ListMore } from '../parts/list-more.tsx';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showCount, showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { Link, useNavigation } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { usePages } from '../state/use-pages.ts';
import { PaymentsFrame } from './payments-frame.tsx';

/** Every request for new numbers, with who asked and who decided. */
export function ReissuesPage() {
  const { reissues } = useWords();
  const navigation = useNavigation();
  const { api, may } = useSession();
  const load = useCallback(
    async (after: string | null) => {
      const answer = await api.payments.reissues(after);
      return { rows: answer.reissues, next: answer.next };
    },
    [api],
  );
  const pages = usePages(load);
  const create = may('payments.operate') && (
    <Button type="primary" onClick={() => void navigation.go('/payments/reissues/new')}>
      {reissues.create}
    </Button>
  );
  return (
    <PaymentsFrame section="reissues" lead={reissues.lead} action={create}>
      <WhenLoaded loaded={pages.loaded} onRetry={pages.reload}>
        {() => (
          <section className="card">
            {pages.rows.length === 0 ? (
              <EmptyNotice title={reissues.empty} text={reissues.emptyText} />
            ) : (
              <>
                <ReissueTable rows={pages.rows} />
                {pages.hasMore && <ListMore {...pages} count={pages.rows.length} />}
              </>
            )}
          </section>
        )}
      </WhenLoaded>
    </PaymentsFrame>
  );
}

function ReissueTable({ rows }: { rows: readonly ReissueLine[] }) {
  const { reissues } = useWords();
  const { columns } = reissues;
  return (
    <DataTable
      label={reissues.columns.what}
      rows={rows}
      keyOf={(row) => row.id}
      columns={[
        {
          key: 'asked',
          title: columns.asked,
          show: (row) => <Link to={`/payments/reissues/${row.id}`}>{showMinute(row.requestedAtMs)}</Link>,
        },
        { key: 'state', title: columns.state, show: (row) => <ReissueTag state={row.state} /> },
        { key: 'count', title: columns.count, number: true, show: (row) => showCount(row.payouts) },
        { key: 'amount', title: columns.amount, number: true, show: (row) => showYuan(row.amountFen) },
        { key: 'what', title: columns.what, show: (row) => <Selection selection={row.selection} /> },
        { key: 'by', title: columns.by, show: (row) => row.requestedBy.name },
        { key: 'why', title: columns.why, show: (row) => <p>{row.why}</p> },
      ]}
    />
  );
}

export function ReissueTag({ state }: { state: ReissueLine['state'] }) {
  return <Tag className={`reissue-${state}`}>{useWords().reissues.states[state]}</Tag>;
}

/** What a re-issue is about, in one line. */
export function Selection({ selection }: { selection: ReissueSelection }) {
  const { merchantId, reason, fromMs, untilMs, rail = null } = selection;
  const { reissues } = useWords();
  const way = rail === null ? null : reissues.ways[rail];
  return (
    <p className="selection">
      {[merchantId, reason, way].filter((part) => part !== null).join(' · ')}
      <br />
      <span className="quiet">
        {showMinute(fromMs)} – {showMinute(untilMs)}
      </span>
    </p>
  );
}

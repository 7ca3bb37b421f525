import { Button, Segmented, Tag } from 'antd';
import { useCallback, useState } from 'react';
import { DataTable } from '../parts/data-table.tsx';
import { ListMore } from '../parts/list-more.tsx';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showTime } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import type { DeliveryLine, WebhookPlace } from '../state/programs-api.ts';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { usePages } from '../state/use-pages.ts';
import { WebhookHead } from './webhook-head.tsx';

type Filter = DeliveryLine['state'] | 'all';
const MARKS = { waiting: 'state-scheduled', delivered: 'state-published', parked: 'state-stopped' } as const;

/** One endpoint: what is done with it, and what became of each event it was told. */
export function DeliveriesPage(place: WebhookPlace) {
  const { programs } = useWords();
  const { api } = useSession();
  const { account, id } = place;
  const loadEndpoint = useCallback(
    async () => (await api.programs.webhooks(account)).webhooks.find((line) => line.id === id) ?? null,
    [api, account, id],
  );
  const { loaded, reload } = useLoaded(loadEndpoint);
  return (
    <>
      <nav className="crumbs">
        <Link to="/programs/webhooks">{programs.webhooks}</Link>
      </nav>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {(line) =>
          line === null ? (
            <>
              <h1>{programs.webhooks}</h1>
              <EmptyNotice title={programs.noHooks} text={programs.gone} />
            </>
          ) : (
            <>
              <WebhookHead place={place} line={line} onChanged={reload} />
              <Deliveries place={place} parked={line.parked} onChanged={reload} />
            </>
          )
        }
      </WhenLoaded>
    </>
  );
}

function Deliveries({ place, parked, onChanged }: { place: WebhookPlace; parked: number; onChanged: () => void }) {
  const { programs } = useWords();
  const { api } = useSession();
  const { busy, act } = useAct();
  const { account, id } = place;
  const [filter, setFilter] = useState<Filter>('all');
  const load = useCallback(
    (after: string | null) => api.programs.deliveries({ account, id }, filter === 'all' ? null : filter, after),
    [api, account, id, filter],
  );
  const { loaded, rows, reload, ...pages } = usePages(load);
  const again = async (which: number | 'parked'): Promise<void> => {
    await act(() => api.programs.redeliver(place, which), programs.ordered);
    reload();
    onChanged();
  };
  const filters: readonly Filter[] = ['all', 'waiting', 'delivered', 'parked'];
  return (
    <section className="card">
      <div className="page-head">
        <h2>{programs.deliveries}</h2>
        <div className="actions">
          <Segmented<Filter>
            aria-label={programs.deliveries}
            value={filter}
            onChange={setFilter}
            options={filters.map((value) => ({
              value,
              label: value === 'all' ? programs.all : programs.states[value],
            }))}
          />
          {parked > 0 && (
            <Button loading={busy} onClick={() => void again('parked')}>
              {programs.againAll(parked)}
            </Button>
          )}
        </div>
      </div>
      <p className="quiet">{programs.deliveriesLead}</p>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {() =>
          rows.length === 0 ? (
            <EmptyNotice title={programs.nothingYet} text={programs.nothingYetText} />
          ) : (
            <>
              <DeliveriesTable rows={rows} onAgain={(one) => void again(one)} />
              <ListMore count={rows.length} {...pages} />
            </>
          )
        }
      </WhenLoaded>
    </section>
  );
}

function DeliveriesTable({ rows, onAgain }: { rows: readonly DeliveryLine[]; onAgain: (id: number) => void }) {
  const { programs } = useWords();
  const { deliveryColumns: titles } = programs;
  return (
    <DataTable
      label={programs.deliveries}
      rows={rows}
      keyOf={({ id }) => id}
      columns={[
        { key: 'time', title: titles.time, show: ({ occurredAtMs }) => showTime(occurredAtMs) },
        { key: 'event', title: titles.event, show: ({ event }) => programs.eventNames[event] },
        {
          key: 'award',
          title: titles.award,
          show: ({ awardId, orderNumber }) => <span className="cell-note cell-mono">{orderNumber ?? awardId}</span>,
        },
        {
          key: 'state',
          title: titles.state,
          show: ({ state }) => <Tag className={`state ${MARKS[state]}`}>{programs.states[state]}</Tag>,
        },
        { key: 'tries', title: titles.tries, number: true, show: ({ tries }) => tries },
        {
          key: 'last',
          title: titles.last,
          show: ({ lastStatus, lastError }) => (
            <span className="cell-note">{lastError === null ? (lastStatus ?? '—') : programs.explain(lastError)}</span>
          ),
        },
        {
          key: 'action',
          title: titles.action,
          show: ({ id, state }) =>
            state !== 'waiting' && (
              <Button aria-label={programs.againLabel(id)} onClick={() => onAgain(id)}>
                {programs.again}
              </Button>
            ),
        },
      ]}
    />
  );
}

import type { LookAtDraftAnswer } from '../../../http/contract/console-try.ts';
import { DataTable } from '../parts/data-table.tsx';
import { showYuan } from '../parts/money.ts';
import { showCount, showShare } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { text } from './draft.ts';
import type { Json } from './draft.ts';

/** The exact odds of every lottery, so many tickets of so many, as the service counts them. */
export function OddsTables({ looked, prizes }: { looked: LookAtDraftAnswer | null; prizes: readonly Json[] }) {
  const { prizes: words, schema } = useWords();
  if (looked === null) return null;
  if (looked.page === null && looked.odds.length === 0) return <p className="quiet">{words.oddsLater}</p>;
  const nameOf = (id: string): string => text(prizes.find((one) => one['id'] === id)?.['name']) || id;
  return (
    <>
      {looked.odds.map(({ mechanicId, tickets, prizes: rows, meanCostHundredthsFen }) => {
        const winning = rows.reduce((sum, row) => sum + row.tickets, 0);
        const blank = { prizeId: '', tickets: tickets - winning };
        return (
          <section key={mechanicId} className="odds">
            <h3>
              {looked.odds.length === 1
                ? words.oddsTitle
                : `${words.oddsTitle} · ${mechanicId === 'main' ? schema.mainMechanic : mechanicId}`}
            </h3>
            <DataTable
              label={words.oddsTitle}
              rows={[...rows, blank]}
              keyOf={(row) => row.prizeId}
              columns={[
                {
                  key: 'prize',
                  title: words.name,
                  show: (row) => (row.prizeId === '' ? words.blank : nameOf(row.prizeId)),
                },
                {
                  key: 'tickets',
                  title: words.tickets,
                  number: true,
                  show: (row) => `${showCount(row.tickets)} / ${showCount(tickets)}`,
                },
                { key: 'odds', title: words.odds, number: true, show: (row) => showShare(row.tickets / tickets) },
              ]}
            />
            <dl className="sum-list">
              <div>
                <dt>{words.winShare}</dt>
                <dd>{showShare(winning / tickets)}</dd>
              </div>
              <div>
                <dt>{words.meanCost}</dt>
                <dd>{showYuan(Math.round(meanCostHundredthsFen / 100))}</dd>
              </div>
            </dl>
          </section>
        );
      })}
    </>
  );
}

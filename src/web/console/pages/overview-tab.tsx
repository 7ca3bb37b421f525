import { App, Button } from 'antd';
import type { ReactNode } from 'react';
import type { ActivityAnswer } from '../../../http/contract/console-activities.ts';
import type { RuleGlance } from '../editor/rule-glance.ts';
import { Bar, BudgetBar } from '../parts/activity-marks.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { showYuan } from '../parts/money.ts';
import { showCount, showShare, showTime } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { PageCode } from './page-code.tsx';

type Numbers = NonNullable<ActivityAnswer['numbers']>;

/** What the activity has given out so far. */
export function OverviewTab({ answer, form }: { answer: ActivityAnswer; form: RuleGlance }) {
  const { overview } = useWords();
  const { numbers, activity } = answer;
  if (numbers === null) return null;
  const today = numbers.days.find(({ day }) => day === showTime(Date.now()).slice(0, 10));
  return (
    <div className="stack">
      <div className="tiles">
        <Tile label={overview.budget} wide>
          <BudgetBar spentFen={numbers.spentFen} budgetFen={numbers.budgetFen} />
        </Tile>
        <Tile label={overview.draws} note={overview.today(showCount(today?.draws ?? 0))}>
          {showCount(numbers.draws)}
        </Tile>
        <Tile label={overview.wins} note={overview.today(showCount(today?.wins ?? 0))}>
          {showCount(numbers.wins)}
        </Tile>
        <Tile
          label={overview.winShare}
          note={form.winShare === null ? undefined : overview.statedShare(showShare(form.winShare))}
        >
          {numbers.draws === 0 ? '—' : showShare(Math.round((numbers.wins / numbers.draws) * 10_000) / 10_000)}
        </Tile>
      </div>
      <WaysIn form={form} pageUrl={activity.pageUrl} slug={activity.slug} />
      <div className="halves">
        <Days days={numbers.days} />
        <Prizes numbers={numbers} form={form} />
      </div>
    </div>
  );
}

function Tile(props: { label: string; note?: string | undefined; wide?: boolean; children: ReactNode }) {
  return (
    <div className={props.wide === true ? 'card tile tile-wide' : 'card tile'}>
      <p className="tile-label">{props.label}</p>
      <div className="tile-value">{props.children}</div>
      {props.note !== undefined && <p className="quiet">{props.note}</p>}
    </div>
  );
}

function WaysIn({ form, pageUrl, slug }: { form: RuleGlance; pageUrl: string; slug: string }) {
  const words = useWords();
  const { message } = App.useApp();
  const copy = (): void => {
    navigator.clipboard.writeText(pageUrl).then(
      () => void message.success(words.activity.copied),
      () => void message.error(words.activity.copyFailed),
    );
  };
  return (
    <section className="card ways-in">
      {form.words.length > 0 && (
        <div>
          <h2>{words.activity.saysWords}</h2>
          <p className="words">
            {form.words.map(({ match, word }) => (
              <span key={`${match} ${word}`} className="word">
                {match !== 'exact' && <span className="quiet">{words.matches[match] ?? match} </span>}
                {word}
              </span>
            ))}
          </p>
        </div>
      )}
      {form.page && (
        <div>
          <h2>{words.activity.page}</h2>
          <p className="page-link">
            <a href={pageUrl} target="_blank" rel="noreferrer">
              {pageUrl}
            </a>
            <Button size="small" onClick={copy}>
              {words.activity.copy}
            </Button>
            <PageCode url={pageUrl} name={slug} />
          </p>
        </div>
      )}
    </section>
  );
}

function Days({ days }: { days: Numbers['days'] }) {
  const { overview } = useWords();
  const most = Math.max(1, ...days.map((day) => day.draws));
  return (
    <section className="card">
      <h2>{overview.days}</h2>
      <p className="quiet">{days.length === 0 ? overview.noDraws : overview.daysHint}</p>
      <ul className="days">
        {days.toReversed().map(({ day, draws, wins }) => (
          <li key={day} title={overview.dayBar(day, draws, wins)}>
            <span className="day-count">{showCount(draws)}</span>
            <span className="day-bar" style={{ height: `${4 + (draws / most) * 96}px` }} aria-hidden="true">
              <span style={{ height: `${(wins / Math.max(1, draws)) * 100}%` }} />
            </span>
            <span className="quiet">{day.slice(5)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Prizes({ numbers, form }: { numbers: Numbers; form: RuleGlance }) {
  const { overview, none } = useWords();
  const { columns } = overview;
  const rows = form.prizes.map((prize) => ({
    ...prize,
    stock: 0,
    drawn: 0,
    ...numbers.prizes.find(({ prizeId }) => prizeId === prize.id),
  }));
  return (
    <section className="card">
      <h2>{overview.prizes}</h2>
      <DataTable
        label={overview.prizes}
        rows={rows}
        keyOf={(row) => row.id}
        columns={[
          { key: 'prize', title: columns.prize, show: (row) => row.name },
          {
            key: 'amount',
            title: columns.amount,
            number: true,
            show: (row) => (row.amountFen === 0 ? none : showYuan(row.amountFen)),
          },
          {
            key: 'drawn',
            title: columns.drawn,
            number: true,
            show: (row) => `${showCount(row.drawn)} / ${showCount(row.stock)}`,
          },
          {
            key: 'left',
            title: columns.left,
            number: true,
            show: (row) => (
              <div className="left">
                {showCount(row.stock - row.drawn)}
                <Bar share={row.stock === 0 ? 0 : row.drawn / row.stock} />
              </div>
            ),
          },
        ]}
      />
    </section>
  );
}

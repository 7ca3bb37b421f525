import { Button, Segmented } from 'antd';
import { useCallback, useState } from 'react';
import type { ActivitySummary } from '../../../http/contract/console-activities.ts';
import { BudgetBar, shownState, StateTag } from '../parts/activity-marks.tsx';
import type { ShownState } from '../parts/activity-marks.tsx';
import { ListMore } from '../parts/list-more.tsx';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showCount, showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { Link, useNavigation } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { usePages } from '../state/use-pages.ts';

const FILTERS = ['all', 'published', 'draft', 'paused', 'stopped'] as const;
type Filter = (typeof FILTERS)[number];

/** Every activity with what it has given out. */
export function ActivitiesPage() {
  const words = useWords();
  const navigation = useNavigation();
  const { api, may } = useSession();
  const load = useCallback(
    async (after: string | null) => {
      const { activities, next } = await api.activities(after);
      return { rows: activities, next };
    },
    [api],
  );
  const pages = usePages(load);
  const create = may('activities.edit') && (
    <Button type="primary" size="large" onClick={() => void navigation.go('/activities/new')}>
      {words.activities.create}
    </Button>
  );
  return (
    <>
      <div className="page-head">
        <h1>{words.activities.title}</h1>
        {create}
      </div>
      <WhenLoaded loaded={pages.loaded} onRetry={pages.reload}>
        {() =>
          pages.rows.length === 0 ? (
            <div className="card">
              <EmptyNotice
                title={words.activities.emptyTitle}
                text={may('activities.edit') ? words.activities.emptyText : words.activities.emptyReadOnly}
                action={create}
              />
            </div>
          ) : (
            <>
              <ActivityList activities={onceEach(pages.rows)} />
              {pages.hasMore && <ListMore {...pages} count={pages.rows.length} />}
            </>
          )
        }
      </WhenLoaded>
    </>
  );
}

/** One that was changed while older pages were loaded comes in two of them. */
function onceEach(activities: readonly ActivitySummary[]): readonly ActivitySummary[] {
  return [...new Map(activities.toReversed().map((one) => [one.id, one])).values()].toReversed();
}

function ActivityList({ activities }: { activities: readonly ActivitySummary[] }) {
  const words = useWords();
  const [filter, setFilter] = useState<Filter>('all');
  const shown = filter === 'all' ? activities : activities.filter((activity) => activity.state === filter);
  const nowMs = Date.now();
  const { columns } = words.activities;
  return (
    <section className="card list-card">
      <div className="list-tools">
        <Segmented<Filter>
          value={filter}
          onChange={setFilter}
          options={FILTERS.map((value) => ({
            value,
            label: value === 'all' ? words.activities.filterAll : words.states[value],
          }))}
        />
        <span className="quiet">{words.activities.count(shown.length)}</span>
      </div>
      <div className="activity-row activity-heads" aria-hidden="true">
        <span>{columns.name}</span>
        <span>{columns.state}</span>
        <span>{columns.budget}</span>
        <span className="number">{columns.draws}</span>
        <span className="number">{columns.wins}</span>
      </div>
      <ul className="activity-list">
        {shown.map((activity) => (
          <li key={activity.id}>
            <ActivityRow activity={activity} state={shownState(activity, nowMs)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** When it begins and ends by itself, where that is set and somebody still waits for it. */
function Period({ activity: { state, startsAtMs, endsAtMs } }: { activity: ActivitySummary }) {
  const { starts, ends } = useWords().activities;
  if (state === 'stopped' || (startsAtMs === null && endsAtMs === null)) return null;
  return (
    <p className="quiet period">
      {startsAtMs !== null && <span>{starts(showMinute(startsAtMs))}</span>}
      {endsAtMs !== null && <span>{ends(showMinute(endsAtMs))}</span>}
    </p>
  );
}

function ActivityRow({ activity, state }: { activity: ActivitySummary; state: ShownState }) {
  const words = useWords();
  const { columns, updated, noBudgetYet, noBudget } = words.activities;
  const mechanic = activity.mechanic === null ? undefined : words.mechanics[activity.mechanic];
  return (
    <div className="activity-row">
      <div>
        <Link to={`/activities/${activity.id}`} className="activity-name">
          {activity.name}
        </Link>
        <p className="quiet">
          {[mechanic, updated(showMinute(activity.updatedAtMs))].filter((part) => part !== undefined).join(' · ')}
        </p>
      </div>
      <div>
        <StateTag state={state} />
        <Period activity={activity} />
      </div>
      <div>
        {activity.state === 'draft' ? (
          <span className="quiet">{noBudgetYet}</span>
        ) : activity.budgetFen === 0 ? (
          <span className="quiet">{noBudget}</span>
        ) : (
          <BudgetBar spentFen={activity.spentFen} budgetFen={activity.budgetFen} />
        )}
      </div>
      <div className="number">
        <span className="narrow-label">{columns.draws} </span>
        {showCount(activity.draws)}
      </div>
      <div className="number">
        <span className="narrow-label">{columns.wins} </span>
        {showCount(activity.wins)}
      </div>
    </div>
  );
}

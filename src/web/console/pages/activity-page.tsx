import { Alert, Button, Tabs } from 'antd';
import { lazy, Suspense, useCallback, useMemo } from 'react';
import type { ReactNode } from 'react';
import type { ActivityAnswer } from '../../../http/contract/console-activities.ts';
import { AwaitingNotice, isWaiting } from '../access/awaiting-notice.tsx';
import { glanceAt } from '../editor/rule-glance.ts';
import type { RuleGlance } from '../editor/rule-glance.ts';
import { shownState, StateTag } from '../parts/activity-marks.tsx';
import { WhenLoaded } from '../parts/notices.tsx';
import { showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { useNavigation } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { DuplicateButton } from './duplicate-button.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { TurnButtons } from './turn-buttons.tsx';

const DrawsTab = lazy(async () => ({ default: (await import('./draws-tab.tsx')).DrawsTab }));
const BatchesTab = lazy(async () => ({ default: (await import('./batches-tab.tsx')).BatchesTab }));
const AwardsTab = lazy(async () => ({ default: (await import('./awards-tab.tsx')).AwardsTab }));
const VersionsTab = lazy(async () => ({ default: (await import('./versions-tab.tsx')).VersionsTab }));
const NumbersTab = lazy(async () => ({ default: (await import('../numbers/numbers-tab.tsx')).NumbersTab }));
const ForecastTab = lazy(async () => ({ default: (await import('../numbers/forecast-tab.tsx')).ForecastTab }));
const BooksTab = lazy(async () => ({ default: (await import('./books-tab.tsx')).BooksTab }));

/** One activity: what it gave out, who drew, what was paid, the books. */
export function ActivityPage({ id }: { id: string }) {
  const { api } = useSession();
  const load = useCallback(() => api.activity(id), [api, id]);
  const { loaded, reload, set } = useLoaded(load);
  return (
    <WhenLoaded loaded={loaded} onRetry={reload}>
      {(answer) => <Activity answer={answer} onChange={set} />}
    </WhenLoaded>
  );
}

function Activity({ answer, onChange }: { answer: ActivityAnswer; onChange: (answer: ActivityAnswer) => void }) {
  const words = useWords();
  const { activity, rule } = answer;
  // What is in force, not what is being drafted; before the first publication there is nothing but the draft.
  const form = useMemo(() => glanceAt(rule ?? activity.draft), [activity, rule]);
  return (
    <>
      <ActivityHead answer={answer} form={form} onChange={onChange} />
      <AwaitingNotice awaiting={activity.awaiting} />
      {activity.state === 'draft' ? (
        !isWaiting(activity.awaiting) && (
          <Alert
            className="draft-notice"
            type="info"
            showIcon
            title={words.activity.draftTitle}
            description={words.activity.draftText}
          />
        )
      ) : (
        <ActivityTabs answer={answer} form={form} />
      )}
    </>
  );
}

function ActivityTabs({ answer, form }: { answer: ActivityAnswer; form: RuleGlance }) {
  const { activity: words, batches, forecast, numbers } = useWords();
  const { may } = useSession();
  const { id, accountId } = answer.activity;
  const nameOf = useCallback(
    (prizeId: string) => form.prizes.find((prize) => prize.id === prizeId)?.name ?? prizeId,
    [form],
  );
  const tab = (key: keyof typeof words.tabs, children: ReactNode) => ({
    key,
    label: words.tabs[key],
    children: <Suspense fallback={null}>{children}</Suspense>,
  });
  return (
    <Tabs
      destroyOnHidden
      items={[
        tab('overview', <OverviewTab answer={answer} form={form} />),
        {
          key: 'numbers',
          label: numbers.tab,
          children: (
            <Suspense fallback={null}>
              <NumbersTab id={id} nameOf={nameOf} />
            </Suspense>
          ),
        },
        {
          key: 'forecast',
          label: forecast.tab,
          children: (
            <Suspense fallback={null}>
              <ForecastTab id={id} nameOf={nameOf} />
            </Suspense>
          ),
        },
        ...(may('people.view')
          ? [
              tab('draws', <DrawsTab id={id} nameOf={nameOf} />),
              tab('awards', <AwardsTab id={id} account={accountId} prizes={form.prizes} />),
            ]
          : []),
        ...(may('people.view') && form.batch
          ? [
              {
                key: 'batches',
                label: batches.tab,
                children: (
                  <Suspense fallback={null}>
                    <BatchesTab id={id} account={accountId} />
                  </Suspense>
                ),
              },
            ]
          : []),
        tab('versions', <VersionsTab id={id} />),
        ...(may('money.view') ? [tab('books', <BooksTab id={id} />)] : []),
      ]}
    />
  );
}

function ActivityHead(props: { answer: ActivityAnswer; form: RuleGlance; onChange: (answer: ActivityAnswer) => void }) {
  const words = useWords();
  const navigation = useNavigation();
  const { may } = useSession();
  const { activity } = props.answer;
  const mayEdit = may('activities.edit') && !isWaiting(activity.awaiting);
  const edit = (label: string, primary: boolean) => (
    <Button
      type={primary ? 'primary' : 'default'}
      onClick={() => void navigation.go(`/activities/${activity.id}/edit`)}
    >
      {label}
    </Button>
  );
  return (
    <div className="page-head">
      <div>
        <div className="title-line">
          <h1>{activity.name}</h1>
          <StateTag state={shownState({ ...props.form, state: activity.state }, Date.now())} />
        </div>
        <p className="quiet">
          {[words.mechanics[props.form.kind] ?? props.form.kind, activity.accountId].join(' · ')}
          {activity.publishedAtMs !== null &&
            ` · ${words.activity.publishedOn(showMinute(activity.publishedAtMs), activity.publishedVersion ?? 0)}`}
        </p>
      </div>
      <div className="actions">
        {may('activities.publish') && <TurnButtons activity={activity} onTurned={props.onChange} />}
        <DuplicateButton answer={props.answer} />
        {mayEdit && activity.state === 'draft' && edit(words.activity.continueEditing, true)}
        {mayEdit && ['published', 'paused'].includes(activity.state) && edit(words.activity.editTexts, false)}
      </div>
    </div>
  );
}

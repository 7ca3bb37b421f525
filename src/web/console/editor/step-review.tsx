import { Alert, Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import type { RuleOverlap } from '../../../http/contract/console-activities.ts';
import type { LookAtDraftAnswer } from '../../../http/contract/console-try.ts';
import { showYuan } from '../parts/money.ts';
import { showMinute, showShare } from '../parts/show.ts';
import { useSpeech, useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import type { Words } from '../words/words-zh.ts';
import { list, object } from './draft.ts';
import { useEditorTools } from './editor-context.tsx';
import type { Accounts } from './editor.tsx';
import { labelIn, nameField, sayFault } from './faults.ts';
import { LawList, lawOf } from './law-list.tsx';
import { OddsTables } from './odds-tables.tsx';
import { PublishDialog } from './publish-dialog.tsx';
import { glanceAt } from './rule-glance.ts';
import { stepOf } from './steps.ts';
import { TryPanel } from './try-panel.tsx';
import type { Editor } from './use-editor.ts';

// Its charts are loaded once somebody comes this far.
const ForecastPanel = lazy(async () => ({ default: (await import('./forecast-panel.tsx')).ForecastPanel }));

/** What still needs work, what to think about, everything at a glance, a try, and the way out to the public. */
export function StepReview({ accounts, looked }: { accounts: Accounts; looked: LookAtDraftAnswer | null }) {
  const { review, tryIt, forecast } = useWords();
  const { may } = useSession();
  const { editor } = useEditorTools();
  const [asking, setAsking] = useState(false);
  const ready = editor.faults.length === 0;
  const unlawful = lawOf(editor).some(({ level }) => level === 'block');
  return (
    <>
      {ready ? (
        <Alert type="success" showIcon title={review.ready} description={review.readyText} />
      ) : (
        <FaultList editor={editor} />
      )}
      {ready && <LawList editor={editor} />}
      {ready && <WarningList editor={editor} />}
      {ready && <OverlapList editor={editor} />}
      <Summary editor={editor} accounts={accounts} />
      {may('activities.publish') ? (
        <div>
          <Button type="primary" size="large" disabled={!ready || unlawful} onClick={() => setAsking(true)}>
            {editor.locked ? review.publishChanges : review.publish}
          </Button>
        </div>
      ) : (
        <Alert type="info" showIcon title={review.noRight} />
      )}
      <OddsTables looked={looked} prizes={list(editor.at(['prizes'])).map(object)} />
      {ready && (
        <>
          <h3>{tryIt.title}</h3>
          <TryPanel />
          <h3>{forecast.title}</h3>
          <Suspense fallback={null}>
            <ForecastPanel />
          </Suspense>
        </>
      )}
      <PublishDialog editor={editor} open={asking} onClose={() => setAsking(false)} />
    </>
  );
}

function FaultList({ editor }: { editor: Editor }) {
  const { words, language } = useSpeech();
  const { root } = useEditorTools();
  const list = (
    <ul className="fault-list">
      {editor.faults.map((fault) => {
        const step = stepOf(fault.path);
        return (
          <li key={`${fault.path} ${fault.message}`}>
            <span>
              {nameField(fault.path, { form: editor.form, root, language, words }) || words.steps[step]}
              {words.colon}
              {sayFault(fault, words)}
            </span>
            {step !== 'review' && (
              <Button type="link" size="small" onClick={() => void editor.goTo(step)}>
                {words.review.fix}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
  return <Alert type="error" showIcon title={words.review.faultsTitle(editor.faults.length)} description={list} />;
}

function WarningList({ editor }: { editor: Editor }) {
  const words = useWords();
  const warnings = editor.locked ? [] : (editor.answer?.warnings ?? []);
  if (warnings.length === 0) return null;
  const list = (
    <ul className="fault-list">
      {warnings.map((warning) => (
        <li key={warning.code}>{words.warnings[warning.code](warning.worstCaseFen, warning.names ?? [])}</li>
      ))}
    </ul>
  );
  return <Alert type="warning" showIcon title={words.review.warningsTitle} description={list} />;
}

/** Messages that another live activity would hear as well. */
function OverlapList({ editor }: { editor: Editor }) {
  const { overlaps: words } = useWords();
  const overlaps = editor.locked ? [] : (editor.answer?.overlaps ?? []);
  const texts = editor.locked ? [] : (editor.answer?.textOverlaps ?? []);
  if (overlaps.length + texts.length === 0) return null;
  const list = (
    <ul className="fault-list">
      {overlaps.map((overlap) => (
        <li key={[overlap.activityId, overlap.by, overlap.kind, overlap.winner].join(' ')}>
          {[overlap.activityName, sayShared(overlap, words), words[overlap.kind], words[overlap.winner]].join(' · ')}
        </li>
      ))}
      {texts.map((overlap) => (
        <li key={[overlap.with, overlap.replyId, overlap.kind, overlap.winner].join(' ')}>
          {[
            words.answers[overlap.with](overlap.words.join(' / ')),
            sayShared({ ...overlap, by: 'words' }, words),
            words[overlap.kind],
            words[overlap.winner],
          ].join(' · ')}
        </li>
      ))}
    </ul>
  );
  return <Alert type="warning" showIcon title={words.title} description={list} />;
}

function sayShared(
  { by, pairs, pairCount }: Pick<RuleOverlap, 'by' | 'pairs' | 'pairCount'>,
  words: Words['overlaps'],
): string {
  if (pairs.length === 0) return by === 'words' ? '' : words[by];
  const shown = pairs.slice(0, 3).map(({ own, other }) => words.words(own, other));
  return [...shown, ...(pairCount > shown.length ? [words.more(pairCount)] : [])].join(' ');
}

function Summary({ editor, accounts }: { editor: Editor; accounts: Accounts }) {
  const { words, language } = useSpeech();
  const { review } = words;
  const { root } = useEditorTools();
  const { form } = editor;
  const glance = glanceAt(form.draft);
  const ways = [...glance.words.map(({ word }) => `“${word}”`), ...(glance.page ? [review.onPage] : [])];
  const limits = Object.entries(object(form.draft['limits']))
    .filter(([, value]) => typeof value === 'number')
    .map(([name, value]) => {
      const label = root.properties?.['limits']?.properties?.[name]?.label;
      const shown = name.startsWith('budget') ? showYuan(Number(value)) : String(value);
      return `${label === undefined ? name : labelIn(label, language)} ${shown}`;
    });
  const starts = glance.startsAtMs === null ? review.fromNow : showMinute(glance.startsAtMs);
  const ends = glance.endsAtMs === null ? review.untilStopped : showMinute(glance.endsAtMs);
  const account = accounts.find(({ id }) => id === form.accountId);
  return (
    <dl className="facts-list summary">
      <dt>{words.basic.name}</dt>
      <dd>{form.name}</dd>
      <dt>{words.basic.account}</dt>
      <dd>{account === undefined ? form.accountId : `${account.id} (${account.appId})`}</dd>
      <dt>{review.answerTo}</dt>
      <dd>{[words.mechanics[glance.kind] ?? glance.kind, ...ways].join(' · ')}</dd>
      <dt>{review.period}</dt>
      <dd>
        {starts} – {ends}
      </dd>
      <dt>{review.prizes}</dt>
      <dd>
        {glance.prizes.map((prize) => (
          <span key={prize.id} className="summary-line">
            {`${prize.name} ${prize.amountFen > 0 ? showYuan(prize.amountFen) : ''} × ${prize.stock}`}
          </span>
        ))}
      </dd>
      {glance.winShare !== null && (
        <>
          <dt>{words.prizes.winShare}</dt>
          <dd>{showShare(glance.winShare)}</dd>
        </>
      )}
      <dt>{review.limits}</dt>
      <dd>{limits.length === 0 ? review.noLimits : limits.join(' · ')}</dd>
      <dt>{words.publish.budget}</dt>
      <dd>
        <strong>{showYuan(glance.budgetFen)}</strong>
      </dd>
    </dl>
  );
}

import { Alert, Button } from 'antd';
import { useState } from 'react';
import type { RuleOverlap } from '../../../http/contract/console-activities.ts';
import { showYuan } from '../parts/money.ts';
import { showMinute, showShare } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import type { Words } from '../words/words-zh.ts';
import { LIMIT_NAMES } from './editor-form.ts';
import type { EditorForm } from './editor-form.ts';
import type { Accounts } from './editor.tsx';
import { nameField, sayFault, stepOf } from './faults.ts';
import { oddsOf } from './odds.ts';
import { PublishDialog } from './publish-dialog.tsx';
import type { Editor } from './use-editor.ts';

/** What still needs work, what to think about, everything at a glance, and the way out to the public. */
export function StepReview({ editor, accounts }: { editor: Editor; accounts: Accounts }) {
  const { review } = useWords();
  const { may } = useSession();
  const [asking, setAsking] = useState(false);
  const ready = editor.faults.length === 0;
  return (
    <>
      {ready ? (
        <Alert type="success" showIcon title={review.ready} description={review.readyText} />
      ) : (
        <FaultList editor={editor} />
      )}
      {ready && <WarningList editor={editor} />}
      {ready && <OverlapList editor={editor} />}
      <Summary form={editor.form} accounts={accounts} />
      {may('activities.publish') ? (
        <div>
          <Button type="primary" size="large" disabled={!ready} onClick={() => setAsking(true)}>
            {editor.locked ? review.publishChanges : review.publish}
          </Button>
        </div>
      ) : (
        <Alert type="info" showIcon title={review.noRight} />
      )}
      <PublishDialog editor={editor} open={asking} onClose={() => setAsking(false)} />
    </>
  );
}

function FaultList({ editor }: { editor: Editor }) {
  const words = useWords();
  const list = (
    <ul className="fault-list">
      {editor.faults.map((fault) => {
        const step = stepOf(fault.path);
        return (
          <li key={`${fault.path} ${fault.message}`}>
            <span>
              {nameField(fault.path, editor.form, words) || words.steps[step]}
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

function Summary({ form, accounts }: { form: EditorForm; accounts: Accounts }) {
  const words = useWords();
  const { review } = words;
  const odds = oddsOf(form);
  const ways = [...form.words.map(({ word }) => `“${word}”`), ...(form.page ? [review.onPage] : [])];
  const limits = LIMIT_NAMES.filter((name) => form.limits[name] !== null).map(
    (name) => `${words.limits[name]} ${form.limits[name]}`,
  );
  const starts = form.startsAtMs === null ? review.fromNow : showMinute(form.startsAtMs);
  const ends = form.endsAtMs === null ? review.untilStopped : showMinute(form.endsAtMs);
  const prizes = form.prizes.map((prize, index) => {
    const amount = prize.kind === 'red-packet' ? ` ${showYuan(prize.amountFen ?? 0)}` : '';
    const chance =
      form.kind === 'lottery'
        ? ` · ${showShare(odds.shares[index] ?? 0)}`
        : form.kind === 'check-in'
          ? ` · ${words.prizes.streak} ${prize.streakDays ?? words.none}`
          : '';
    return `${prize.name}${amount} × ${prize.stock ?? 0}${chance}`;
  });
  const account = accounts.find(({ id }) => id === form.accountId);
  return (
    <dl className="facts-list summary">
      <dt>{words.basic.name}</dt>
      <dd>{form.name}</dd>
      <dt>{words.basic.account}</dt>
      <dd>{account === undefined ? form.accountId : `${account.id} (${account.appId})`}</dd>
      <dt>{review.answerTo}</dt>
      <dd>{[words.mechanics[form.kind], ...ways].join(' · ')}</dd>
      <dt>{review.period}</dt>
      <dd>
        {starts} – {ends}
      </dd>
      <dt>{review.prizes}</dt>
      <dd>
        {prizes.map((prize) => (
          <span key={prize} className="summary-line">
            {prize}
          </span>
        ))}
      </dd>
      <dt>{review.limits}</dt>
      <dd>{limits.length === 0 ? review.noLimits : limits.join(' · ')}</dd>
      <dt>{words.publish.budget}</dt>
      <dd>
        <strong>{showYuan(form.budgetFen ?? 0)}</strong>
      </dd>
    </dl>
  );
}

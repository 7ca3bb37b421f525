import { Button } from 'antd';
import { useState } from 'react';
import type { IssueAnswer } from '../../../http/contract/console-issues.ts';
import { AskDialog } from '../parts/ask-dialog.tsx';
import type { Question } from '../parts/ask-dialog.tsx';
import { showYuan } from '../parts/money.ts';
import { showCount } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import type { IssuePlace } from '../state/money-api.ts';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';

/** What may be done with a batch as it stands. */
export function IssueActions(props: {
  place: IssuePlace;
  issue: IssueAnswer;
  onChanged: (issue: IssueAnswer) => void;
}) {
  const { place, issue, onChanged } = props;
  const { issues: words } = useWords();
  const { api, may } = useSession();
  const { busy, act } = useAct();
  const [question, setQuestion] = useState<Question | null>(null);
  const { state, people, amountFen } = issue;
  const change = (work: () => Promise<IssueAnswer>, done: string): Promise<boolean> =>
    act(async () => onChanged(await work()), done);
  const turn = (to: 'pause' | 'resume' | 'cancel'): Promise<boolean> =>
    change(() => api.money.turnIssue(place, to), words.turned);
  const askConfirm = (): void =>
    setQuestion({
      title: words.confirmTitle(showCount(people), showYuan(amountFen)),
      text: words.confirmText(showYuan(issue.approvalAboveFen)),
      confirm: words.confirm,
      onConfirm: () => change(() => api.money.confirmIssue(place, { people, amountFen }), words.confirmed),
    });
  const askCancel = (): void =>
    setQuestion({
      title: words.cancelTitle,
      text: words.cancelText,
      confirm: words.cancel,
      danger: true,
      onConfirm: () => turn('cancel'),
    });
  const isOpen = ['empty', 'prepared', 'asked', 'running', 'paused'].includes(state);
  const operates = may('activities.batch');
  return (
    <div className="money-line">
      {operates && state === 'prepared' && people > 0 && (
        <Button type="primary" loading={busy} onClick={askConfirm}>
          {words.confirm}
        </Button>
      )}
      {may('approvals.decide') && state === 'asked' && (
        <>
          <Button
            type="primary"
            loading={busy}
            onClick={() => void change(() => api.money.decideIssue(place, true), words.decided)}
          >
            {words.approve}
          </Button>
          <Button loading={busy} onClick={() => void change(() => api.money.decideIssue(place, false), words.decided)}>
            {words.refuse}
          </Button>
        </>
      )}
      {operates && <PauseButton state={state} busy={busy} onTurn={(to) => void turn(to)} />}
      {may('people.view') && issue.lines !== null && (
        <Button href={api.money.issueFileUrl(place, 'report')} download>
          {words.report}
        </Button>
      )}
      {operates && isOpen && (
        <Button danger onClick={askCancel}>
          {words.cancel}
        </Button>
      )}
      <AskDialog question={question} onClose={() => setQuestion(null)} />
    </div>
  );
}

function PauseButton(props: { state: IssueAnswer['state']; busy: boolean; onTurn: (to: 'pause' | 'resume') => void }) {
  const { issues: words } = useWords();
  const { state, busy, onTurn } = props;
  if (state === 'running') {
    return (
      <Button loading={busy} onClick={() => onTurn('pause')}>
        {words.pause}
      </Button>
    );
  }
  if (state !== 'paused') return null;
  return (
    <Button type="primary" loading={busy} onClick={() => onTurn('resume')}>
      {words.resume}
    </Button>
  );
}

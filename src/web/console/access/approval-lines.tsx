import { Button } from 'antd';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { ApprovalsAnswer } from '../../../http/contract/console-approvals.ts';
import { AskDialog } from '../parts/ask-dialog.tsx';
import type { Question } from '../parts/ask-dialog.tsx';
import { showYuan } from '../parts/money.ts';
import { showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { ApprovalContents } from './approval-contents.tsx';

type Publication = ApprovalsAnswer['publications'][number];
type Reissue = ApprovalsAnswer['reissues'][number];
type Issue = ApprovalsAnswer['issues'][number];
type List = ApprovalsAnswer['lists'][number];

/** A publication that waits: what would be published, and the two answers. */
export function PublicationLine({ request, onDone }: { request: Publication; onDone: () => void }) {
  const { approvals: words } = useWords();
  const { api } = useSession();
  const { act } = useAct();
  const [open, setOpen] = useState(false);
  const { id, activityId, activityName: name, amountFen } = request;
  const finish = async (work: () => Promise<unknown>, done: string): Promise<boolean> => {
    await act(work, done);
    onDone();
    return true;
  };
  const approve: Question = {
    title: words.approveTitle(name, showYuan(amountFen)),
    text: words.approveText,
    confirm: words.approve,
    onConfirm: () => finish(() => api.access.decideApproval(id, 'approved'), words.approved),
  };
  const refuse: Question = {
    title: words.refuseTitle(name),
    text: words.refuseText,
    confirm: words.refuse,
    danger: true,
    onConfirm: () => finish(() => api.access.decideApproval(id, 'refused'), words.refused),
  };
  return (
    <RequestLine
      title={words.publication(name)}
      request={request}
      more={words.until(showMinute(request.expiresAtMs))}
      below={open && <ApprovalContents id={activityId} />}
    >
      <Button type="text" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? words.close : words.look}
        <span className="sr-only"> {name}</span>
      </Button>
      {request.own && (
        <Button onClick={() => void finish(() => api.access.withdrawApproval(id), words.withdrawn)}>
          {words.withdraw}
        </Button>
      )}
      <Answers request={request} approve={approve} refuse={refuse} />
    </RequestLine>
  );
}

/** Packets for a file of people that wait. */
export function IssueLine({ request, onDone }: { request: Issue; onDone: () => void }) {
  const { approvals: words } = useWords();
  const { api } = useSession();
  const { act } = useAct();
  const { name, people, amountFen } = request;
  const decide = async (approved: boolean): Promise<boolean> => {
    await act(() => api.access.decideIssue(request, approved), approved ? words.issueApproved : words.refused);
    onDone();
    return true;
  };
  const approve: Question = {
    title: words.issueApproveTitle(people, showYuan(amountFen)),
    text: words.issueApproveText,
    confirm: words.issueApprove,
    onConfirm: () => decide(true),
  };
  const refuse: Question = {
    title: words.issueRefuseTitle(name),
    text: words.issueRefuseText,
    confirm: words.refuse,
    danger: true,
    onConfirm: () => decide(false),
  };
  return (
    <RequestLine title={request.trial ? words.trial(request.askedByName) : words.issue(name, people)} request={request}>
      <Answers request={request} approve={approve} refuse={refuse} />
    </RequestLine>
  );
}

/** A list of people that would draw. */
export function ListLine({ request, onDone }: { request: List; onDone: () => void }) {
  const { approvals: words } = useWords();
  const { api, may } = useSession();
  const { act } = useAct();
  const { activityId, activityName: name, people, amountFen, note } = request;
  const decide = async (approved: boolean): Promise<boolean> => {
    await act(() => api.operations.decideBatch(request, approved), approved ? words.listApproved : words.refused);
    onDone();
    return true;
  };
  const approve: Question = {
    title: words.listApproveTitle(people, showYuan(amountFen)),
    text: words.listApproveText,
    confirm: words.listApprove,
    onConfirm: () => decide(true),
  };
  const refuse: Question = {
    title: words.listRefuseTitle(name),
    text: words.listRefuseText,
    confirm: words.refuse,
    danger: true,
    onConfirm: () => decide(false),
  };
  return (
    <RequestLine title={words.list(name, people)} request={request} {...(note === '' ? {} : { more: note })}>
      {may('people.view') && <Link to={`/activities/${activityId}`}>{words.look}</Link>}
      <Answers request={request} approve={approve} refuse={refuse} />
    </RequestLine>
  );
}

/** A re-issue that waits; its proofs stand on its own page, where it is decided. */
export function ReissueLine({ request }: { request: Reissue }) {
  const { approvals: words } = useWords();
  const { may } = useSession();
  return (
    <RequestLine title={words.reissue(request.payouts)} request={request} more={request.why}>
      {may('payments.view') && <Link to={`/payments/reissues/${request.id}`}>{words.decide}</Link>}
    </RequestLine>
  );
}

function RequestLine(props: {
  title: string;
  request: Pick<Publication, 'askedByName' | 'askedAtMs' | 'amountFen' | 'own'>;
  more?: string;
  below?: ReactNode;
  children: ReactNode;
}) {
  const { approvals: words } = useWords();
  const { askedByName, askedAtMs, amountFen, own } = props.request;
  return (
    <li>
      <div>
        <h2>{props.title}</h2>
        <p className="quiet">
          {words.asked(askedByName, showMinute(askedAtMs))}
          {props.more !== undefined && ` · ${props.more}`}
          {own && ` · ${words.own}`}
        </p>
      </div>
      <strong className="number">{showYuan(amountFen)}</strong>
      <div className="actions">{props.children}</div>
      {props.below}
    </li>
  );
}

function Answers(props: { request: { readonly own: boolean }; approve: Question; refuse: Question }) {
  const { may } = useSession();
  const [question, setQuestion] = useState<Question | null>(null);
  if (props.request.own || !may('approvals.decide')) return null;
  return (
    <>
      <Button danger onClick={() => setQuestion(props.refuse)}>
        {props.refuse.confirm}
      </Button>
      <Button type="primary" onClick={() => setQuestion(props.approve)}>
        {props.approve.confirm}
      </Button>
      <AskDialog question={question} onClose={() => setQuestion(null)} />
    </>
  );
}

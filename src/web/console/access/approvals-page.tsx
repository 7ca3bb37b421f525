import { Button, Input } from 'antd';
import { useState } from 'react';
import type { ApprovalLimitsBody, ApprovalsAnswer } from '../../../http/contract/console-approvals.ts';
import { AskDialog } from '../parts/ask-dialog.tsx';
import type { Question } from '../parts/ask-dialog.tsx';
import { Field } from '../parts/field.tsx';
import { readYuan, showYuan, writeYuan } from '../parts/money.ts';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';

type Publication = ApprovalsAnswer['publications'][number];
type Reissue = ApprovalsAnswer['reissues'][number];

/** What waits for a second person, and above which amounts anything does. */
export function ApprovalsPage() {
  const { approvals: words } = useWords();
  const { api, may } = useSession();
  const { loaded, reload } = useLoaded(api.access.approvals);
  return (
    <>
      <div className="page-head">
        <h1>{words.title}</h1>
      </div>
      <div className="stack">
        <WhenLoaded loaded={loaded} onRetry={reload}>
          {({ publications, reissues }) => (
            <section className="card">
              {publications.length + reissues.length === 0 ? (
                <EmptyNotice title={words.empty} text={words.emptyText} />
              ) : (
                <ul className="approval-list">
                  {publications.map((request) => (
                    <PublicationLine key={request.id} request={request} onDone={reload} />
                  ))}
                  {reissues.map((request) => (
                    <ReissueLine key={request.id} request={request} />
                  ))}
                </ul>
              )}
            </section>
          )}
        </WhenLoaded>
        {may('operators.manage') && <Limits />}
      </div>
    </>
  );
}

function PublicationLine({ request, onDone }: { request: Publication; onDone: () => void }) {
  const { approvals: words } = useWords();
  const { api, may } = useSession();
  const { act } = useAct();
  const [question, setQuestion] = useState<Question | null>(null);
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
    <li>
      <div>
        <h2>{words.publication(name)}</h2>
        <p className="quiet">
          {words.asked(request.askedByName, showMinute(request.askedAtMs))} ·{' '}
          {words.until(showMinute(request.expiresAtMs))}
          {request.own && ` · ${words.own}`}
        </p>
      </div>
      <strong className="number">{showYuan(amountFen)}</strong>
      <div className="actions">
        <Link to={`/activities/${activityId}`}>{words.look}</Link>
        {request.own && (
          <Button onClick={() => void finish(() => api.access.withdrawApproval(id), words.withdrawn)}>
            {words.withdraw}
          </Button>
        )}
        {!request.own && may('approvals.decide') && (
          <>
            <Button danger onClick={() => setQuestion(refuse)}>
              {words.refuse}
            </Button>
            <Button type="primary" onClick={() => setQuestion(approve)}>
              {words.approve}
            </Button>
          </>
        )}
      </div>
      <AskDialog question={question} onClose={() => setQuestion(null)} />
    </li>
  );
}

function ReissueLine({ request }: { request: Reissue }) {
  const { approvals: words } = useWords();
  const { may } = useSession();
  return (
    <li>
      <div>
        <h2>{words.reissue(request.payouts)}</h2>
        <p className="quiet">
          {words.asked(request.askedByName, showMinute(request.askedAtMs))} · {request.why}
          {request.own && ` · ${words.own}`}
        </p>
      </div>
      <strong className="number">{showYuan(request.amountFen)}</strong>
      <div className="actions">
        {may('payments.view') && <Link to={`/payments/reissues/${request.id}`}>{words.decide}</Link>}
      </div>
    </li>
  );
}

function Limits() {
  const { api } = useSession();
  const { loaded, reload } = useLoaded(api.access.approvalLimits);
  return (
    <WhenLoaded loaded={loaded} onRetry={reload}>
      {(limits) => <LimitsForm limits={limits} onSaved={reload} />}
    </WhenLoaded>
  );
}

function LimitsForm({ limits, onSaved }: { limits: ApprovalLimitsBody; onSaved: () => void }) {
  const { approvals: words } = useWords();
  const { api } = useSession();
  const { busy, act } = useAct();
  const [publish, setPublish] = useState(writeYuan(limits.publishAboveFen));
  const [batch, setBatch] = useState(writeYuan(limits.batchAboveFen));
  const read = { publish: readYuan(publish), batch: readYuan(batch) };
  const faulty = read.publish.fault !== null || read.batch.fault !== null;
  const save = (): void => {
    if (faulty) return;
    const set = { publishAboveFen: read.publish.fen, batchAboveFen: read.batch.fen };
    void act(() => api.access.setApprovalLimits(set), words.saved).then(onSaved);
  };
  const field = (label: string, text: string, setText: (text: string) => void, fault: string | null) => (
    <Field label={label} fault={fault === null ? undefined : words.notMoney}>
      {(ties) => <Input {...ties} inputMode="decimal" value={text} onChange={(event) => setText(event.target.value)} />}
    </Field>
  );
  return (
    <section className="card">
      <form
        className="stack narrow-form"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <div>
          <h2>{words.limits}</h2>
          <p className="quiet">{words.limitsLead}</p>
        </div>
        {field(words.publishAbove, publish, setPublish, read.publish.fault)}
        {field(words.batchAbove, batch, setBatch, read.batch.fault)}
        <div className="actions">
          <Button htmlType="submit" type="primary" loading={busy} disabled={faulty}>
            {words.save}
          </Button>
        </div>
      </form>
    </section>
  );
}

import { Button, Input } from 'antd';
import { useState } from 'react';
import type { ApprovalLimitsBody } from '../../../http/contract/console-approvals.ts';
import { Field } from '../parts/field.tsx';
import { readYuan, writeYuan } from '../parts/money.ts';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { IssueLine, ListLine, PublicationLine, ReissueLine } from './approval-lines.tsx';

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
          {({ publications, reissues, issues, lists }) => (
            <section className="card">
              {publications.length + reissues.length + issues.length + lists.length === 0 ? (
                <EmptyNotice title={words.empty} text={words.emptyText} />
              ) : (
                <ul className="approval-list">
                  {publications.map((request) => (
                    <PublicationLine key={request.id} request={request} onDone={reload} />
                  ))}
                  {reissues.map((request) => (
                    <ReissueLine key={request.id} request={request} />
                  ))}
                  {issues.map((request) => (
                    <IssueLine key={request.id} request={request} onDone={reload} />
                  ))}
                  {lists.map((request) => (
                    <ListLine key={request.id} request={request} onDone={reload} />
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
  const field = (label: string, text: string, setText: (text: string) => void, fault: string | null, hint?: string) => (
    <Field label={label} hint={hint} fault={fault === null ? undefined : words.notMoney}>
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
        {field(words.batchAbove, batch, setBatch, read.batch.fault, words.batchHint)}
        <div className="actions">
          <Button htmlType="submit" type="primary" loading={busy} disabled={faulty}>
            {words.save}
          </Button>
        </div>
      </form>
    </section>
  );
}

import { Alert, Button } from 'antd';
import { useCallback, useState } from 'react';
import type { ReissueAnswer, ReissueDecision } from '../../../http/contract/console-reissues.ts';
import { AskDialog } from '../parts/ask-dialog.tsx';
import type { Question } from '../parts/ask-dialog.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { showYuan } from '../parts/money.ts';
import { WhenLoaded } from '../parts/notices.tsx';
import { showCount, showTime } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { PaymentsFrame } from './payments-frame.tsx';
import { ReissueTag, Selection } from './reissues-page.tsx';

/** One request for new numbers: what it is about, who may decide, and what became of each number. */
export function ReissuePage({ id }: { id: string }) {
  const { reissues } = useWords();
  const { api } = useSession();
  const load = useCallback(() => api.payments.reissue(id), [api, id]);
  const { loaded, reload, set } = useLoaded(load);
  return (
    <PaymentsFrame section="reissues" lead={reissues.lead}>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {(answer) => (
          <>
            <section className="card stack">
              <div className="title-line">
                <h2>{reissues.detailTitle}</h2>
                <ReissueTag state={answer.reissue.state} />
              </div>
              <Facts answer={answer} />
              <Decision answer={answer} onDecided={set} />
            </section>
            <Items answer={answer} />
          </>
        )}
      </WhenLoaded>
    </PaymentsFrame>
  );
}

function Facts({ answer: { reissue, issued, leftOut } }: { answer: ReissueAnswer }) {
  const words = useWords();
  const { reissues } = words;
  const { decidedBy, decidedAtMs } = reissue;
  return (
    <dl className="facts-list">
      <dt>{reissues.columns.why}</dt>
      <dd>{reissue.why}</dd>
      <dt>{reissues.columns.count}</dt>
      <dd>
        <strong>{reissues.found(showCount(reissue.payouts), showYuan(reissue.amountFen))}</strong>
      </dd>
      <dt>{reissues.columns.what}</dt>
      <dd>
        <Selection selection={reissue.selection} />
      </dd>
      <dt>{reissues.by}</dt>
      <dd>
        {reissue.requestedBy.name} · {showTime(reissue.requestedAtMs)}
      </dd>
      {decidedBy !== null && (
        <>
          <dt>{reissues.decidedBy}</dt>
          <dd>
            {decidedBy.name}
            {decidedAtMs !== null && ` · ${showTime(decidedAtMs)}`}
          </dd>
        </>
      )}
      {reissue.state === 'approved' && (
        <>
          <dt>{reissues.issued}</dt>
          <dd>{words.payments.count(showCount(issued))}</dd>
          <dt>{reissues.leftOut}</dt>
          <dd className={leftOut > 0 ? 'text-bad' : undefined}>{words.payments.count(showCount(leftOut))}</dd>
        </>
      )}
    </dl>
  );
}

function Decision({ answer, onDecided }: { answer: ReissueAnswer; onDecided: (answer: ReissueAnswer) => void }) {
  const words = useWords();
  const { reissues } = words;
  const { api } = useSession();
  const { act } = useAct();
  const [question, setQuestion] = useState<Question | null>(null);
  const { reissue } = answer;
  if (reissue.actions.length === 0) return null;
  const decide = (decision: ReissueDecision) => () =>
    act(async () => onDecided(await api.payments.decideReissue(reissue.id, decision)), reissues.done[decision]);
  const ask = (given: Omit<Question, 'text' | 'onConfirm'>, decision: ReissueDecision, text = ''): void =>
    setQuestion({ ...given, text, onConfirm: decide(decision) });
  const sum = [showCount(reissue.payouts), showYuan(reissue.amountFen)] as const;
  const approveLabel = answer.unfinished > 0 ? reissues.finish : reissues.approve;
  const approving = { title: reissues.approveTitle(...sum), confirm: approveLabel };
  const refusing = { title: reissues.refuseTitle, confirm: reissues.refuse, danger: true };
  const withdrawing = { title: reissues.withdrawTitle, confirm: reissues.withdraw, danger: true };
  const own = reissue.actions.includes('withdraw');
  const waiting = answer.unfinished > 0 ? reissues.unfinished(answer.unfinished) : reissues.waiting;
  return (
    <>
      <Alert type={own ? 'info' : 'warning'} showIcon title={own ? reissues.own : waiting} />
      <div className="actions">
        {own && <Button onClick={() => ask(withdrawing, 'withdrawn')}>{reissues.withdraw}</Button>}
        {reissue.actions.includes('approve') && (
          <Button type="primary" onClick={() => ask(approving, 'approved', reissues.approveText)}>
            {approveLabel}
          </Button>
        )}
        {reissue.actions.includes('refuse') && (
          <Button danger onClick={() => ask(refusing, 'refused')}>
            {reissues.refuse}
          </Button>
        )}
      </div>
      <AskDialog question={question} onClose={() => setQuestion(null)} />
    </>
  );
}

function Items({ answer }: { answer: ReissueAnswer }) {
  const { reissues } = useWords();
  const { itemColumns } = reissues;
  return (
    <section className="card stack">
      <h2>{reissues.items}</h2>
      {answer.reissue.payouts > answer.items.length && <p className="quiet">{reissues.firstItems}</p>}
      <DataTable
        label={reissues.items}
        rows={answer.items}
        keyOf={(row) => `${row.accountId} ${row.orderNumber}`}
        columns={[
          { key: 'old', title: itemColumns.old, show: (row) => <code>{row.orderNumber}</code> },
          { key: 'amount', title: itemColumns.amount, number: true, show: (row) => showYuan(row.amountFen) },
          { key: 'proof', title: itemColumns.proof, show: (row) => reissues.proof(row.proofAttempt) },
          {
            key: 'outcome',
            title: itemColumns.outcome,
            show: (row) =>
              row.newOrderNumber === null ? (
                <p className={row.outcome === null ? 'quiet' : 'reason'}>{row.outcome ?? reissues.undecided}</p>
              ) : (
                <code>{reissues.itemIssued(row.newOrderNumber)}</code>
              ),
          },
        ]}
      />
    </section>
  );
}

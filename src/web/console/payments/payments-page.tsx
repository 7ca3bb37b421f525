import { Button } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import type { MerchantView, PaymentsAnswer } from '../../../http/contract/console-payments.ts';
import { AskDialog } from '../parts/ask-dialog.tsx';
import type { Question } from '../parts/ask-dialog.tsx';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showMinute, showTime } from '../parts/show.ts';
import { useAlarms } from '../state/alarms.tsx';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { useRefresh } from '../state/use-refresh.ts';
import { BalancesCard } from './balances-card.tsx';
import { MerchantCard } from './merchant-card.tsx';
import { MerchantForm } from './merchant-form.tsx';
import { PaymentsFrame } from './payments-frame.tsx';

const REFRESH_MS = 10_000;

/** Whether money goes out: the general stop, and every merchant with its queue and limits. */
export function PaymentsPage() {
  const words = useWords();
  const { api } = useSession();
  const { alarms } = useAlarms();
  const { loaded, reload, set } = useLoaded(api.payments.show);
  useRefresh(reload, REFRESH_MS);
  // An alarm that came or went, perhaps by the button above, changed what is shown here.
  const raised = alarms.map((alarm) => alarm.id).join();
  useEffect(() => {
    if (loaded.state === 'ready') reload();
  }, [raised]);
  return (
    <PaymentsFrame section="merchants">
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {(answer) => <Payments answer={answer} onChange={set} />}
      </WhenLoaded>
      {loaded.state === 'ready' && (
        <p className="quiet">{words.payments.updated(showTime(loaded.data.nowMs).slice(11))}</p>
      )}
    </PaymentsFrame>
  );
}

function Payments({ answer, onChange }: { answer: PaymentsAnswer; onChange: (answer: PaymentsAnswer) => void }) {
  const { payments } = useWords();
  const [question, setQuestion] = useState<Question | null>(null);
  const [editing, setEditing] = useState<MerchantView | null>(null);
  const { merchants, nowMs } = answer;
  return (
    <>
      <GeneralStop answer={answer} onChange={onChange} ask={setQuestion} />
      {merchants.length > 0 && <BalancesCard />}
      {merchants.length === 0 ? (
        <div className="card">
          <EmptyNotice title={payments.noMerchants} text={payments.noMerchantsText} />
        </div>
      ) : (
        merchants.map((merchant) => (
          <MerchantCard
            key={merchant.id}
            merchant={merchant}
            nowMs={nowMs}
            ask={setQuestion}
            onChange={onChange}
            onEdit={() => setEditing(merchant)}
          />
        ))
      )}
      <AskDialog question={question} onClose={() => setQuestion(null)} />
      {editing !== null && (
        <MerchantForm key={editing.id} merchant={editing} onSaved={onChange} onClose={() => setEditing(null)} />
      )}
    </>
  );
}

function GeneralStop(props: {
  answer: PaymentsAnswer;
  onChange: (answer: PaymentsAnswer) => void;
  ask: (question: Question) => void;
}) {
  const { payments: words } = useWords();
  const { api, may } = useSession();
  const { act } = useAct();
  const { stopped, reason, sinceMs } = props.answer.sending;
  const { onChange } = props;
  const stop = useCallback(
    (why: string) => act(async () => onChange(await api.payments.stopSending(why)), words.stopDone),
    [act, api, onChange, words],
  );
  const resume = useCallback(
    () => act(async () => onChange(await api.payments.resumeSending()), words.resumeDone),
    [act, api, onChange, words],
  );
  const question: Question = stopped
    ? { title: words.resumeAllTitle, text: words.resumeAllText, confirm: words.resumeConfirm, onConfirm: resume }
    : {
        title: words.stopAllTitle,
        text: words.stopAllText,
        confirm: words.stopConfirm,
        danger: true,
        reason: true,
        onConfirm: stop,
      };
  return (
    <section className={stopped ? 'card general-stop general-stopped' : 'card general-stop'}>
      <div>
        <h2>{stopped ? words.stopped : words.running}</h2>
        {stopped && (
          <p className="quiet">
            {words.stoppedSince(showMinute(sinceMs ?? 0))} · {reason}
          </p>
        )}
        {!stopped && may('payments.operate') && <p className="quiet">{words.runningText}</p>}
      </div>
      {may('payments.operate') && (
        <Button danger={!stopped} type={stopped ? 'primary' : 'default'} onClick={() => props.ask(question)}>
          {stopped ? words.resumeAll : words.stopAll}
        </Button>
      )}
    </section>
  );
}

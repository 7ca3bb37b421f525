import { Button } from 'antd';
import { useState } from 'react';
import type { Alarm } from '../../../http/contract/console-payments.ts';
import { useAlarms } from '../state/alarms.tsx';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { AskDialog } from './ask-dialog.tsx';
import type { Question } from './ask-dialog.tsx';
import { AlarmMark } from './marks.tsx';
import { showAge } from './show-age.ts';
import { showMinute } from './show.ts';

const SHOWN_MAX = 3;

/** What a person must act on, above every page: what happened, since when, and the way out. */
export function AlarmBanner() {
  const words = useWords();
  const { alarms, open } = useAlarms();
  const [question, setQuestion] = useState<Question | null>(null);
  if (alarms.length === 0) return null;
  const shown = alarms.slice(0, SHOWN_MAX);
  return (
    <section className="alarms" aria-label={words.alarms.title} aria-live="assertive">
      <ul>
        {shown.map((alarm) => (
          <AlarmLine key={alarm.id} alarm={alarm} ask={setQuestion} />
        ))}
        {open > shown.length && <li className="alarm-more">{words.alarms.more(open - shown.length)}</li>}
      </ul>
      <AskDialog question={question} onClose={() => setQuestion(null)} />
    </section>
  );
}

function AlarmLine({ alarm, ask }: { alarm: Alarm; ask: (question: Question) => void }) {
  const words = useWords();
  const { may } = useSession();
  const solve = useSolution(alarm);
  const say = words.alarms.kinds[alarm.kind];
  const since = words.alarms.since(showMinute(alarm.raisedAtMs), showAge(alarm.raisedAtMs, Date.now(), words));
  return (
    <li className="alarm">
      <AlarmMark />
      <div className="alarm-text">
        <strong>{say === undefined ? alarm.kind : say(alarm.subject)}</strong>
        <span className="alarm-message">{alarm.message}</span>
        <span className="alarm-since">
          {since} · {words.alarms.advice[alarm.kind]}
        </span>
      </div>
      <div className="actions">
        <PlaceLink alarm={alarm} />
        {solve !== null && may('payments.operate') && (
          <Button onClick={() => ask(solve.question)}>{solve.label}</Button>
        )}
      </div>
    </li>
  );
}

/** The way out of an alarm, where a button is one. */
function useSolution(alarm: Alarm): { readonly label: string; readonly question: Question } | null {
  const { alarms: words, payments } = useWords();
  const { api } = useSession();
  const { set } = useAlarms();
  const { act } = useAct();
  const resume = { confirm: payments.resumeConfirm };
  switch (alarm.kind) {
    case 'merchant-stopped': {
      const onConfirm = () => act(() => api.payments.resumeMerchant(alarm.subject), payments.resumeDone);
      const title = payments.resumeTitle(alarm.subject);
      return { label: words.resume, question: { ...resume, title, text: payments.resumeText, onConfirm } };
    }
    case 'sending-stopped': {
      const onConfirm = () => act(() => api.payments.resumeSending(), payments.resumeDone);
      const title = payments.resumeAllTitle;
      return { label: words.resume, question: { ...resume, title, text: payments.resumeAllText, onConfirm } };
    }
    case 'certificate-expires':
      return null;
    case 'contradiction':
    case 'books-differ':
    case 'forecast-left': {
      const onConfirm = () => act(async () => set(await api.payments.dismissAlarm(alarm.id)), words.dismiss);
      const text = words.advice[alarm.kind] ?? '';
      return { label: words.dismiss, question: { title: words.dismissTitle, text, confirm: words.dismiss, onConfirm } };
    }
  }
}

function placeOf({ kind, subject }: Alarm): string {
  if (kind === 'books-differ') return `/payments/reconciliation/${subject}`;
  return kind === 'forecast-left' ? `/activities/${subject}` : '/payments';
}

function PlaceLink({ alarm }: { alarm: Alarm }) {
  const words = useWords();
  if (alarm.kind === 'contradiction') return null;
  const to = placeOf(alarm);
  const what = words.alarms.kinds[alarm.kind]?.(alarm.subject) ?? alarm.kind;
  return (
    <Link to={to} className="alarm-link" label={`${words.alarms.look} ${what}`}>
      {words.alarms.look}
    </Link>
  );
}

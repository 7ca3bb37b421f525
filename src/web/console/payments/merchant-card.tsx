import { Button, Tag } from 'antd';
import type { MerchantView, OpenState, PaymentsAnswer } from '../../../http/contract/console-payments.ts';
import { Bar } from '../parts/activity-marks.tsx';
import type { Question } from '../parts/ask-dialog.tsx';
import { showYuan } from '../parts/money.ts';
import { explainReason } from '../parts/show-age.ts';
import { showCount, showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';

const STATES: readonly OpenState[] = ['waiting', 'unknown', 'parked', 'dead'];
/** From when on a certificate's days are shown in red. */
const DAYS_FEW = 30;

interface MerchantCardProps {
  readonly merchant: MerchantView;
  readonly nowMs: number;
  readonly ask: (question: Question) => void;
  readonly onChange: (answer: PaymentsAnswer) => void;
  readonly onEdit: () => void;
}

/** One merchant: whether it sends, what its queue holds, how far its day and certificate have come. */
export function MerchantCard(props: MerchantCardProps) {
  const { payments: words } = useWords();
  const { merchant } = props;
  return (
    <section className="card stack merchant" aria-label={merchant.sendName}>
      <MerchantHead {...props} />
      {merchant.state === 'stopped' && <StopNote merchant={merchant} />}
      <PaceNotes merchant={merchant} />
      <ul className="queue-tiles">
        {STATES.map((state) => (
          <li key={state}>
            <QueueTile merchant={merchant} state={state} />
          </li>
        ))}
      </ul>
      <div className="day-use">
        <span className="quiet">{words.dayUse}</span>
        <span className="budget-numbers">
          <span>{showYuan(merchant.queue.dayFen)}</span>
          <span className="quiet">{words.ofDay(showYuan(merchant.limits.dayFen))}</span>
        </span>
        <Bar share={merchant.queue.dayFen / merchant.limits.dayFen} />
      </div>
      <Limits merchant={merchant} />
    </section>
  );
}

function MerchantHead({ merchant, ask, onChange, onEdit }: MerchantCardProps) {
  const { payments: words } = useWords();
  const { api, may } = useSession();
  const { act } = useAct();
  const { id, sendName } = merchant;
  const stopped = merchant.state === 'stopped';
  const stop: Question = {
    title: words.stopTitle(sendName),
    text: words.stopText,
    confirm: words.stopConfirm,
    danger: true,
    reason: true,
    onConfirm: (reason) => act(async () => onChange(await api.payments.stopMerchant(id, reason)), words.stopDone),
  };
  const resume: Question = {
    title: words.resumeTitle(sendName),
    text: words.resumeText,
    confirm: words.resumeConfirm,
    onConfirm: () => act(async () => onChange(await api.payments.resumeMerchant(id)), words.resumeDone),
  };
  return (
    <div className="list-tools">
      <div>
        <div className="title-line">
          <h2>{sendName}</h2>
          <Tag className={stopped ? 'state state-stopped' : 'state state-published'}>
            {words.states[merchant.state]}
          </Tag>
        </div>
        <p className="quiet">
          {id} · {merchant.mchId}
        </p>
      </div>
      {may('payments.operate') && (
        <div className="actions">
          <Button onClick={onEdit}>{words.settings}</Button>
          <Button danger={!stopped} type={stopped ? 'primary' : 'default'} onClick={() => ask(stopped ? resume : stop)}>
            {stopped ? words.resume : words.stop}
          </Button>
        </div>
      )}
    </div>
  );
}

function StopNote({ merchant }: { merchant: MerchantView }) {
  const words = useWords();
  const reason = merchant.stoppedReason ?? '';
  const explained = explainReason(reason, words);
  return (
    <p className="note note-bad">
      <strong>{words.payments.stoppedBecause}</strong>
      {words.colon}
      {explained === null ? reason : `${explained}（${reason}）`}
      {merchant.stoppedAtMs !== null && (
        <span className="note-time"> · {words.payments.stoppedSince(showMinute(merchant.stoppedAtMs))}</span>
      )}
    </p>
  );
}

function PaceNotes({ merchant }: { merchant: MerchantView }) {
  const { payments: words } = useWords();
  const { sendsFromMs, slowUntilMs } = merchant.queue;
  return (
    <>
      {sendsFromMs !== null && <p className="note note-warn">{words.sendsFrom(showMinute(sendsFromMs))}</p>}
      {slowUntilMs !== null && <p className="note note-warn">{words.slowUntil(showMinute(slowUntilMs))}</p>}
    </>
  );
}

function QueueTile({ merchant, state }: { merchant: MerchantView; state: OpenState }) {
  const { payments: words } = useWords();
  const held = merchant.queue.counts.find((count) => count.state === state);
  const count = held?.payouts ?? 0;
  return (
    <Link to={`/payments/payouts/${state}`} className={count === 0 ? 'queue-tile' : `queue-tile queue-${state}`}>
      <span className="tile-label">{words.openStates[state]}</span>
      <strong>{words.count(showCount(count))}</strong>
      <span className="quiet">
        {showYuan(held?.amountFen ?? 0)}
        {state === 'waiting' && held !== undefined && held.due < count && (
          <span className="queue-due"> · {words.due(showCount(held.due))}</span>
        )}
      </span>
    </Link>
  );
}

function Limits({ merchant }: { merchant: MerchantView }) {
  const words = useWords();
  const { payments } = words;
  const { limits, certificateDaysLeft: days } = merchant;
  const certificate =
    days === null ? payments.certificateUnknown : days < 0 ? payments.certificateOver : payments.certificateDays(days);
  const facts: readonly (readonly [string, string, boolean?])[] = [
    [payments.amountRange, `${showYuan(limits.amountMinFen)} – ${showYuan(limits.amountMaxFen)}`],
    [payments.person, payments.personLimits(limits.personDayPackets, showYuan(limits.personDayFen))],
    [payments.pace, payments.paceText((1000 / Math.max(1, limits.spacingMs)).toFixed(1))],
    [payments.scenes, limits.scenes.length === 0 ? payments.noScenes : limits.scenes.join(' ')],
    [payments.certificate, certificate, days !== null && days < DAYS_FEW],
  ];
  return (
    <dl className="limits">
      {facts.map(([name, value, bad]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className={bad === true ? 'text-bad' : undefined}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

import { Alert, Button, Input, Select } from 'antd';
import { useCallback, useState } from 'react';
import type { MerchantView } from '../../../http/contract/console-payments.ts';
import type { ReissuePreviewAnswer, ReissueSelection } from '../../../http/contract/console-reissues.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Field } from '../parts/field.tsx';
import { showYuan } from '../parts/money.ts';
import { sayProblem, WhenLoaded } from '../parts/notices.tsx';
import { readLocalTime, showCount, showOpenid, showTime, writeLocalTime } from '../parts/show.ts';
import { ApiProblem } from '../state/api.ts';
import { useWords } from '../state/language.tsx';
import { useNavigation } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { PaymentsFrame } from './payments-frame.tsx';
import { Reason } from './payout-table.tsx';

const DAY_MS = 86_400_000;
const REISSUE_MAX = 10_000;

/** What a selection is made of, as typed. */
interface Form {
  readonly merchantId: string;
  readonly fromMs: number | null;
  readonly untilMs: number | null;
  readonly reason: string;
  readonly activityId: string;
  readonly rail: 'red-packet' | 'transfer' | '';
}

interface Choices {
  readonly merchants: readonly MerchantView[];
  readonly activities: readonly { readonly id: string; readonly name: string }[];
}

/** Asks for new numbers: choose, see what would be issued, say why. Another person decides. */
export function NewReissuePage() {
  const { reissues } = useWords();
  const { api } = useSession();
  const load = useCallback(async (): Promise<Choices> => {
    const [{ merchants }, activities] = await Promise.all([api.payments.show(), api.everyActivity()]);
    return { merchants, activities };
  }, [api]);
  const { loaded, reload } = useLoaded(load);
  return (
    <PaymentsFrame section="reissues" lead={reissues.lead}>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {(choices) => <NewReissue choices={choices} />}
      </WhenLoaded>
    </PaymentsFrame>
  );
}

function NewReissue({ choices }: { choices: Choices }) {
  const words = useWords();
  const { api } = useSession();
  const [form, setForm] = useState<Form>(() => firstForm(choices));
  const [preview, setPreview] = useState<{ of: ReissueSelection; answer: ReissuePreviewAnswer } | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const selection = selectionOf(form);
  const look = async (): Promise<void> => {
    if (selection === null) return;
    setBusy(true);
    setProblem(null);
    try {
      setPreview({ of: selection, answer: await api.payments.previewReissue(selection) });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setPreview(null);
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const change = (part: Partial<Form>): void => {
    setForm((before) => ({ ...before, ...part }));
    // What was previewed is what is asked for, and nothing else.
    setPreview(null);
  };
  return (
    <>
      <section className="card stack">
        <h2>{words.reissues.newTitle}</h2>
        <SelectionFields form={form} choices={choices} onChange={change} />
        {problem !== null && <Alert type="error" showIcon title={sayProblem(problem, words)} />}
        <div className="actions">
          <Button type="primary" disabled={selection === null} loading={busy} onClick={() => void look()}>
            {words.reissues.preview}
          </Button>
        </div>
      </section>
      {preview !== null && <Preview selection={preview.of} answer={preview.answer} />}
    </>
  );
}

function SelectionFields(props: { form: Form; choices: Choices; onChange: (part: Partial<Form>) => void }) {
  const { reissues: words } = useWords();
  const { form, choices, onChange } = props;
  const time = (name: 'fromMs' | 'untilMs', label: string) => (
    <Field label={label} hint={words.timeHint}>
      {(ties) => (
        <Input
          {...ties}
          type="datetime-local"
          value={writeLocalTime(form[name])}
          onChange={(event) => onChange({ [name]: readLocalTime(event.target.value) })}
        />
      )}
    </Field>
  );
  return (
    <div className="field-pair">
      <Field label={words.merchant}>
        {(ties) => (
          <Select
            {...ties}
            value={form.merchantId}
            onChange={(merchantId) => onChange({ merchantId })}
            options={choices.merchants.map(({ id, sendName }) => ({ value: id, label: `${sendName} (${id})` }))}
          />
        )}
      </Field>
      <Field label={words.reason} hint={words.reasonHint}>
        {(ties) => (
          <Input
            {...ties}
            value={form.reason}
            maxLength={200}
            onChange={(event) => onChange({ reason: event.target.value })}
          />
        )}
      </Field>
      {time('fromMs', words.from)}
      {time('untilMs', words.until)}
      <Field label={words.activity}>
        {(ties) => (
          <Select
            {...ties}
            value={form.activityId}
            onChange={(activityId) => onChange({ activityId })}
            options={[
              { value: '', label: words.anyActivity },
              ...choices.activities.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        )}
      </Field>
      <Field label={words.way} hint={words.wayHint}>
        {(ties) => (
          <Select
            {...ties}
            value={form.rail}
            onChange={(rail) => onChange({ rail })}
            options={(['', 'red-packet', 'transfer'] as const).map((value) => ({ value, label: words.ways[value] }))}
          />
        )}
      </Field>
    </div>
  );
}

function Preview({ selection, answer }: { selection: ReissueSelection; answer: ReissuePreviewAnswer }) {
  const words = useWords();
  const navigation = useNavigation();
  const { api } = useSession();
  const { busy, act } = useAct();
  const [why, setWhy] = useState('');
  const { reissues } = words;
  if (answer.payouts === 0) return <Alert type="info" showIcon title={reissues.nothing} />;
  if (answer.payouts > REISSUE_MAX) return <Alert type="warning" showIcon title={reissues.tooMany} />;
  const submit = async (): Promise<void> => {
    let id = '';
    const ask = async (): Promise<void> => {
      ({ id } = await api.payments.requestReissue(selection, why.trim()));
    };
    if (await act(ask, reissues.submitted)) await navigation.go(`/payments/reissues/${id}`);
  };
  return (
    <section className="card stack">
      <p className="publish-cost">
        <strong>{reissues.found(showCount(answer.payouts), showYuan(answer.amountFen))}</strong>
      </p>
      <Candidates answer={answer} />
      <Field label={reissues.why} hint={reissues.whyHint}>
        {(ties) => (
          <Input.TextArea
            {...ties}
            rows={2}
            maxLength={500}
            value={why}
            onChange={(event) => setWhy(event.target.value)}
          />
        )}
      </Field>
      <div className="actions">
        <Button type="primary" disabled={why.trim() === ''} loading={busy} onClick={() => void submit()}>
          {reissues.submit}
        </Button>
      </div>
    </section>
  );
}

function Candidates({ answer }: { answer: ReissuePreviewAnswer }) {
  const { payouts, reissues } = useWords();
  return (
    <>
      {answer.payouts > answer.candidates.length && <p className="quiet">{reissues.firstHundred}</p>}
      <DataTable
        label={reissues.items}
        rows={answer.candidates}
        keyOf={(row) => `${row.accountId} ${row.orderNumber}`}
        columns={[
          { key: 'order', title: payouts.columns.order, show: (row) => <code>{row.orderNumber}</code> },
          {
            key: 'person',
            title: payouts.columns.person,
            show: (row) => <code title={row.openid}>{showOpenid(row.openid)}</code>,
          },
          { key: 'amount', title: payouts.columns.amount, number: true, show: (row) => showYuan(row.amountFen) },
          {
            key: 'proof',
            title: reissues.itemColumns.proof,
            show: (row) => (
              <>
                {reissues.proofState[row.state]}
                <p className="quiet">
                  {reissues.proof(row.proofAttempt)} · {showTime(row.provedAtMs)}
                </p>
              </>
            ),
          },
          { key: 'reason', title: payouts.columns.reason, show: (row) => <Reason reason={row.reason} /> },
        ]}
      />
    </>
  );
}

/** Begins with the merchant that has most to issue again, and the last seven days. */
function firstForm({ merchants }: Choices): Form {
  const dead = ({ queue }: MerchantView): number => queue.counts.find(({ state }) => state === 'dead')?.payouts ?? 0;
  const [first] = merchants.toSorted((one, two) => dead(two) - dead(one));
  const nextMinuteMs = Math.ceil(Date.now() / 60_000 + 1) * 60_000;
  return {
    merchantId: first?.id ?? '',
    fromMs: nextMinuteMs - 7 * DAY_MS,
    untilMs: nextMinuteMs,
    reason: '',
    activityId: '',
    rail: '',
  };
}

function selectionOf({ merchantId, fromMs, untilMs, reason, activityId, rail }: Form): ReissueSelection | null {
  if (merchantId === '' || fromMs === null || untilMs === null) return null;
  return {
    merchantId,
    fromMs,
    untilMs,
    reason: reason.trim() === '' ? null : reason.trim(),
    activityId: activityId === '' ? null : activityId,
    rail: rail === '' ? null : rail,
  };
}

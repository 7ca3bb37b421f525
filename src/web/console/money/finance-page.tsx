import { Alert, Button, Input, Select } from 'antd';
import { useCallback, useState } from 'react';
import type { FundFlowAnswer } from '../../../http/contract/console-finance.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Field } from '../parts/field.tsx';
import { showYuan } from '../parts/money.ts';
import { WhenLoaded } from '../parts/notices.tsx';
import { showCount } from '../parts/show.ts';
import { PaymentsFrame } from '../payments/payments-frame.tsx';
import { useSpeech, useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { chooseFile } from './choose-file.ts';
import './money.css';

const BEIJING_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
const DAYS = 31;

/** What the accounts' office takes away: people by month, merchants by day, and the bill held against the books. */
export function FinancePage() {
  const { finance: words } = useWords();
  return (
    <PaymentsFrame section="finance" lead={words.lead}>
      <PeopleCard />
      <DaysCard />
      <BillCard />
    </PaymentsFrame>
  );
}

/** So many days ago in Beijing, such as 2026-11-20. */
function dayAgo(days: number): string {
  return new Date(Date.now() + BEIJING_MS - days * DAY_MS).toISOString().slice(0, 10);
}

function PeopleCard() {
  const { language, words } = useSpeech();
  const { finance } = words;
  const { api } = useSession();
  // The tax is declared in the month after.
  const [month, setMonth] = useState(dayAgo(Number(dayAgo(0).slice(8))).slice(0, 7));
  return (
    <section className="card stack">
      <div>
        <h2>{finance.people}</h2>
        <p className="quiet">{finance.peopleLead}</p>
      </div>
      <div className="money-line">
        <Field label={finance.month}>
          {(ties) => (
            <Input {...ties} type="month" value={month} onChange={(event) => setMonth(event.target.value || month)} />
          )}
        </Field>
        {(['xlsx', 'csv'] as const).map((format) => (
          <Button key={format} href={api.money.peopleUrl({ month, format, language })} download>
            {finance.download[format]}
          </Button>
        ))}
      </div>
    </section>
  );
}

function DaysCard() {
  const { finance: words } = useWords();
  const { api } = useSession();
  const load = useCallback(() => api.money.merchantDays({ from: dayAgo(DAYS - 1), to: dayAgo(0) }), [api]);
  const { loaded, reload } = useLoaded(load);
  const { columns } = words;
  return (
    <section className="card stack">
      <div>
        <h2>{words.days}</h2>
        <p className="quiet">{words.period}</p>
      </div>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {({ days }) =>
          days.length === 0 ? (
            <p>{words.daysEmpty}</p>
          ) : (
            <DataTable
              label={words.days}
              rows={days}
              keyOf={({ day, merchantId }) => `${day} ${merchantId}`}
              columns={[
                { key: 'day', title: columns.day, show: ({ day }) => day },
                { key: 'merchant', title: columns.merchant, show: ({ merchantId }) => merchantId },
                { key: 'sent', title: columns.sent, number: true, show: ({ sent }) => showCount(sent) },
                { key: 'sentFen', title: columns.sentFen, number: true, show: ({ sentFen }) => showYuan(sentFen) },
                { key: 'back', title: columns.returned, number: true, show: ({ returned }) => showCount(returned) },
                {
                  key: 'backFen',
                  title: columns.returnedFen,
                  number: true,
                  show: ({ returnedFen }) => showYuan(returnedFen),
                },
              ]}
            />
          )
        }
      </WhenLoaded>
    </section>
  );
}

function BillCard() {
  const { finance: words } = useWords();
  const { api } = useSession();
  const { loaded, reload } = useLoaded(api.payments.show);
  const { busy, act } = useAct();
  const [merchant, setMerchant] = useState<string | null>(null);
  const [day, setDay] = useState(dayAgo(1));
  const [report, setReport] = useState<FundFlowAnswer | null>(null);
  const compare = (id: string, file: File): void => {
    setReport(null);
    void act(async () => setReport(await api.money.fundFlow(id, day, file)), words.compared);
  };
  return (
    <section className="card stack">
      <div>
        <h2>{words.bill}</h2>
        <p className="quiet">{words.billLead}</p>
      </div>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {({ merchants }) => {
          const chosen = merchant ?? merchants[0]?.id ?? '';
          return (
            <div className="money-line">
              <Field label={words.billMerchant}>
                {(ties) => (
                  <Select
                    {...ties}
                    value={chosen}
                    onChange={setMerchant}
                    options={merchants.map(({ id }) => ({ value: id, label: id }))}
                  />
                )}
              </Field>
              <Field label={words.billDay}>
                {(ties) => (
                  <Input {...ties} type="date" value={day} onChange={(event) => setDay(event.target.value || day)} />
                )}
              </Field>
              <Button loading={busy} onClick={() => chooseFile('.csv,.txt', (file) => compare(chosen, file))}>
                {words.choose}
              </Button>
            </div>
          );
        }}
      </WhenLoaded>
      {report !== null && <BillReport report={report} />}
    </section>
  );
}

function BillReport({ report }: { report: FundFlowAnswer }) {
  const { finance: words, none } = useWords();
  const { breaks, breakCount, lines, others, matched } = report;
  const { breakColumns: columns } = words;
  const money = (amountFen: number | null): string => (amountFen === null ? none : showYuan(amountFen));
  return (
    <div className="stack" aria-live="polite">
      <Alert
        type={breakCount === 0 ? 'success' : 'error'}
        showIcon
        title={breakCount === 0 ? words.agrees(matched) : words.differs(breakCount)}
        description={words.sums(lines, others, matched)}
      />
      {breaks.length > 0 && (
        <DataTable
          label={words.differs(breakCount)}
          rows={breaks}
          keyOf={({ kind, number, line }) => `${kind} ${number} ${line}`}
          columns={[
            {
              key: 'kind',
              title: columns.kind,
              show: ({ kind, nearMidnight }) => `${words.breaks[kind]}${nearMidnight ? words.nearMidnight : ''}`,
            },
            { key: 'number', title: columns.number, show: ({ number }) => <code>{number}</code> },
            { key: 'bill', title: columns.bill, number: true, show: ({ billFen }) => money(billFen) },
            { key: 'books', title: columns.books, number: true, show: ({ booksFen }) => money(booksFen) },
          ]}
        />
      )}
    </div>
  );
}

import { Alert, Button, Progress } from 'antd';
import { Fragment, useCallback } from 'react';
import type { IssueAnswer } from '../../../http/contract/console-issues.ts';
import { DataTable } from '../parts/data-table.tsx';
import { showYuan } from '../parts/money.ts';
import { WhenLoaded } from '../parts/notices.tsx';
import { showCount } from '../parts/show.ts';
import { PaymentsFrame } from '../payments/payments-frame.tsx';
import { useWords } from '../state/language.tsx';
import type { IssuePlace } from '../state/money-api.ts';
import { Link } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { useRefresh } from '../state/use-refresh.ts';
import { chooseFile } from './choose-file.ts';
import { IssueActions } from './issue-actions.tsx';
import './money.css';

const REFRESH_MS = 3000;

/** One batch: its file, what is wrong with it, what it comes to, and how far it is. */
export function IssuePage({ account, id }: IssuePlace) {
  const { issues: words } = useWords();
  const { api } = useSession();
  const load = useCallback(() => api.money.issue({ account, id }), [api, account, id]);
  const { loaded, reload, set } = useLoaded(load);
  useRefresh(reload, REFRESH_MS);
  return (
    <PaymentsFrame section="issues">
      <p>
        <Link to="/payments/issues">{words.all}</Link>
      </p>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {(issue) => (
          <>
            <section className="card stack">
              <h2>
                {issue.name} <span className="quiet">· {words.states[issue.state]}</span>
              </h2>
              <Figures issue={issue} />
              <HowFar issue={issue} />
              <IssueActions place={{ account, id }} issue={issue} onChanged={set} />
            </section>
            <FileCard place={{ account, id }} issue={issue} onRead={set} onFailed={reload} />
            {issue.faulty > 0 && <FaultsCard place={{ account, id }} faulty={issue.faulty} />}
          </>
        )}
      </WhenLoaded>
    </PaymentsFrame>
  );
}

function Figures({ issue }: { issue: IssueAnswer }) {
  const { figures } = useWords().issues;
  const { lines, faulty, people, amountFen, amountMinFen, amountMaxFen, issued, issuedFen } = issue;
  const range =
    amountMinFen === null || amountMaxFen === null
      ? null
      : amountMinFen === amountMaxFen
        ? showYuan(amountMinFen)
        : `${showYuan(amountMinFen)} – ${showYuan(amountMaxFen)}`;
  const all: readonly (readonly [string, string | null])[] = [
    [figures.file, issue.fileName],
    [figures.lines, lines === null ? null : showCount(lines)],
    [figures.faulty, lines === null ? null : showCount(faulty)],
    [figures.people, lines === null ? null : showCount(people)],
    [figures.amount, lines === null ? null : showYuan(amountFen)],
    [figures.range, range],
    [figures.pace, showCount(issue.linesPerMinute)],
    [figures.issued, issued === 0 ? null : `${showCount(issued)} · ${showYuan(issuedFen)}`],
  ];
  return (
    <dl className="facts-list">
      {all.map(([name, value]) =>
        value === null ? null : (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ),
      )}
    </dl>
  );
}

function HowFar({ issue }: { issue: IssueAnswer }) {
  const { issues: words } = useWords();
  const { state, issued, people, reason, sameFileAs } = issue;
  const percent = people === 0 ? 0 : Math.floor((issued / people) * 100);
  return (
    <>
      {['running', 'paused', 'finished', 'cancelled'].includes(state) && (
        <Progress percent={percent} aria-label={words.progress(percent)} status="normal" />
      )}
      {state === 'asked' && <Alert type="info" showIcon title={words.asked} />}
      {sameFileAs !== null && <Alert type="warning" showIcon title={words.file.same} />}
      {reason !== null && <Alert type="warning" showIcon title={reason} />}
    </>
  );
}

function FileCard(props: {
  place: IssuePlace;
  issue: IssueAnswer;
  onRead: (issue: IssueAnswer) => void;
  onFailed: () => void;
}) {
  const { file: words } = useWords().issues;
  const { api, may } = useSession();
  const { busy, act } = useAct();
  const { state } = props.issue;
  if (!may('activities.batch') || !['empty', 'prepared', 'reading'].includes(state)) return null;
  const read = (file: File): void => {
    void act(async () => props.onRead(await api.money.readIssueFile(props.place, file)), words.read).then((worked) => {
      if (!worked) props.onFailed();
    });
  };
  return (
    <section className="card stack">
      <h2>{words.title}</h2>
      <p className="quiet">{busy || state === 'reading' ? words.reading : words.hint}</p>
      <div>
        <Button loading={busy} disabled={state === 'reading'} onClick={() => chooseFile('.txt,.csv,.xlsx', read)}>
          {state === 'prepared' ? words.again : words.choose}
        </Button>
      </div>
    </section>
  );
}

function FaultsCard({ place: { account, id }, faulty }: { place: IssuePlace; faulty: number }) {
  const { faults: words } = useWords().issues;
  const { api, may } = useSession();
  // Another file has other faults.
  const load = useCallback(
    () => (faulty > 0 ? api.money.faultyLines({ account, id }) : Promise.resolve({ rows: [], next: null })),
    [api, account, id, faulty],
  );
  const { loaded, reload } = useLoaded(load);
  if (!may('people.view')) return null;
  return (
    <section className="card stack">
      <div>
        <h2>{words.title}</h2>
        <p className="quiet">{words.lead}</p>
      </div>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {({ rows }) => (
          <DataTable
            label={words.title}
            rows={rows}
            keyOf={({ line }) => line}
            columns={[
              { key: 'line', title: words.columns.line, number: true, show: ({ line }) => showCount(line) },
              {
                key: 'fault',
                title: words.columns.fault,
                show: ({ fault }) => (fault === null ? '' : (words.kinds[fault] ?? fault)),
              },
              { key: 'text', title: words.columns.text, show: ({ text, openid }) => <code>{text ?? openid}</code> },
            ]}
          />
        )}
      </WhenLoaded>
      <div>
        <Button href={api.money.issueFileUrl({ account, id }, 'faults')} download>
          {words.download}
        </Button>
      </div>
    </section>
  );
}

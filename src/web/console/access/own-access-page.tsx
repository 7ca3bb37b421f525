import { Button, Input, Tag } from 'antd';
import { useState } from 'react';
import { DataTable } from '../parts/data-table.tsx';
import { Field } from '../parts/field.tsx';
import { WhenLoaded } from '../parts/notices.tsx';
import { showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';

/** One's own sessions and password. */
export function OwnAccessPage() {
  const { own } = useWords();
  const { api } = useSession();
  const { loaded, reload } = useLoaded(api.access.sessions);
  return (
    <>
      <div className="page-head">
        <h1>{own.title}</h1>
      </div>
      <div className="stack">
        <section className="card stack">
          <div>
            <h2>{own.sessions}</h2>
            <p className="quiet">{own.lead}</p>
          </div>
          <WhenLoaded loaded={loaded} onRetry={reload}>
            {({ sessions }) => <SessionsTable sessions={sessions} onEnded={reload} />}
          </WhenLoaded>
        </section>
        <PasswordCard onChanged={reload} />
      </div>
    </>
  );
}

interface SessionLine {
  readonly id: string;
  readonly openedAtMs: number;
  readonly lastSeenAtMs: number;
  readonly address: string;
  readonly browser: string;
  readonly own: boolean;
}

function SessionsTable({ sessions, onEnded }: { sessions: readonly SessionLine[]; onEnded: () => void }) {
  const { own } = useWords();
  const { api } = useSession();
  const { busy, act } = useAct();
  return (
    <DataTable
      label={own.sessions}
      rows={sessions}
      keyOf={({ id }) => id}
      columns={[
        {
          key: 'browser',
          title: own.columns.browser,
          show: ({ browser }) => browserName(browser) || own.unknown,
        },
        { key: 'address', title: own.columns.address, show: ({ address }) => address.replace('::ffff:', '') },
        { key: 'opened', title: own.columns.opened, show: ({ openedAtMs }) => showMinute(openedAtMs) },
        { key: 'seen', title: own.columns.seen, show: ({ lastSeenAtMs }) => showMinute(lastSeenAtMs) },
        {
          key: 'action',
          title: own.columns.action,
          show: (session) =>
            session.own ? (
              <Tag className="state state-published">{own.thisOne}</Tag>
            ) : (
              <Button
                size="small"
                disabled={busy}
                aria-label={own.endLabel(browserName(session.browser) || own.unknown)}
                onClick={() => void act(() => api.access.endSession(session.id), own.ended).then(onEnded)}
              >
                {own.end}
              </Button>
            ),
        },
      ]}
    />
  );
}

/** What people call a browser, from what it calls itself. */
function browserName(userAgent: string): string {
  const found =
    /(MicroMessenger|Edg|OPR|Firefox|HeadlessChrome|Chrome)\/(\d+)/.exec(userAgent) ??
    /Version\/(\d+).*(Safari)/.exec(userAgent);
  if (found === null) return userAgent.slice(0, 40);
  const system = /(Windows|Macintosh|Android|iPhone|iPad|Linux)/.exec(userAgent)?.[1];
  const [name, version] = /^\d/.test(found[1] ?? '') ? [found[2], found[1]] : [found[1], found[2]];
  return [`${name} ${version}`, system].filter((part) => part !== undefined).join(' · ');
}

const EMPTY = { password: '', newPassword: '', code: '' };

function PasswordCard({ onChanged }: { onChanged: () => void }) {
  const { own, setUp, signIn } = useWords();
  const { api } = useSession();
  const { busy, act } = useAct();
  const [given, setGiven] = useState(EMPTY);
  const complete = Object.values(given).every((text) => text !== '');
  const submit = async (): Promise<void> => {
    if (!(await act(() => api.access.changePassword(given), own.changed))) return;
    setGiven(EMPTY);
    onChanged();
  };
  const input = (key: keyof typeof EMPTY, autoComplete: string) => ({
    type: key === 'code' ? 'text' : 'password',
    autoComplete,
    value: given[key],
    onChange: (event: { target: { value: string } }) => setGiven({ ...given, [key]: event.target.value }),
  });
  return (
    <section className="card">
      <form
        className="stack narrow-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (complete) void submit();
        }}
      >
        <div>
          <h2>{own.passwordTitle}</h2>
          <p className="quiet">{own.passwordLead}</p>
        </div>
        <Field label={own.old}>{(ties) => <Input {...ties} {...input('password', 'current-password')} />}</Field>
        <Field label={own.fresh} hint={setUp.passwordHint}>
          {(ties) => <Input {...ties} {...input('newPassword', 'new-password')} />}
        </Field>
        <Field label={signIn.code} hint={signIn.codeHint}>
          {(ties) => <Input {...ties} {...input('code', 'one-time-code')} />}
        </Field>
        <div className="actions">
          <Button type="primary" htmlType="submit" loading={busy} disabled={!complete}>
            {own.change}
          </Button>
        </div>
      </form>
    </section>
  );
}

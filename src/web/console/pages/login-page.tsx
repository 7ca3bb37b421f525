import { Alert, Button, Input } from 'antd';
import { useEffect, useRef, useState } from 'react';
import type { SessionAnswer } from '../../../http/contract/console-session.ts';
import { LoginCard } from '../access/login-card.tsx';
import { Field } from '../parts/field.tsx';
import { sayProblem } from '../parts/notices.tsx';
import type { Api, ApiProblem } from '../state/api.ts';
import { useWords } from '../state/language.tsx';
import { tokenInText } from '../state/login-token.ts';

interface LoginPageProps {
  readonly api: Api;
  /** From the link that opened the page: spent at once. */
  readonly loginToken: string | null;
  /** A session was open until just now. */
  readonly over: boolean;
  readonly onSignedIn: (session: SessionAnswer) => void;
  /** A set-up link was pasted. */
  readonly onSetUp: (token: string) => void;
}

/** Signs in by name, password and code, or by a one-time link, opened or pasted. */
export function LoginPage({ api, loginToken, over, onSignedIn, onSetUp }: LoginPageProps) {
  const words = useWords();
  const [busy, setBusy] = useState(loginToken !== null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const spent = useRef(false);
  const enter = (work: Promise<SessionAnswer>): void => {
    setBusy(true);
    setProblem(null);
    work.then(onSignedIn, (failed: ApiProblem) => {
      setProblem(failed);
      setBusy(false);
    });
  };
  useEffect(() => {
    if (loginToken === null || spent.current) return;
    spent.current = true;
    enter(api.logIn(loginToken));
  });
  return (
    <LoginCard title={words.login.title}>
      {over && problem === null && <Alert type="warning" showIcon title={words.login.over} />}
      {problem !== null && <Alert type="error" showIcon title={sayProblem(problem, words)} />}
      <PasswordForm busy={busy} onSubmit={(given) => enter(api.access.signIn(given))} />
      <LinkForm busy={busy} onLogIn={(token) => enter(api.logIn(token))} onSetUp={onSetUp} />
    </LoginCard>
  );
}

const EMPTY = { name: '', password: '', code: '' };

function PasswordForm({ busy, onSubmit }: { busy: boolean; onSubmit: (words: typeof EMPTY) => void }) {
  const { signIn, login } = useWords();
  const [given, setGiven] = useState(EMPTY);
  const [asked, setAsked] = useState(false);
  const faultOf = (key: keyof typeof EMPTY) => (asked && given[key].trim() === '' ? signIn.needed : undefined);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (Object.values(given).some((text) => text.trim() === '')) return;
        onSubmit(given);
        setGiven({ ...given, code: '' });
        setAsked(false);
      }}
    >
      <Field label={signIn.name} fault={faultOf('name')}>
        {(ties) => (
          <Input
            {...ties}
            autoComplete="username"
            value={given.name}
            onChange={(event) => setGiven({ ...given, name: event.target.value })}
          />
        )}
      </Field>
      <Field label={signIn.password} fault={faultOf('password')}>
        {(ties) => (
          <Input
            {...ties}
            type="password"
            autoComplete="current-password"
            value={given.password}
            onChange={(event) => setGiven({ ...given, password: event.target.value })}
          />
        )}
      </Field>
      <Field label={signIn.code} hint={signIn.codeHint} fault={faultOf('code')}>
        {(ties) => (
          <Input
            {...ties}
            autoComplete="one-time-code"
            value={given.code}
            onChange={(event) => setGiven({ ...given, code: event.target.value })}
          />
        )}
      </Field>
      <Button type="primary" htmlType="submit" block loading={busy}>
        {busy ? login.signingIn : login.submit}
      </Button>
    </form>
  );
}

function LinkForm(props: { busy: boolean; onLogIn: (token: string) => void; onSetUp: (token: string) => void }) {
  const { signIn, login } = useWords();
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string | undefined>();
  const submit = (): void => {
    const token = tokenInText(text);
    setFault(token === null ? login.notALink : undefined);
    if (token === null) return;
    if (text.includes('/set-up')) props.onSetUp(token);
    else props.onLogIn(token);
  };
  return (
    <section className="login-other">
      <h2>{signIn.byLink}</h2>
      <p className="quiet">{login.how}</p>
      <code className="command">npm run cli -- operator:create anna</code>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field label={login.paste} hint={login.pasteHint} fault={fault}>
          {(ties) => (
            <Input {...ties} autoComplete="off" value={text} onChange={(event) => setText(event.target.value)} />
          )}
        </Field>
        <Button htmlType="submit" block disabled={props.busy}>
          {signIn.continueByLink}
        </Button>
      </form>
    </section>
  );
}

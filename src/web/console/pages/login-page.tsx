import { Alert, Button, Input } from 'antd';
import { useEffect, useRef, useState } from 'react';
import type { SessionAnswer } from '../../../http/contract/console-session.ts';
import { Field } from '../parts/field.tsx';
import { LanguageButton } from '../parts/frame.tsx';
import { BrandMark } from '../parts/marks.tsx';
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
}

/** Signs in by a one-time link, opened or pasted. */
export function LoginPage({ api, loginToken, over, onSignedIn }: LoginPageProps) {
  const words = useWords();
  const [busy, setBusy] = useState(loginToken !== null);
  const [fault, setFault] = useState<string | undefined>();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [text, setText] = useState('');
  const spent = useRef(false);

  const logIn = (token: string): void => {
    setBusy(true);
    setProblem(null);
    api.logIn(token).then(onSignedIn, (failed: ApiProblem) => {
      setProblem(failed);
      setBusy(false);
    });
  };
  useEffect(() => {
    if (loginToken === null || spent.current) return;
    spent.current = true;
    logIn(loginToken);
  });
  const submit = (): void => {
    const token = tokenInText(text);
    setFault(token === null ? words.login.notALink : undefined);
    if (token !== null) logIn(token);
  };
  return (
    <main className="login">
      <div className="card login-card">
        <div className="login-head">
          <BrandMark />
          <LanguageButton />
        </div>
        <h1>{words.login.title}</h1>
        {over && problem === null && <Alert type="warning" showIcon title={words.login.over} />}
        {problem !== null && <Alert type="error" showIcon title={sayProblem(problem, words)} />}
        <p className="quiet">{words.login.how}</p>
        <code className="command">npm run cli -- operator:create anna</code>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <Field label={words.login.paste} hint={words.login.pasteHint} fault={fault}>
            {(ties) => (
              <Input {...ties} autoComplete="off" value={text} onChange={(event) => setText(event.target.value)} />
            )}
          </Field>
          <Button type="primary" htmlType="submit" block loading={busy}>
            {busy ? words.login.signingIn : words.login.submit}
          </Button>
        </form>
      </div>
    </main>
  );
}

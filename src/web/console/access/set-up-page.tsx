import { Alert, Button, Input } from 'antd';
import { useCallback, useState } from 'react';
import type { FinishSetUpAnswer, SetUpAnswer } from '../../../http/contract/console-access.ts';
import type { SessionAnswer } from '../../../http/contract/console-session.ts';
import { Field } from '../parts/field.tsx';
import { sayProblem } from '../parts/notices.tsx';
import type { Api, ApiProblem } from '../state/api.ts';
import { useWords } from '../state/language.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { LoginCard } from './login-card.tsx';

interface SetUpPageProps {
  readonly api: Api;
  readonly token: string | null;
  readonly onSignedIn: (session: SessionAnswer) => void;
  readonly onLeave: () => void;
}

/** Sets password and authenticator by a set-up link, and shows the recovery codes once. */
export function SetUpPage({ api, token, onSignedIn, onLeave }: SetUpPageProps) {
  const words = useWords();
  const load = useCallback(() => api.access.beginSetUp(token ?? ''), [api, token]);
  const { loaded } = useLoaded(load);
  const [done, setDone] = useState<FinishSetUpAnswer | null>(null);
  if (done !== null) return <RecoveryCodes codes={done.recoveryCodes} onKept={() => onSignedIn(done)} />;
  if (loaded.state === 'loading') return <LoginCard title={words.setUp.reading}>{null}</LoginCard>;
  if (loaded.state === 'failed') {
    return (
      <LoginCard title={words.login.title}>
        <Alert type="error" showIcon title={token === null ? words.setUp.noLink : sayProblem(loaded.problem, words)} />
        <Button onClick={onLeave}>{words.setUp.backToSignIn}</Button>
      </LoginCard>
    );
  }
  return (
    <LoginCard title={words.setUp.title(loaded.data.name)}>
      <Authenticator setUp={loaded.data} />
      <SetUpForm
        name={loaded.data.name}
        onSubmit={(given) => api.access.finishSetUp({ token: token ?? '', ...given }).then(setDone)}
      />
    </LoginCard>
  );
}

function Authenticator({ setUp }: { setUp: SetUpAnswer }) {
  const { setUp: words } = useWords();
  return (
    <section className="stack">
      <div>
        <h2>{words.scan}</h2>
        <p className="quiet">{words.scanText}</p>
      </div>
      <img
        className="qr"
        alt={words.scan}
        src={`data:image/svg+xml,${encodeURIComponent(withNamespace(setUp.qrSvg))}`}
      />
      <div>
        <p className="quiet">{words.secret}</p>
        <code className="command">{(setUp.totpSecret.match(/.{1,4}/g) ?? []).join(' ')}</code>
      </div>
    </section>
  );
}

/** As a picture of its own an SVG must name its namespace. */
function withNamespace(svg: string): string {
  return svg.includes('xmlns=') ? svg : svg.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ');
}

function SetUpForm(props: { name: string; onSubmit: (given: { password: string; code: string }) => Promise<void> }) {
  const words = useWords();
  const { setUp, signIn } = words;
  const [given, setGiven] = useState({ password: '', repeated: '', code: '' });
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const differs = given.repeated !== '' && given.repeated !== given.password;
  const submit = (): void => {
    if (given.password === '' || given.repeated !== given.password || given.code === '') return;
    setBusy(true);
    setProblem(null);
    props
      .onSubmit({ password: given.password, code: given.code })
      .catch((failed: ApiProblem) => setProblem(failed))
      .finally(() => setBusy(false));
  };
  const input = (key: keyof typeof given, type: string, autoComplete: string) => ({
    type,
    autoComplete,
    value: given[key],
    onChange: (event: { target: { value: string } }) => setGiven({ ...given, [key]: event.target.value }),
  });
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <h2>{setUp.choose}</h2>
      {problem !== null && <Alert type="error" showIcon title={sayProblem(problem, words)} />}
      <input type="hidden" autoComplete="username" value={props.name} readOnly />
      <Field label={signIn.password} hint={setUp.passwordHint}>
        {(ties) => <Input {...ties} {...input('password', 'password', 'new-password')} />}
      </Field>
      <Field label={setUp.repeat} fault={differs ? setUp.different : undefined}>
        {(ties) => <Input {...ties} {...input('repeated', 'password', 'new-password')} />}
      </Field>
      <Field label={signIn.code}>{(ties) => <Input {...ties} {...input('code', 'text', 'one-time-code')} />}</Field>
      <Button type="primary" htmlType="submit" block loading={busy}>
        {setUp.submit}
      </Button>
    </form>
  );
}

function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const { setUp } = useWords();
  return (
    <LoginCard title={setUp.codesTitle}>
      <p>{setUp.codesText}</p>
      <ul className="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <Button type="primary" block onClick={onKept}>
        {setUp.kept}
      </Button>
    </LoginCard>
  );
}

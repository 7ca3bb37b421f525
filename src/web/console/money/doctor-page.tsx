import { Alert, Button } from 'antd';
import type { DoctorAnswer } from '../../../http/contract/console-doctor.ts';
import { WhenLoaded } from '../parts/notices.tsx';
import { showMinute } from '../parts/show.ts';
import { PaymentsFrame } from '../payments/payments-frame.tsx';
import { useSpeech, useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import './money.css';

type Finding = DoctorAnswer['findings'][number];
type Said = Finding['causes'];

const ORDER = ['failed', 'warning', 'skipped', 'ok'] as const;

/** Whether everything is set up to pay, what is wrong first. */
export function DoctorPage() {
  const { doctor: words } = useWords();
  const { api } = useSession();
  const { loaded, reload } = useLoaded(api.money.doctor);
  return (
    <PaymentsFrame section="doctor" lead={words.lead} action={<Button onClick={reload}>{words.again}</Button>}>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {({ atMs, findings }) => (
          <section className="card stack">
            <Verdict findings={findings} />
            <p className="quiet">{words.at(showMinute(atMs))}</p>
            <ul className="findings">
              {findings
                .toSorted((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state))
                .map((finding) => (
                  <FindingLine key={`${finding.check} ${finding.about}`} finding={finding} />
                ))}
            </ul>
          </section>
        )}
      </WhenLoaded>
    </PaymentsFrame>
  );
}

function Verdict({ findings }: { findings: readonly Finding[] }) {
  const { doctor: words } = useWords();
  const wrong = findings.filter(({ state }) => state === 'failed').length;
  return wrong === 0 ? (
    <Alert type="success" showIcon title={words.fine(findings.length)} />
  ) : (
    <Alert type="error" showIcon title={words.wrong(wrong)} />
  );
}

function FindingLine({ finding }: { finding: Finding }) {
  const { language, words } = useSpeech();
  const { doctor } = words;
  const { check, about, state, found, causes, todo } = finding;
  return (
    <li className="finding">
      <h2>
        <span className={`finding-state finding-${state}`}>{doctor.states[state]}</span> {doctor.checks[check] ?? check}{' '}
        <span className="quiet">{about}</span>
      </h2>
      <p>{found[language]}</p>
      <Advice title={doctor.causes} lines={causes} />
      <Advice title={doctor.todo} lines={todo} />
    </li>
  );
}

function Advice({ title, lines }: { title: string; lines: Said }) {
  const { language } = useSpeech();
  if (lines.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {lines.map((line) => (
          <li key={line.en}>{line[language]}</li>
        ))}
      </ul>
    </>
  );
}

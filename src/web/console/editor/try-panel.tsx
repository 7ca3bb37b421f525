import { Button, InputNumber, Select } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import type { TriedDraw, TryDraftAnswer } from '../../../http/contract/console-try.ts';
import { WhySteps } from '../pages/draw-why.tsx';
import { Field } from '../parts/field.tsx';
import { ProblemNotice } from '../parts/notices.tsx';
import { ApiProblem } from '../state/api.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { list, object, text } from './draft.ts';
import { useEditorTools } from './editor-context.tsx';

type Way = TryDraftAnswer['ways'][number];

const DAYS_MAX = 31;

/** Sample followers and how their draws would end by the draft: nothing is written, and nobody is paid. */
export function TryPanel() {
  const words = useWords();
  const { tryIt } = words;
  const { api } = useSession();
  const { editor } = useEditorTools();
  const { accountId, name, draft } = editor.form;
  const [way, setWay] = useState<Way | null>(null);
  const [days, setDays] = useState(7);
  const [tried, setTried] = useState<TryDraftAnswer | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const play = useCallback(() => {
    setProblem(null);
    api.drafts.play({ accountId, name, draft, way, days }).then(setTried, (failed: unknown) => {
      if (!(failed instanceof ApiProblem)) throw failed;
      setProblem(failed);
    });
  }, [api, accountId, name, draft, way, days]);
  useEffect(play, [play]);
  if (problem !== null) return <ProblemNotice problem={problem} onRetry={play} />;
  if (tried === null || tried.ways.length === 0) return <p className="quiet">{tryIt.later}</p>;
  return (
    <section className="stack try-panel" aria-label={tryIt.title}>
      <p className="quiet">{tryIt.lead}</p>
      <div className="try-settings">
        <Field label={tryIt.way}>
          {(ties) => (
            <Select
              {...ties}
              value={way ?? tried.ways[0] ?? null}
              options={tried.ways.map((value) => ({ value, label: tryIt.ways[value] }))}
              onChange={setWay}
            />
          )}
        </Field>
        <Field label={tryIt.days}>
          {(ties) => (
            <InputNumber
              {...ties}
              min={1}
              max={DAYS_MAX}
              precision={0}
              value={days}
              onChange={(value) => setDays(value ?? 1)}
            />
          )}
        </Field>
        <Button onClick={play}>{tryIt.again}</Button>
      </div>
      <ul className="try-list">
        {tried.samples.map(({ sample, draws }) => (
          <li key={sample}>
            <h4>{tryIt.samples[sample]}</h4>
            {draws.map((draw) => (
              <Tried key={draw.dayNumber} draw={draw} withDay={draws.length > 1} />
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How one draw ended, what the follower is told, and on demand every step of the decision. */
function Tried({ draw, withDay }: { draw: TriedDraw; withDay: boolean }) {
  const words = useWords();
  const { tryIt } = words;
  const { editor } = useEditorTools();
  const nameOf = (id: string): string => {
    const found = list(editor.at(['prizes'])).find((one) => object(one)['id'] === id);
    return text(object(found)['name']) || id;
  };
  return (
    <details className="tried">
      <summary>
        <span className={`outcome outcome-${draw.outcome}`}>{words.draws.outcomes[draw.outcome]}</span>
        {withDay && <span className="quiet">{tryIt.day(draw.dayNumber)}</span>}
        <span>{draw.text}</span>
      </summary>
      <WhySteps steps={draw.steps} nameOf={nameOf} />
    </details>
  );
}

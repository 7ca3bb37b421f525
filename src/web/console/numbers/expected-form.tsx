import { Button, InputNumber, Select, Spin } from 'antd';
import { useState } from 'react';
import type { Expected } from '../../../http/contract/console-forecasts.ts';
import { Field } from '../parts/field.tsx';
import { useWords } from '../state/language.tsx';

/** Who is expected, or whose visitors come again. */
export type Wanted = { readonly expected: Expected } | { readonly replayOf: string };

const USUAL: Expected = { followers: 10_000, visitsPerThousand: 1500, days: 7, keptPercent: 60, drawsPerVisit: 1 };

interface ExpectedFormProps {
  readonly first?: Expected | undefined;
  readonly busy: boolean;
  /** Activities whose visitors can come again; none to leave the choice out. */
  readonly past: readonly { readonly id: string; readonly name: string }[];
  readonly label: string;
  readonly onMake: (wanted: Wanted) => void;
}

/** Asks who is expected, and has a forecast made. */
export function ExpectedForm({ first = USUAL, busy, past, label, onMake }: ExpectedFormProps) {
  const { forecast: words } = useWords();
  const [expected, setExpected] = useState(first);
  const [replayOf, setReplayOf] = useState('');
  const number = (name: keyof Expected, title: string, bounds: { min: number; max: number; per?: number }) => {
    const { min, max, per = 1 } = bounds;
    return (
      <Field label={title}>
        {({ id }) => (
          <InputNumber
            id={id}
            min={min}
            max={max}
            precision={per === 1 ? 0 : 1}
            value={expected[name] / per}
            disabled={busy || replayOf !== ''}
            onChange={(value) => setExpected({ ...expected, [name]: Math.round((value ?? min) * per) })}
          />
        )}
      </Field>
    );
  };
  return (
    <section className="stack" aria-label={words.expected}>
      <p className="quiet">{words.lead}</p>
      <div className="try-settings">
        {number('followers', words.followers, { min: 1, max: 1_000_000 })}
        {number('visitsPerThousand', words.visits, { min: 1, max: 20, per: 1000 })}
        {number('days', words.days, { min: 1, max: 92 })}
        {number('keptPercent', words.kept, { min: 1, max: 200 })}
        {number('drawsPerVisit', words.drawsPerVisit, { min: 1, max: 10 })}
      </div>
      {past.length > 0 && (
        <Field label={words.replay}>
          {({ id }) => (
            <Select
              id={id}
              value={replayOf}
              disabled={busy}
              onChange={setReplayOf}
              options={[
                { value: '', label: words.noReplay },
                ...past.map((one) => ({ value: one.id, label: one.name })),
              ]}
            />
          )}
        </Field>
      )}
      <div>
        <Button type="primary" disabled={busy} onClick={() => onMake(replayOf === '' ? { expected } : { replayOf })}>
          {label}
        </Button>
        {busy && (
          <span role="status">
            {' '}
            <Spin size="small" /> {words.making}
          </span>
        )}
      </div>
    </section>
  );
}

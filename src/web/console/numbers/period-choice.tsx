import { Input, Segmented } from 'antd';
import { showTime } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import type { Period } from '../state/numbers-api.ts';

const DAY_MS = 86_400_000;
const PRESETS = { today: 1, week: 7, month: 30 } as const;
type Preset = keyof typeof PRESETS;

/** The Beijing days up to today, so many of them. */
export function lastDays(days: number, nowMs = Date.now()): Period {
  const dayAt = (atMs: number): string => showTime(atMs).slice(0, 10);
  return { from: dayAt(nowMs - (days - 1) * DAY_MS), to: dayAt(nowMs) };
}

/** Fills in the days of a period on which nothing was counted. */
export function everyDay<Counted extends { readonly day: string }>(
  { from, to }: Period,
  counted: readonly Counted[],
): readonly { readonly day: string; readonly counted: Counted | undefined }[] {
  const days: { readonly day: string; readonly counted: Counted | undefined }[] = [];
  for (let atMs = Date.parse(from); atMs <= Date.parse(to); atMs += DAY_MS) {
    const day = new Date(atMs).toISOString().slice(0, 10);
    days.push({ day, counted: counted.find((one) => one.day === day) });
  }
  return days;
}

/** Which days are looked at: a usual stretch up to today, or any. */
export function PeriodChoice({ period, onChange }: { period: Period; onChange: (period: Period) => void }) {
  const { numbers: words } = useWords();
  const names = Object.keys(PRESETS) as Preset[];
  const chosen = names.find((name) => {
    const { from, to } = lastDays(PRESETS[name]);
    return from === period.from && to === period.to;
  });
  const day = (name: 'from' | 'to') => (
    <Input
      type="date"
      aria-label={words[name]}
      value={period[name]}
      onChange={({ target: { value } }) => {
        if (value === '') return;
        const next = { ...period, [name]: value };
        // The other end comes along rather than being wrong.
        onChange(next.from <= next.to ? next : { from: value, to: value });
      }}
    />
  );
  return (
    <div className="period-choice" role="group" aria-label={words.period}>
      <Segmented
        value={chosen ?? ''}
        onChange={(name) => onChange(lastDays(PRESETS[name as Preset]))}
        options={names.map((value) => ({ value, label: words.presets[value] }))}
      />
      <span className="period-days">
        {day('from')}
        <span aria-hidden="true">–</span>
        {day('to')}
      </span>
    </div>
  );
}

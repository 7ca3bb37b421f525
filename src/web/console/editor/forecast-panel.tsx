import { useCallback, useState } from 'react';
import type { ForecastAnswer } from '../../../http/contract/console-forecasts.ts';
import { ExpectedForm } from '../numbers/expected-form.tsx';
import type { Wanted } from '../numbers/expected-form.tsx';
import { ForecastView } from '../numbers/forecast-view.tsx';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { useEditorTools } from './editor-context.tsx';
import { list, object, text } from './draft.ts';

/** What the draft is likely to cost, before anybody sees it. */
export function ForecastPanel() {
  const { forecast: words } = useWords();
  const { api } = useSession();
  const { editor } = useEditorTools();
  const { busy, act } = useAct();
  const [forecast, setForecast] = useState<ForecastAnswer | null>(null);
  const { loaded } = useLoaded(useCallback(() => api.everyActivity(), [api]));
  const past = loaded.state === 'ready' ? loaded.data.filter(({ draws }) => draws > 0) : [];
  const { draft } = editor.form;
  const make = (wanted: Wanted): void =>
    void act(async () => setForecast(await api.forecast.draft({ draft, ...wanted })), words.made);
  const prizes = list(editor.at(['prizes'])).map(object);
  const nameOf = (id: string): string => text(prizes.find((one) => one['id'] === id)?.['name']) || id;
  return (
    <>
      <ExpectedForm busy={busy} past={past} label={forecast === null ? words.make : words.again} onMake={make} />
      {forecast !== null && <ForecastView forecast={forecast} live={NOBODY_YET} nameOf={nameOf} />}
    </>
  );
}

const NOBODY_YET: readonly [] = [];

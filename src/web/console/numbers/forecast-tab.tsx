import { Button } from 'antd';
import { useCallback } from 'react';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { ExpectedForm } from './expected-form.tsx';
import type { Wanted } from './expected-form.tsx';
import { ForecastView, StrayNotice } from './forecast-view.tsx';

/** What an activity was expected to come to, with what really came drawn over it. */
export function ForecastTab({ id, nameOf }: { id: string; nameOf: (prizeId: string) => string }) {
  const { forecast: words } = useWords();
  const { api, may } = useSession();
  const { busy, act } = useAct();
  const load = useCallback(() => api.forecast.show(id), [api, id]);
  const { loaded, reload, set } = useLoaded(load);
  const make = (wanted: Wanted): void => {
    if ('expected' in wanted) void act(async () => set(await api.forecast.make(id, wanted.expected)), words.made);
  };
  return (
    <WhenLoaded loaded={loaded} onRetry={reload}>
      {(watched) => (
        <div className="stack">
          <StrayNotice watched={watched} />
          {watched.kept === null ? (
            <div className="card">
              <EmptyNotice title={words.none} text={words.noneText} />
            </div>
          ) : (
            <>
              <p className="quiet">{words.madeAt(showMinute(watched.kept.madeAtMs))}</p>
              <ForecastView forecast={watched.kept.forecast} live={watched.live} nameOf={nameOf} />
            </>
          )}
          {may('activities.edit') && (
            <section className="card stack">
              <h2>{words.expected}</h2>
              <ExpectedForm
                first={watched.kept?.expected}
                busy={busy}
                past={[]}
                label={watched.kept === null ? words.make : words.again}
                onMake={make}
              />
            </section>
          )}
          {may('activities.export') && (
            <div>
              <Button href={api.forecast.archiveUrl(id)} download>
                {words.archive}
              </Button>
            </div>
          )}
        </div>
      )}
    </WhenLoaded>
  );
}

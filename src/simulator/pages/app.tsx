/** @jsxImportSource preact */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { advanceClock, addFollower, ApiTrouble, openPacket, queueFault, sendText } from './api.ts';
import { BooksPanel } from './books-panel.tsx';
import { Chat } from './chat.tsx';
import { Header } from './header.tsx';
import { StoryList } from './story-list.tsx';
import { Trouble } from './trouble.tsx';
import { usePlayground } from './use-playground.ts';
import type { Playground } from './use-playground.ts';
import { firstLanguage, rememberLanguage, SpeechContext, speechOf, useSpeech } from './words.ts';

const HOUR_MS = 3_600_000;

type View = 'chat' | 'happened';

export function App() {
  const [speech, setSpeech] = useState(() => speechOf(firstLanguage()));
  const playground = usePlayground();
  useEffect(() => rememberLanguage(speech), [speech]);
  return (
    <SpeechContext.Provider value={speech}>
      <Page playground={playground} onLanguage={(language) => setSpeech(speechOf(language))} />
    </SpeechContext.Provider>
  );
}

function Page({
  playground,
  onLanguage,
}: {
  readonly playground: Playground;
  readonly onLanguage: (language: 'zh' | 'en') => void;
}) {
  const { words } = useSpeech();
  const [view, setView] = useState<View>('chat');
  const { trouble, dismiss, act } = useActions(playground.look);
  const { state, person } = playground;
  const order = (work: () => Promise<unknown>): void => void act(work);
  return (
    <div class="page" data-view={view}>
      <Header
        followers={state?.followers ?? []}
        chosen={playground.openid}
        links={state?.links}
        onChoose={playground.choose}
        onAdd={() => order(async () => playground.choose((await addFollower()).openid))}
        onLanguage={onLanguage}
      />
      <Banners
        offline={playground.offline}
        callbackReady={state?.callbackReady ?? true}
        trouble={trouble}
        onDismiss={dismiss}
      />
      <nav class="tabs" aria-label={words.views}>
        <ViewButton name="chat" view={view} onView={setView} text={words.tabChat} />
        <ViewButton name="happened" view={view} onView={setView} text={words.tabHappened} />
      </nav>
      <main class="columns">
        <Chat
          key={person?.openid}
          person={person}
          followers={state?.followers ?? []}
          nowMs={state?.clock.nowMs ?? Date.now()}
          onSend={(text) => act(() => sendText(person?.openid ?? '', text))}
          onOpen={(number) => act(() => openPacket(number))}
        />
        <section class="happened" aria-labelledby="happened-title">
          <div class="happened-head">
            <h2 id="happened-title">{words.happened}</h2>
            <Trouble
              state={state}
              onFault={(kind) => order(() => queueFault(kind))}
              onAdvance={(hours) => order(() => advanceClock(hours * HOUR_MS))}
            />
          </div>
          <BooksPanel state={state} person={person} />
          <StoryList key={person?.openid} person={person} state={state} />
        </section>
      </main>
    </div>
  );
}

/** Runs orders to the simulator: looks at once while and after one runs, and keeps the last one's trouble. */
function useActions(look: () => void) {
  const [trouble, setTrouble] = useState<string | null>(null);
  const dismiss = useCallback(() => setTrouble(null), []);
  const act = useCallback(
    async (order: () => Promise<unknown>): Promise<boolean> => {
      setTrouble(null);
      try {
        const done = order();
        look();
        await done;
        return true;
      } catch (error) {
        setTrouble(error instanceof ApiTrouble ? error.message : String(error));
        return false;
      } finally {
        look();
      }
    },
    [look],
  );
  return { trouble, dismiss, act };
}

function ViewButton(properties: {
  readonly name: View;
  readonly view: View;
  readonly text: string;
  readonly onView: (view: View) => void;
}) {
  const { name, view, text, onView } = properties;
  return (
    <button type="button" class="tab" aria-pressed={name === view} onClick={() => onView(name)}>
      {text}
    </button>
  );
}

function Banners(properties: {
  readonly offline: boolean;
  readonly callbackReady: boolean;
  readonly trouble: string | null;
  readonly onDismiss: () => void;
}) {
  const { words } = useSpeech();
  const { offline, callbackReady, trouble, onDismiss } = properties;
  return (
    <div class="banners" role="status">
      {offline && <p class="banner">{words.offline}</p>}
      {!offline && !callbackReady && <p class="banner">{words.noCallback}</p>}
      {trouble !== null && !offline && (
        <p class="banner">
          {words.failedAction}
          {trouble}
          <button type="button" class="plain-button" onClick={onDismiss}>
            {words.dismiss}
          </button>
        </p>
      )}
    </div>
  );
}

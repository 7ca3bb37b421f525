import { App as AntApp, ConfigProvider } from 'antd';
import enUS from 'antd/es/locale/en_US';
import zhCN from 'antd/es/locale/zh_CN';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { SessionAnswer } from '../../http/contract/console-session.ts';
import { SetUpPage } from './access/set-up-page.tsx';
import { LoginPage } from './pages/login-page.tsx';
import { BusyIcon } from './parts/busy-icon.tsx';
import { Frame } from './parts/frame.tsx';
import { sayProblem } from './parts/notices.tsx';
import { stillTheme, theme } from './parts/theme.ts';
import { Routes } from './routes.tsx';
import { createApi } from './state/api.ts';
import type { ApiProblem } from './state/api.ts';
import { rememberLanguage, rememberedLanguage, SpeechProvider, useWords } from './state/language.tsx';
import type { Language, Speech } from './state/language.tsx';
import { NavigationProvider, usePath } from './state/navigation.tsx';
import type { Navigation } from './state/navigation.tsx';
import { SessionProvider } from './state/session.tsx';
import { useReducedMotion } from './state/use-reduced-motion.ts';
import { en } from './words/words-en.ts';
import { zh } from './words/words-zh.ts';

/** Who is signed in: not known yet, nobody, nobody any more, or somebody. */
type Who = 'asking' | 'nobody' | 'over' | SessionAnswer;

// "确定" as it is written, and an icon that goes when the work is done.
const BUTTONS = { autoInsertSpace: false, loadingIcon: <BusyIcon /> };

/** The whole console. `loginToken` comes from a login link and is spent once. */
export function App({ navigation, loginToken }: { navigation: Navigation; loginToken: string | null }) {
  const speech = useChosenLanguage();
  const chosen = useReducedMotion() ? stillTheme : theme;
  return (
    <ConfigProvider theme={chosen} locale={speech.language === 'zh' ? zhCN : enUS} button={BUTTONS}>
      <AntApp>
        <SpeechProvider value={speech}>
          <NavigationProvider value={navigation}>
            <SignedIn navigation={navigation} loginToken={loginToken} />
          </NavigationProvider>
        </SpeechProvider>
      </AntApp>
    </ConfigProvider>
  );
}

function useChosenLanguage(): Speech {
  const [language, setLanguage] = useState<Language>(rememberedLanguage);
  const words = language === 'zh' ? zh : en;
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    document.title = words.brand;
  }, [language, words]);
  return useMemo(() => {
    const speak = (next: Language): void => {
      rememberLanguage(next);
      setLanguage(next);
    };
    return { language, words, speak };
  }, [language, words]);
}

/** Who is signed in after the service said that it knows no session: of many loads that it says so of, all agree. */
function whoIsLeft(before: Who, leaving: boolean): Who {
  if (typeof before === 'object') return leaving ? 'nobody' : 'over';
  return before === 'asking' ? 'nobody' : before;
}

function SignedIn({ navigation, loginToken }: { navigation: Navigation; loginToken: string | null }) {
  const words = useWords();
  const { message } = AntApp.useApp();
  const [who, setWho] = useState<Who>('asking');
  const setUp = usePath() === '/set-up';
  const [toLogIn, setToLogIn] = useState(setUp ? null : loginToken);
  const [toSetUp, setToSetUp] = useState(setUp ? loginToken : null);
  // What is still being loaded while somebody signs out is refused, too: that is no session that ended by itself.
  const leaving = useRef(false);
  const api = useMemo(() => createApi(() => setWho((before) => whoIsLeft(before, leaving.current))), []);
  useEffect(() => {
    // With a link in hand the log-in page spends it; without, a session may still be open.
    if (loginToken !== null || navigation.path() === '/set-up') setWho('nobody');
    else api.me().then(setWho, () => setWho((before) => (before === 'asking' ? 'nobody' : before)));
  }, [api, loginToken, navigation]);
  const session = useMemo(() => {
    if (typeof who !== 'object') return null;
    const may = (permission: string): boolean => who.permissions.includes(permission);
    const signOut = (): void => {
      leaving.current = true;
      void api
        .logOut()
        .then(
          () => setWho('nobody'),
          (problem: ApiProblem) => {
            if (problem.code !== 'not-signed-in') void message.error(sayProblem(problem, words));
          },
        )
        .finally(() => (leaving.current = false));
    };
    return { api, who, may, signOut };
  }, [who, api, message, words]);
  if (who === 'asking') return null;
  if (session === null) {
    const onSignedIn = (answer: SessionAnswer): void => {
      setWho(answer);
      // It is spent, and must not be tried again after signing out.
      setToLogIn(null);
      if (navigation.path() === '/login' || navigation.path() === '/set-up') void navigation.go('/', { replace: true });
    };
    if (setUp) {
      const onLeave = (): void => void navigation.go('/login', { replace: true });
      return <SetUpPage api={api} token={toSetUp} onSignedIn={onSignedIn} onLeave={onLeave} />;
    }
    const onSetUp = (pasted: string): void => {
      setToSetUp(pasted);
      void navigation.go('/set-up', { replace: true });
    };
    const over = who === 'over';
    return <LoginPage api={api} loginToken={toLogIn} over={over} onSignedIn={onSignedIn} onSetUp={onSetUp} />;
  }
  return (
    <SessionProvider value={session}>
      <Frame>
        <Routes />
      </Frame>
    </SessionProvider>
  );
}

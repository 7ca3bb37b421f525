import { createContext, useContext, useEffect, useSyncExternalStore } from 'react';
import type { MouseEvent, ReactNode } from 'react';

/** Asks whether the page may be left; resolves to true when it may. */
export type LeaveGuard = () => Promise<boolean>;

/** Where the console is, and the way elsewhere. Addresses are below /console, beginning with `/`. */
export interface Navigation {
  readonly path: () => string;
  readonly subscribe: (listener: () => void) => () => void;
  /** Goes there unless a guard holds back. */
  readonly go: (path: string, options?: { readonly replace?: boolean }) => Promise<void>;
  /** Lets `guard` be asked before the page is left, by link, back button or closing; returns how to take it away. */
  readonly guardWith: (guard: LeaveGuard) => () => void;
}

const BASE = '/console';

/** Builds the navigation over the browser's history. */
export function createNavigation(): Navigation {
  const listeners = new Set<() => void>();
  let guard: LeaveGuard | null = null;
  let shown = here();
  const arrive = (): void => {
    shown = here();
    window.scrollTo(0, 0);
    for (const listener of listeners) listener();
  };
  const mayLeave = async (): Promise<boolean> => guard === null || (await guard());
  window.addEventListener('popstate', () => {
    const wanted = here();
    if (guard === null || wanted === shown) return arrive();
    // The browser has moved already: go back to where we are until the answer is in.
    history.pushState(null, '', BASE + shown);
    void mayLeave().then((may) => {
      if (!may) return;
      guard = null;
      history.replaceState(null, '', BASE + wanted);
      arrive();
    });
  });
  return {
    path: () => shown,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    go: async (path, options = {}) => {
      if (!(await mayLeave())) return;
      guard = null;
      history[options.replace === true ? 'replaceState' : 'pushState'](null, '', BASE + path);
      arrive();
    },
    guardWith: (next) => {
      guard = next;
      return () => {
        if (guard === next) guard = null;
      };
    },
  };
}

function here(): string {
  const path = location.pathname.startsWith(BASE) ? location.pathname.slice(BASE.length) : location.pathname;
  return path === '' ? '/' : path;
}

const NavigationContext = createContext<Navigation | null>(null);
export const NavigationProvider = NavigationContext.Provider;

export function useNavigation(): Navigation {
  const navigation = useContext(NavigationContext);
  if (navigation === null) throw new Error('a page stands inside a NavigationProvider');
  return navigation;
}

/** The address now shown, below /console. */
export function usePath(): string {
  const navigation = useNavigation();
  return useSyncExternalStore(navigation.subscribe, navigation.path);
}

interface LinkProps {
  readonly to: string;
  readonly children: ReactNode;
  readonly className?: string;
  /** Whether it leads to where one is. */
  readonly current?: boolean;
  /** What it is called where its text alone does not say enough. */
  readonly label?: string;
}

/** A link inside the console; with a key held down it opens as any other link does. */
export function Link(props: LinkProps) {
  const { to, children, className } = props;
  const navigation = useNavigation();
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    void navigation.go(to);
  };
  return (
    <a
      href={BASE + to}
      onClick={follow}
      className={className}
      aria-label={props.label}
      aria-current={props.current === true ? 'page' : undefined}
    >
      {children}
    </a>
  );
}

/** Holds the page back while `unsaved`, by asking `guard`, and by the browser's own question when the tab is closed. */
export function useLeaveGuard(unsaved: boolean, guard: LeaveGuard): void {
  const navigation = useNavigation();
  useEffect(() => {
    if (!unsaved) return undefined;
    const onClose = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', onClose);
    const release = navigation.guardWith(guard);
    return () => {
      window.removeEventListener('beforeunload', onClose);
      release();
    };
  }, [unsaved, guard, navigation]);
}

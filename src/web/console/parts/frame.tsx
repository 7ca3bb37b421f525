import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useSpeech } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { BrandMark } from './marks.tsx';

/** The bar at the top of every page, and the page below it. */
export function Frame({ children }: { children: ReactNode }) {
  const { words } = useSpeech();
  const { who, signOut } = useSession();
  return (
    <>
      <a href="#content" className="skip-link">
        {words.skipToContent}
      </a>
      <header className="top">
        <div className="top-inner">
          <Link to="/" className="brand">
            <BrandMark />
            <span>{words.brand}</span>
          </Link>
          <div className="top-right">
            <span className="who">
              {who.operator.name}
              <span className="quiet"> · {words.roles[who.operator.role] ?? who.operator.role}</span>
            </span>
            <LanguageButton />
            <Button type="text" onClick={signOut}>
              {words.signOut}
            </Button>
          </div>
        </div>
      </header>
      <main id="content" className="page" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

/** Switches between Chinese and English; named in the language it leads to. */
export function LanguageButton() {
  const { words, language, speak } = useSpeech();
  const other = language === 'zh' ? 'en' : 'zh';
  return (
    <Button type="text" lang={other === 'zh' ? 'zh-CN' : 'en'} onClick={() => speak(other)}>
      {words.otherLanguage}
    </Button>
  );
}

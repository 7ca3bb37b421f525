import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useSpeech, useWords } from '../state/language.tsx';
import { AlarmsProvider } from '../state/alarms.tsx';
import { Link, usePath } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { ApprovalsLink } from '../access/approvals-link.tsx';
import { AlarmBanner } from './alarm-banner.tsx';
import { BrandMark } from './marks.tsx';

/** The bar at the top of every page, what a person must act on, and the page below. */
export function Frame({ children }: { children: ReactNode }) {
  const { words } = useSpeech();
  const { who, signOut } = useSession();
  return (
    <AlarmsProvider>
      <a href="#content" className="skip-link">
        {words.skipToContent}
      </a>
      <header className="top">
        <div className="top-inner">
          <Link to="/" className="brand">
            <BrandMark />
            <span>{words.brand}</span>
          </Link>
          <Sections />
          <div className="top-right">
            <span className="who">
              <Link to="/me">{who.operator.name}</Link>
              <span className="quiet"> · {words.roles[who.operator.role] ?? who.operator.role}</span>
            </span>
            <LanguageButton />
            <Button type="text" onClick={signOut}>
              {words.signOut}
            </Button>
          </div>
        </div>
      </header>
      <AlarmBanner />
      <main id="content" className="page" tabIndex={-1}>
        {children}
      </main>
    </AlarmsProvider>
  );
}

/** The parts of the console, with the one that is open marked. */
function Sections() {
  const { nav, account, lists, numbers, people, team } = useWords();
  const { may } = useSession();
  const path = usePath();
  const inPayments = path.startsWith('/payments');
  const inLists = path.startsWith('/lists');
  const inNumbers = path.startsWith('/numbers');
  const inPeople = path.startsWith('/people');
  const inAccounts = path.startsWith('/accounts');
  const inTeam = path === '/team' || path === '/audit' || path.startsWith('/programs');
  const elsewhere =
    ['/approvals', '/me'].includes(path) || inTeam || inPayments || inLists || inNumbers || inPeople || inAccounts;
  return (
    <nav className="sections" aria-label={nav.label}>
      <Link to="/" current={!elsewhere}>
        {nav.activities}
      </Link>
      <Link to="/numbers" current={inNumbers}>
        {numbers.nav}
      </Link>
      {may('payments.view') && (
        <Link to="/payments" current={inPayments}>
          {nav.payments}
        </Link>
      )}
      {may('people.view') && (
        <Link to="/people" current={inPeople}>
          {people.nav}
        </Link>
      )}
      {may('people.view') && (
        <Link to="/lists" current={inLists}>
          {lists.nav}
        </Link>
      )}
      {may('account.view') && (
        <Link to="/accounts" current={inAccounts}>
          {account.nav}
        </Link>
      )}
      <ApprovalsLink />
      {(may('operators.manage') || may('audit.view')) && (
        <Link to={may('operators.manage') ? '/team' : '/audit'} current={inTeam}>
          {team.nav}
        </Link>
      )}
    </nav>
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

import type { ReactNode } from 'react';
import { useWords } from '../state/language.tsx';
import { Link, usePath } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';

/** The head of the pages about who works here and what they did. */
export function TeamFrame({ action, children }: { action?: ReactNode; children: ReactNode }) {
  const { programs, team } = useWords();
  const { may } = useSession();
  const path = usePath();
  return (
    <>
      <div className="page-head">
        <h1>{path === '/audit' ? team.audit : team.nav}</h1>
        {action}
      </div>
      <nav className="sections team-sections" aria-label={team.nav}>
        {may('operators.manage') && (
          <Link to="/team" current={path === '/team'}>
            {team.operators}
          </Link>
        )}
        {may('audit.view') && (
          <Link to="/audit" current={path === '/audit'}>
            {team.audit}
          </Link>
        )}
        {may('api.manage') && <Link to="/programs">{programs.nav}</Link>}
      </nav>
      {children}
    </>
  );
}

import type { ReactNode } from 'react';
import { useWords } from '../state/language.tsx';
import { Link, usePath } from '../state/navigation.tsx';
import './programs.css';

/** The head of the pages about other programs. */
export function ProgramsFrame({ action, children }: { action?: ReactNode; children: ReactNode }) {
  const { programs, team } = useWords();
  const path = usePath();
  return (
    <>
      <nav className="crumbs">
        <Link to="/team">{team.nav}</Link>
      </nav>
      <div className="page-head">
        <h1>{programs.nav}</h1>
        {action}
      </div>
      <nav className="sections team-sections" aria-label={programs.nav}>
        <Link to="/programs" current={path === '/programs'}>
          {programs.tokens}
        </Link>
        <Link to="/programs/webhooks" current={path === '/programs/webhooks'}>
          {programs.webhooks}
        </Link>
      </nav>
      {children}
    </>
  );
}

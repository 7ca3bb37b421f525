import { useEffect, useState } from 'react';
import { useWords } from '../state/language.tsx';
import { Link, usePath } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';

/** The way to the approvals, with how many wait for whoever is signed in; looked at anew on every page. */
export function ApprovalsLink() {
  const { approvals: words } = useWords();
  const { api, may } = useSession();
  const path = usePath();
  const [count, setCount] = useState(0);
  const decides = may('approvals.decide');
  useEffect(() => {
    if (!decides) return;
    api.access.approvals().then(
      ({ publications, reissues, issues, lists }) =>
        setCount([...publications, ...reissues, ...issues, ...lists].filter(({ own }) => !own).length),
      // Pages say for themselves when the service is away.
      () => undefined,
    );
  }, [api, decides, path]);
  return (
    <Link to="/approvals" current={path === '/approvals'}>
      {words.nav}
      {count > 0 && (
        <>
          <span className="nav-badge" aria-hidden="true">
            {count}
          </span>
          <span className="sr-only"> ({words.badge(count)})</span>
        </>
      )}
    </Link>
  );
}

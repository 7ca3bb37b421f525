import { EmptyNotice } from '../parts/notices.tsx';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';

export function NotFoundPage() {
  const { notFound } = useWords();
  return (
    <div className="card">
      <EmptyNotice title={notFound.title} text={notFound.text} action={<Link to="/">{notFound.action}</Link>} />
    </div>
  );
}

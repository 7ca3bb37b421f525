import { EmptyNotice } from '../parts/notices.tsx';
import { useWords } from '../state/language.tsx';

/** Says that the role does not include a page; the service refuses it as well. */
export function ForbiddenPage() {
  const { forbidden } = useWords();
  return (
    <section className="card">
      <EmptyNotice title={forbidden.title} text={forbidden.text} />
    </section>
  );
}

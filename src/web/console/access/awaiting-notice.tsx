import { Alert } from 'antd';
import type { ActivityAnswer } from '../../../http/contract/console-activities.ts';
import { showYuan } from '../parts/money.ts';
import { showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';

type Awaiting = ActivityAnswer['activity']['awaiting'];

/** Whether a publication waits for a second person, who has 72 hours. */
export function isWaiting(awaiting: Awaiting): awaiting is NonNullable<Awaiting> {
  return awaiting !== null && awaiting.expiresAtMs > Date.now();
}

/** Says on an activity's page that its publication waits for a second person; nothing where none does. */
export function AwaitingNotice({ awaiting }: { awaiting: Awaiting }) {
  const { approvals: words } = useWords();
  if (!isWaiting(awaiting)) return null;
  return (
    <Alert
      className="draft-notice"
      type="warning"
      showIcon
      title={words.waits}
      description={words.waitsText(showYuan(awaiting.amountFen), showMinute(awaiting.expiresAtMs))}
      action={<Link to="/approvals">{words.toApprovals}</Link>}
    />
  );
}

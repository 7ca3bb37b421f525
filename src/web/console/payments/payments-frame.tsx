import { Alert } from 'antd';
import type { ReactNode } from 'react';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';

const SECTIONS = [
  ['merchants', '/payments'],
  ['payouts', '/payments/payouts/parked'],
  ['shop', '/payments/shop'],
  ['reissues', '/payments/reissues'],
  ['issues', '/payments/issues'],
  ['reconciliation', '/payments/reconciliation'],
  ['finance', '/payments/finance'],
  ['doctor', '/payments/doctor'],
  ['trial', '/payments/trial'],
] as const;

/** Who may act there is told by what they show. */
const OWN_RIGHTS: ReadonlySet<string> = new Set(['trial', 'issues', 'finance', 'doctor']);

/** What the pages of payments have in common: title, the way between them, and who may act. */
export function PaymentsFrame(props: {
  section: (typeof SECTIONS)[number][0];
  lead?: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  const { payments, shop } = useWords();
  const { may } = useSession();
  return (
    <>
      <div className="page-head">
        <h1>{payments.title}</h1>
        {props.action}
      </div>
      <nav className="subnav" aria-label={payments.title}>
        {SECTIONS.filter(([section]) => section !== 'finance' || may('money.view')).map(([section, to]) => (
          <Link key={section} to={to} current={section === props.section}>
            {section === 'shop' ? shop.section : payments.sections[section]}
          </Link>
        ))}
      </nav>
      <div className="stack">
        {props.lead !== undefined && <p className="quiet lead">{props.lead}</p>}
        {!OWN_RIGHTS.has(props.section) && !may('payments.operate') && (
          <Alert type="info" showIcon title={payments.readOnly} />
        )}
        {props.children}
      </div>
    </>
  );
}

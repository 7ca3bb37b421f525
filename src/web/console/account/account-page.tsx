import { useCallback } from 'react';
import type { AccountAnswer } from '../../../http/contract/console-accounts.ts';
import { WhenLoaded } from '../parts/notices.tsx';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { CodesTab } from './codes-tab.tsx';
import { KeysTab } from './keys-tab.tsx';
import { MenuTab } from './menu-tab.tsx';
import { RepliesTab } from './replies-tab.tsx';
import { ScenesTab } from './scenes-tab.tsx';
import { TextsTab } from './texts-tab.tsx';

/** The parts of an account's settings, each at an address of its own. */
export const ACCOUNT_PARTS = ['texts', 'replies', 'menu', 'scenes', 'codes', 'keys'] as const;
export type AccountPart = (typeof ACCOUNT_PARTS)[number];

/** One Official Account: what it says, its menu and codes, and how we speak to WeChat for it. */
export function AccountPage({ id, part }: { id: string; part: AccountPart }) {
  const { account: words } = useWords();
  const { api } = useSession();
  const load = useCallback(() => api.settings.account(id), [api, id]);
  const { loaded, reload, set } = useLoaded(load);
  return (
    <>
      <nav className="crumbs">
        <Link to="/accounts">{words.title}</Link>
      </nav>
      <div className="page-head">
        <h1>{id}</h1>
      </div>
      <nav className="subnav" aria-label={id}>
        {ACCOUNT_PARTS.map((one) => (
          <Link key={one} to={`/accounts/${id}/${one}`} current={one === part}>
            {words.tabs[one]}
          </Link>
        ))}
      </nav>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {({ account }) => <Part part={part} account={account} onChange={set} />}
      </WhenLoaded>
    </>
  );
}

interface PartProps {
  readonly part: AccountPart;
  readonly account: AccountAnswer['account'];
  readonly onChange: (answer: AccountAnswer) => void;
}

function Part({ part, account, onChange }: PartProps) {
  switch (part) {
    case 'texts':
      return <TextsTab account={account} onChange={onChange} />;
    case 'replies':
      return <RepliesTab account={account.id} />;
    case 'menu':
      return <MenuTab account={account.id} />;
    case 'scenes':
      return <ScenesTab account={account.id} />;
    case 'codes':
      return <CodesTab account={account.id} />;
    case 'keys':
      return <KeysTab account={account} onChange={onChange} />;
  }
}

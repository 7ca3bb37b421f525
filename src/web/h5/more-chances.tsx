/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import type { ActivityPageState } from '../../http/contract/activity-page.ts';
import type { InvitationAnswer } from '../../http/contract/invitation.ts';
import { formatYuan } from '../shared/format-yuan.ts';
import { readInvitation } from './draw-client.ts';
import { loadScript } from './load-script.ts';
import { closedBy } from './page-state.ts';
import type { Words } from './words.ts';

// What is read here and WeChat's own script wait until the page is there and can be played.
const QUIET_MS = 1500;
const READS_MAX = 60;

/** How more chances come: by inviting others and by paying; and the card that the page is passed on with. */
export function MoreChances({ state, words }: { readonly state: ActivityPageState; readonly words: Words }) {
  const { earning, slug } = state;
  const invitation = useInvitation(slug, earning.invite);
  useShareCard(state, invitation);
  if (state.phase !== 'open' || closedBy(state) !== null) return null;
  if (invitation === null && earning.paymentFromFen === null) return null;
  return (
    <section class="sheet more" aria-labelledby="more-title">
      <h2 id="more-title">{words.moreChances}</h2>
      {invitation !== null && <Invite invitation={invitation} words={words} />}
      {earning.paymentFromFen !== null && (
        <p class="more-pay">
          {earning.paymentFromFen > 1 ? words.payHow(formatYuan(earning.paymentFromFen)) : words.payAny}
        </p>
      )}
    </section>
  );
}

function Invite({ invitation, words }: { readonly invitation: InvitationAnswer; readonly words: Words }) {
  const [copied, setCopied] = useState<'no' | 'yes' | 'failed'>('no');
  const { accepted, waiting, most, counts, path } = invitation;
  const link = new URL(path, location.origin).href;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      setCopied('yes');
    } catch {
      setCopied('failed');
    }
  };
  return (
    <div class="invite">
      <p>{words.inviteHow[counts]}</p>
      <p class="invite-count">
        <b>{words.inviteCount(accepted, most)}</b>
        {waiting > 0 && <span>{words.inviteWaiting(waiting)}</span>}
      </p>
      <p class="invite-how">{words.inviteShare}</p>
      <button class="button button-small" type="button" onClick={() => void copy()}>
        {words.inviteCopy}
      </button>
      <p class="invite-link" role="status">
        {copied === 'yes' ? words.inviteCopied : copied === 'failed' ? link : ''}
      </p>
    </div>
  );
}

/** The person's own invitation, read again whenever they come back from telling somebody. */
function useInvitation(slug: string, wanted: boolean): InvitationAnswer | null {
  const [invitation, setInvitation] = useState<InvitationAnswer | null>(null);
  useEffect(() => {
    if (!wanted) return;
    let reads = 0;
    const read = async () => {
      if (document.visibilityState !== 'visible' || reads >= READS_MAX) return;
      reads += 1;
      const found = await readInvitation(slug);
      if (found !== undefined) setInvitation(found);
    };
    const timer = setTimeout(() => void read(), QUIET_MS);
    const onChange = () => void read();
    document.addEventListener('visibilitychange', onChange);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onChange);
    };
  }, [slug, wanted]);
  return invitation;
}

/** Offers the card once, inside WeChat only: elsewhere its script does nothing. */
function useShareCard(state: ActivityPageState, invitation: InvitationAnswer | null): void {
  const script = document.getElementById('app')?.dataset['shareScript'];
  const path = state.earning.invite ? invitation?.path : `/a/${state.slug}`;
  useEffect(() => {
    if (script === undefined || path === undefined || !/MicroMessenger/i.test(navigator.userAgent)) return;
    const { account, look } = state;
    const timer = setTimeout(() => {
      void loadScript(() => import('./share-card.ts')).then((card) =>
        card?.offerShareCard({ script, account, look, path }),
      );
    }, QUIET_MS);
    return () => clearTimeout(timer);
  }, [script, path]);
}

import { useCallback } from 'react';
import type { StoryRow } from '../../../http/contract/console-stories.ts';
import { ListMore } from '../parts/list-more.tsx';
import { showYuan } from '../parts/money.ts';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showTime } from '../parts/show.ts';
import { payoutAddress } from '../payments/payout-address.ts';
import { useSpeech, useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import type { PersonPlace } from '../state/numbers-api.ts';
import { useSession } from '../state/session.tsx';
import { usePages } from '../state/use-pages.ts';

/** What happened with a person, newest first. */
export function StoryList({ accountId, openid }: PersonPlace) {
  const { people: words } = useWords();
  const { api } = useSession();
  const load = useCallback(
    (after: string | null) => api.numbers.story({ accountId, openid }, after),
    [api, accountId, openid],
  );
  const pages = usePages(load);
  return (
    <WhenLoaded loaded={pages.loaded} onRetry={pages.reload}>
      {() => (
        <section className="card">
          <h2>{words.story}</h2>
          {pages.rows.length === 0 ? (
            <EmptyNotice title={words.storyEmpty} text={words.storyEmptyText} />
          ) : (
            <>
              <ol className="story">
                {pages.rows.map((row, index) => (
                  <li key={index}>
                    <time>{showTime(row.atMs)}</time>
                    <strong>{words.kinds[row.kind]}</strong>
                    <StoryText row={row} accountId={accountId} />
                  </li>
                ))}
              </ol>
              <ListMore {...pages} count={pages.rows.length} />
            </>
          )}
        </section>
      )}
    </WhenLoaded>
  );
}

function StoryText({ row, accountId }: { row: StoryRow; accountId: string }) {
  const { activityId, activityName, facts } = row;
  const more = useMore(row);
  const { may } = useSession();
  const { people: words } = useWords();
  const order = facts['orderNumber'];
  return (
    <div>
      <p>
        {activityId !== null && <Link to={`/activities/${activityId}`}>{activityName ?? activityId}</Link>}{' '}
        {row.kind === 'draw' && <DrawEnd facts={facts} inShort={row.inShort} />}
      </p>
      {more.length > 0 && <p className="quiet openid-line">{more.join(' · ')}</p>}
      {typeof order === 'string' && (
        <p className="openid-line">
          {may('payments.view') ? (
            <Link to={payoutAddress({ accountId, orderNumber: order })}>{words.order(order)}</Link>
          ) : (
            words.order(order)
          )}
        </p>
      )}
    </div>
  );
}

function DrawEnd({ facts, inShort }: Pick<StoryRow, 'facts' | 'inShort'>) {
  const { language, words } = useSpeech();
  const { outcome, amountFen } = facts;
  return (
    <>
      <strong>{words.people.outcomes[String(outcome)] ?? String(outcome)}</strong>
      {typeof amountFen === 'number' && amountFen > 0 && ` ${showYuan(amountFen)}`}
      {inShort !== null && ` ${inShort[language]}`}
    </>
  );
}

/** What else is stored of it, in the operator's words. */
function useMore({ kind, facts }: StoryRow): readonly string[] {
  const { people: words } = useWords();
  const text = (name: string): string | null => {
    const fact = facts[name];
    return fact === null || fact === undefined || typeof fact === 'boolean' ? null : String(fact);
  };
  const state = text('payoutState');
  const version = facts['ruleVersion'];
  const amount = facts['amountFen'];
  const by = text('by');
  const parts = [
    state === null ? null : words.payout(words.payoutStates[state] ?? state),
    text('payoutReason'),
    typeof version === 'number' ? words.version(version) : null,
    text('day'),
    facts['madeUp'] === true ? words.madeUp : null,
    text('openid'),
    text('list'),
    by === null ? null : words.by(by),
    text('name') ?? text('scene'),
    text('pool'),
    text('transactionId'),
    kind === 'payment' && typeof amount === 'number' ? showYuan(amount) : null,
  ];
  return parts.filter((part) => part !== null);
}

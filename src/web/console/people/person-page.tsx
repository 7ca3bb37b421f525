import { Alert, Button } from 'antd';
import { useCallback, useState } from 'react';
import type { PersonAnswer } from '../../../http/contract/console-people.ts';
import { AskDialog } from '../parts/ask-dialog.tsx';
import type { Question } from '../parts/ask-dialog.tsx';
import { WhenLoaded } from '../parts/notices.tsx';
import { showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import type { PersonPlace } from '../state/numbers-api.ts';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { StoryList } from './story-list.tsx';
import '../numbers/numbers.css';

const BLACKLIST = 'blacklist';

/** One person: what is known, what happened, and what may be done for or against them. */
export function PersonPage({ accountId, openid }: PersonPlace) {
  const { people: words } = useWords();
  const { api } = useSession();
  const load = useCallback(() => api.numbers.person({ accountId, openid }), [api, accountId, openid]);
  const { loaded, reload, set } = useLoaded(load);
  return (
    <>
      <p className="crumbs">
        <Link to="/people">{words.back}</Link>
      </p>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {(person) => (
          <>
            <div className="page-head">
              <div>
                <h1>{person.nickname ?? words.noName}</h1>
                <p className="quiet openid-line">
                  <code>{openid}</code> · {accountId}
                </p>
              </div>
              <PersonButtons person={person} onChange={set} onListed={reload} />
            </div>
            <div className="stack">
              <Known person={person} />
              <StoryList accountId={accountId} openid={openid} />
            </div>
          </>
        )}
      </WhenLoaded>
    </>
  );
}

function Known({ person: { follower, lists, erasure } }: { person: PersonAnswer }) {
  const { people: words, none } = useWords();
  const at = (atMs: number | null | undefined): string => (typeof atMs === 'number' ? showMinute(atMs) : none);
  const following = follower === null ? 'unknown' : follower.following ? 'yes' : 'no';
  return (
    <section className="card">
      <h2>{words.known}</h2>
      {erasure !== null && <Alert type="info" showIcon title={words.erased(words.erasure[erasure.state])} />}
      <dl className="person-facts">
        <div>
          <dt>{words.columns.following}</dt>
          <dd>{words.following[following]}</dd>
        </div>
        <div>
          <dt>{words.firstFollowed}</dt>
          <dd>{at(follower?.firstFollowedAtMs)}</dd>
        </div>
        <div>
          <dt>{words.leftAt}</dt>
          <dd>{at(follower?.leftAtMs)}</dd>
        </div>
        <div>
          <dt>{words.lists}</dt>
          <dd>{lists.length === 0 ? words.noLists : lists.map(({ list }) => list).join(', ')}</dd>
        </div>
      </dl>
    </section>
  );
}

function PersonButtons(props: {
  person: PersonAnswer;
  onChange: (person: PersonAnswer) => void;
  onListed: () => void;
}) {
  const { people: words } = useWords();
  const { api, may } = useSession();
  const { act } = useAct();
  const [question, setQuestion] = useState<Question | null>(null);
  const { accountId, openid, lists } = props.person;
  const listed = lists.some(({ list }) => list === BLACKLIST);
  const blacklist: Question = {
    title: words.blacklistTitle,
    text: words.blacklistText,
    confirm: words.blacklist,
    danger: true,
    onConfirm: () =>
      act(async () => {
        await api.lists.add({ account: accountId, list: BLACKLIST }, [openid]);
        props.onListed();
      }, words.blacklistDone),
  };
  const erase: Question = {
    title: words.eraseTitle,
    text: words.eraseText,
    confirm: words.erase,
    danger: true,
    onConfirm: () => act(async () => props.onChange(await api.numbers.erase({ accountId, openid })), words.eraseDone),
  };
  return (
    <div className="actions">
      {may('people.list') && !listed && <Button onClick={() => setQuestion(blacklist)}>{words.blacklist}</Button>}
      {may('people.erase') && (
        <>
          <Button href={api.numbers.personalDataUrl({ accountId, openid })} download>
            {words.download}
          </Button>
          <Button danger onClick={() => setQuestion(erase)}>
            {words.erase}
          </Button>
        </>
      )}
      <AskDialog question={question} onClose={() => setQuestion(null)} />
    </div>
  );
}

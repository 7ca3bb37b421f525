import { Button } from 'antd';
import { useCallback, useState } from 'react';
import type { KeywordReplyView } from '../../../http/contract/console-replies.ts';
import { AskDialog } from '../parts/ask-dialog.tsx';
import type { Question } from '../parts/ask-dialog.tsx';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { ReplyDialog } from './reply-dialog.tsx';
import { useActivityOptions } from './use-activity-options.ts';
import type { ActivityOptions } from './use-activity-options.ts';
import { useSaving } from './use-saving.ts';

/** The words an account answers without a draw, in the order they are looked through. */
export function RepliesTab({ account }: { account: string }) {
  const { replies: words } = useWords();
  const { api, may } = useSession();
  const load = useCallback(() => api.settings.replies(account), [api, account]);
  const { loaded, reload } = useLoaded(load);
  const activities = useActivityOptions(account);
  const [edited, setEdited] = useState<KeywordReplyView | 'new' | null>(null);
  const add = may('account.edit') && (
    <Button type="primary" onClick={() => setEdited('new')}>
      {words.add}
    </Button>
  );
  return (
    <section className="card stack">
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {({ replies }) =>
          replies.length === 0 ? (
            <EmptyNotice title={words.empty} text={words.emptyText} action={add} />
          ) : (
            <>
              <div className="list-tools">
                <p className="quiet">{words.order}</p>
                {add}
              </div>
              <ReplyList
                account={account}
                replies={replies}
                activities={activities}
                onEdit={setEdited}
                onChanged={reload}
              />
            </>
          )
        }
      </WhenLoaded>
      {edited !== null && (
        <ReplyDialog
          account={account}
          reply={edited === 'new' ? null : edited}
          activities={activities}
          onClose={() => setEdited(null)}
          onSaved={reload}
        />
      )}
    </section>
  );
}

interface ListProps {
  readonly account: string;
  readonly replies: readonly KeywordReplyView[];
  readonly activities: ActivityOptions;
  readonly onEdit: (reply: KeywordReplyView) => void;
  readonly onChanged: () => void;
}

function ReplyList({ account, replies, activities, onEdit, onChanged }: ListProps) {
  const { replies: words, account: accountWords } = useWords();
  const { api } = useSession();
  const { save } = useSaving();
  const [question, setQuestion] = useState<Question | null>(null);
  const moveUp = async (index: number): Promise<void> => {
    const ids = replies.map(({ id }) => id);
    const [moved] = ids.splice(index, 1);
    if (moved !== undefined) ids.splice(index - 1, 0, moved);
    if (await save(() => api.settings.orderReplies(account, ids), accountWords.saved)) onChanged();
  };
  const askToRemove = ({ id, revision, words: said }: KeywordReplyView): void =>
    setQuestion({
      title: words.removeTitle,
      text: said.join('、'),
      confirm: words.remove,
      danger: true,
      onConfirm: async () => {
        const worked = await save(() => api.settings.removeReply(account, id, revision), words.removed);
        if (worked) onChanged();
        return worked;
      },
    });
  return (
    <>
      <ol className="reply-list">
        {replies.map((reply, index) => (
          <ReplyRow
            key={reply.id}
            reply={reply}
            activity={activities.nameOf(reply.activityId)}
            onUp={index === 0 ? null : () => void moveUp(index)}
            onEdit={() => onEdit(reply)}
            onRemove={() => askToRemove(reply)}
          />
        ))}
      </ol>
      <AskDialog question={question} onClose={() => setQuestion(null)} />
    </>
  );
}

interface RowProps {
  readonly reply: KeywordReplyView;
  readonly activity: string | null;
  readonly onUp: (() => void) | null;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

function ReplyRow({ reply, activity, onUp, onEdit, onRemove }: RowProps) {
  const { replies: words } = useWords();
  const { may } = useSession();
  const named = (action: string): string => `${action} ${reply.words.join(' ')}`;
  return (
    <li className={reply.enabled ? undefined : 'reply-off'}>
      <div>
        <p className="words">
          <span className="quiet">{words.matches[reply.match]}</span>
          {reply.words.map((word) => (
            <span key={word} className="word">
              {word}
            </span>
          ))}
          {!reply.enabled && <span className="quiet">{words.off}</span>}
        </p>
        <p className="reply-text">{reply.reply}</p>
        {activity !== null && (
          <p className="quiet">
            {words.activity} · {activity}
          </p>
        )}
        {reply.warnings.map(({ word, activityName }) => (
          <p key={`${word} ${activityName}`} className="reply-warning">
            {words.shadowed(word, activityName)}
          </p>
        ))}
      </div>
      {may('account.edit') && (
        <div className="actions">
          {onUp !== null && (
            <Button type="text" size="small" aria-label={named(words.up)} onClick={onUp}>
              ↑
            </Button>
          )}
          <Button size="small" aria-label={named(words.edit)} onClick={onEdit}>
            {words.edit}
          </Button>
          <Button size="small" danger type="text" aria-label={named(words.remove)} onClick={onRemove}>
            {words.remove}
          </Button>
        </div>
      )}
    </li>
  );
}

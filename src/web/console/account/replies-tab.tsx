import { Button, Modal, Switch, Input } from 'antd';
import { useCallback, useState } from 'react';
import type { KeywordReplyView } from '../../../http/contract/console-replies.ts';
import { AskDialog } from '../parts/ask-dialog.tsx';
import type { Question } from '../parts/ask-dialog.tsx';
import { Field } from '../parts/field.tsx';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import type { ReplyContent } from '../state/settings-api.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { ChatField, ChoiceField } from './account-field.tsx';
import { useActivityOptions } from './use-activity-options.ts';
import type { ActivityOptions } from './use-activity-options.ts';
import { useSaving } from './use-saving.ts';

const EMPTY: ReplyContent = { words: [], match: 'exact', reply: '', activityId: null, enabled: true };

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

interface DialogProps {
  readonly account: string;
  /** Null for a new one. */
  readonly reply: KeywordReplyView | null;
  readonly activities: ActivityOptions;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

function ReplyDialog({ account, reply, activities, onClose, onSaved }: DialogProps) {
  const { replies: words, account: accountWords, cancel } = useWords();
  const { api } = useSession();
  const { busy, save, faultAt } = useSaving();
  const [given, setGiven] = useState<ReplyContent>(() => (reply === null ? EMPTY : contentOf(reply)));
  const [typed, setTyped] = useState(given.words.join('\n'));
  const change = (part: Partial<ReplyContent>): void => setGiven((before) => ({ ...before, ...part }));
  const store = async (): Promise<void> => {
    const content = { ...given, words: wordsIn(typed) };
    const work = (): Promise<unknown> =>
      reply === null
        ? api.settings.addReply(account, content)
        : api.settings.changeReply(account, reply.id, { ...content, revision: reply.revision });
    if (!(await save(work, accountWords.saved))) return;
    onSaved();
    onClose();
  };
  return (
    <Modal
      open
      title={reply === null ? words.add : words.editTitle}
      okText={accountWords.save}
      cancelText={cancel}
      confirmLoading={busy}
      onOk={() => void store()}
      onCancel={onClose}
    >
      <div className="stack">
        <Field label={words.words} hint={words.wordsHint} fault={faultAt('words')}>
          {(ties) => (
            <Input.TextArea
              {...ties}
              autoSize={{ minRows: 2, maxRows: 8 }}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
        <ChoiceField
          label={words.match}
          value={given.match}
          options={(['exact', 'contains'] as const).map((value) => ({ value, label: words.matches[value] }))}
          onChange={(match) => change({ match })}
        />
        <ChatField
          label={words.reply}
          fault={faultAt('reply')}
          value={given.reply}
          onChange={(said) => change({ reply: said })}
        />
        <ChoiceField
          label={words.activity}
          fault={faultAt('activityId')}
          value={given.activityId ?? ''}
          options={[{ value: '', label: words.noActivity }, ...activities.options]}
          onChange={(id) => change({ activityId: id === '' ? null : id })}
        />
        <Field label={words.enabled}>
          {({ id }) => (
            <div>
              <Switch
                id={id}
                aria-label={words.enabled}
                checked={given.enabled}
                onChange={(enabled) => change({ enabled })}
              />
            </div>
          )}
        </Field>
      </div>
    </Modal>
  );
}

function contentOf({ words, match, reply, activityId, enabled }: KeywordReplyView): ReplyContent {
  return { words, match, reply, activityId, enabled };
}

function wordsIn(typed: string): readonly string[] {
  return typed
    .split('\n')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

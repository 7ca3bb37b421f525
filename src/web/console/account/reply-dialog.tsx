import { Input, Modal, Switch } from 'antd';
import { useState } from 'react';
import type { KeywordReplyView } from '../../../http/contract/console-replies.ts';
import { Field } from '../parts/field.tsx';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import type { ReplyContent } from '../state/settings-api.ts';
import { ChatField, ChoiceField } from './account-field.tsx';
import type { ActivityOptions } from './use-activity-options.ts';
import { useSaving } from './use-saving.ts';

const EMPTY: ReplyContent = { words: [], match: 'exact', reply: '', activityId: null, enabled: true };

interface DialogProps {
  readonly account: string;
  /** Null for a new one. */
  readonly reply: KeywordReplyView | null;
  readonly activities: ActivityOptions;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

/** Writes a keyword reply, new or changed. */
export function ReplyDialog({ account, reply, activities, onClose, onSaved }: DialogProps) {
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
        <WordsField typed={typed} onChange={setTyped} fault={faultAt('words')} />
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
        <EnabledField enabled={given.enabled} onChange={(enabled) => change({ enabled })} />
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

interface WordsFieldProps {
  readonly typed: string;
  readonly onChange: (typed: string) => void;
  readonly fault: string | undefined;
}

function WordsField({ typed, onChange, fault }: WordsFieldProps) {
  const { replies: words } = useWords();
  return (
    <Field label={words.words} hint={words.wordsHint} fault={fault}>
      {(ties) => (
        <Input.TextArea
          {...ties}
          autoSize={{ minRows: 2, maxRows: 8 }}
          value={typed}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

function EnabledField({ enabled, onChange }: { enabled: boolean; onChange: (enabled: boolean) => void }) {
  const { replies: words } = useWords();
  return (
    <Field label={words.enabled}>
      {({ id }) => (
        <div>
          <Switch id={id} aria-label={words.enabled} checked={enabled} onChange={onChange} />
        </div>
      )}
    </Field>
  );
}

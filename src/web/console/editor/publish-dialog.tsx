import { App, Modal } from 'antd';
import { useState } from 'react';
import { ChangeList } from '../parts/change-list.tsx';
import { showYuan } from '../parts/money.ts';
import { ApiProblem } from '../state/api.ts';
import { useWords } from '../state/language.tsx';
import { useNavigation } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { glanceAt } from './rule-glance.ts';
import type { Editor } from './use-editor.ts';

/** Asks once more before real money can leave, and publishes. */
export function PublishDialog({ editor, open, onClose }: { editor: Editor; open: boolean; onClose: () => void }) {
  const { publish, versions, approvals } = useWords();
  const { api } = useSession();
  const { message } = App.useApp();
  const navigation = useNavigation();
  const [busy, setBusy] = useState(false);
  const confirm = async (): Promise<void> => {
    if (editor.answer === null) return;
    const { id, revision } = editor.answer.activity;
    setBusy(true);
    try {
      const { activity } = await api.publishActivity(id, revision);
      if (activity.awaiting === null) void message.success(publish.done);
      else void message.info(approvals.askedDone);
      await navigation.go(`/activities/${id}`);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      editor.refuse(error);
      onClose();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open={open}
      title={editor.locked ? publish.changesTitle : publish.title}
      okText={publish.confirm}
      confirmLoading={busy}
      onOk={() => void confirm()}
      onCancel={onClose}
    >
      <p>{editor.locked ? publish.changesText : publish.text}</p>
      {open && editor.locked && editor.answer !== null && (
        <>
          <h3>{versions.changes}</h3>
          <ChangeList id={editor.answer.activity.id} from={editor.answer.activity.publishedVersion ?? 1} to="draft" />
        </>
      )}
      {!editor.locked && (
        <p className="publish-cost">
          {publish.budget} <strong>{showYuan(glanceAt(editor.form.draft).budgetFen)}</strong>
        </p>
      )}
    </Modal>
  );
}

import { Input, Modal } from 'antd';
import { useState } from 'react';
import { useWords } from '../state/language.tsx';
import { Field } from './field.tsx';

/** What is asked before something with consequences is done. */
export interface Question {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly danger?: boolean;
  /** Whether a reason has to be given. */
  readonly reason?: boolean;
  /** Does it; the dialog closes when it resolves to true. */
  readonly onConfirm: (reason: string) => Promise<boolean>;
}

/** Asks the question, with a reason where one is needed. Null for none. */
export function AskDialog({ question, onClose }: { question: Question | null; onClose: () => void }) {
  const words = useWords();
  const { payments } = words;
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const close = (): void => {
    setReason('');
    setMissing(false);
    onClose();
  };
  const confirm = async (): Promise<void> => {
    if (question === null) return;
    if (question.reason === true && reason.trim() === '') return setMissing(true);
    setBusy(true);
    const worked = await question.onConfirm(reason.trim()).finally(() => setBusy(false));
    if (worked) close();
  };
  return (
    <Modal
      open={question !== null}
      title={question?.title}
      okText={question?.confirm}
      cancelText={words.cancel}
      okButtonProps={{ danger: question?.danger === true }}
      confirmLoading={busy}
      onOk={() => void confirm()}
      onCancel={close}
      destroyOnHidden
    >
      <div className="stack">
        <p>{question?.text}</p>
        {question?.reason === true && (
          <Field
            label={payments.reason}
            hint={payments.reasonHint}
            fault={missing && reason.trim() === '' ? payments.reasonMissing : undefined}
          >
            {(ties) => (
              <Input.TextArea
                {...ties}
                rows={2}
                maxLength={200}
                value={reason}
                onChange={(event) => setReason(event.target.value)}
              />
            )}
          </Field>
        )}
      </div>
    </Modal>
  );
}

import { App, Button, Modal } from 'antd';
import { useWords } from '../state/language.tsx';

/** What is shown once: a token or a signing secret. */
export interface ShownOnce {
  readonly kind: 'token' | 'secret';
  readonly text: string;
}

/** Shows it until somebody says that it is kept. Null for nothing. */
export function SecretDialog({ shown, onClose }: { shown: ShownOnce | null; onClose: () => void }) {
  const { programs } = useWords();
  const { message } = App.useApp();
  const copy = (): void =>
    void navigator.clipboard.writeText(shown?.text ?? '').then(
      () => message.success(programs.copied),
      () => undefined,
    );
  return (
    <Modal
      open={shown !== null}
      title={shown?.kind === 'secret' ? programs.secretTitle : programs.madeTitle}
      onCancel={onClose}
      mask={{ closable: false }}
      footer={[
        <Button key="copy" onClick={copy}>
          {programs.copy}
        </Button>,
        <Button key="done" type="primary" onClick={onClose}>
          {programs.done}
        </Button>,
      ]}
    >
      <div className="stack">
        <p>{shown?.kind === 'secret' ? programs.secretText : programs.madeText}</p>
        <code className="command break">{shown?.text}</code>
      </div>
    </Modal>
  );
}

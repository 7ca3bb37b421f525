import { App, Button } from 'antd';
import type { ActivityAnswer } from '../../../http/contract/console-activities.ts';
import { sayProblem } from '../parts/notices.tsx';
import type { ApiProblem } from '../state/api.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';

type Turn = 'pause' | 'resume' | 'stop';

/** Pausing, going on and stopping for good, each asked about once more. */
export function TurnButtons(props: {
  activity: ActivityAnswer['activity'];
  onTurned: (answer: ActivityAnswer) => void;
}) {
  const { state, id } = props.activity;
  if (state !== 'published' && state !== 'paused') return null;
  return (
    <>
      <TurnButton id={id} turn={state === 'paused' ? 'resume' : 'pause'} onTurned={props.onTurned} />
      <TurnButton id={id} turn="stop" onTurned={props.onTurned} />
    </>
  );
}

function TurnButton({ id, turn, onTurned }: { id: string; turn: Turn; onTurned: (answer: ActivityAnswer) => void }) {
  const words = useWords();
  const { api } = useSession();
  const { modal, message } = App.useApp();
  const danger = turn === 'stop';
  const ask = (): void => {
    void modal.confirm({
      title: words[turn].title,
      content: words[turn].text,
      okText: words[turn].confirm,
      cancelText: words.cancel,
      okButtonProps: { danger },
      autoFocusButton: danger ? 'cancel' : 'ok',
      onOk: async () => {
        try {
          onTurned(await api.turnActivity(id, turn));
          void message.success(words[turn].done);
        } catch (problem) {
          void message.error(sayProblem(problem as ApiProblem, words));
        }
      },
    });
  };
  return (
    <Button danger={danger} type={turn === 'resume' ? 'primary' : 'default'} onClick={ask}>
      {words[turn].action}
    </Button>
  );
}

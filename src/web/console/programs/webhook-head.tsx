import { Button } from 'antd';
import { useState } from 'react';
import { AskDialog } from '../parts/ask-dialog.tsx';
import type { Question } from '../parts/ask-dialog.tsx';
import { showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { useNavigation } from '../state/navigation.tsx';
import type { WebhookLine, WebhookPlace } from '../state/programs-api.ts';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { SecretDialog } from './secret-dialog.tsx';
import type { ShownOnce } from './secret-dialog.tsx';
import { WebhookDialog } from './webhook-dialog.tsx';
import { WebhookState } from './webhooks-page.tsx';
import './programs.css';

interface HeadProps {
  readonly place: WebhookPlace;
  readonly line: WebhookLine;
  readonly onChanged: () => void;
}

/** Name, state and address of an endpoint, and everything that can be done with it. */
export function WebhookHead({ place, line, onChanged }: HeadProps) {
  const { programs } = useWords();
  const { api } = useSession();
  const [editing, setEditing] = useState(false);
  const [shown, setShown] = useState<ShownOnce | null>(null);
  return (
    <>
      <div className="page-head">
        <div className="title-line">
          <h1>{line.name}</h1>
          <WebhookState line={line} />
        </div>
        <WebhookButtons
          place={place}
          line={line}
          onChanged={onChanged}
          onEdit={() => setEditing(true)}
          onSecret={(text) => setShown({ kind: 'secret', text })}
        />
      </div>
      <p className="programs-lead break">
        {line.url}
        {line.previousUntilMs !== null && line.previousUntilMs > Date.now() && (
          <span className="quiet cell-note">{programs.bothUntil(showMinute(line.previousUntilMs))}</span>
        )}
      </p>
      {editing && (
        <WebhookDialog
          title={programs.editHook}
          accounts={[place.account]}
          start={{ name: line.name, url: line.url, events: line.events }}
          onClose={() => setEditing(false)}
          onSave={async (_account, { events, ...content }) => {
            await api.programs.changeWebhook(place, { ...content, events: [...events] });
            onChanged();
          }}
        />
      )}
      <SecretDialog shown={shown} onClose={() => setShown(null)} />
    </>
  );
}

function WebhookButtons(props: HeadProps & { onEdit: () => void; onSecret: (secret: string) => void }) {
  const { programs } = useWords();
  const { api } = useSession();
  const { act } = useAct();
  const { go } = useNavigation();
  const [question, setQuestion] = useState<Question | null>(null);
  const { place, line, onChanged } = props;
  const turn = async (state: 'on' | 'off'): Promise<void> => {
    await act(() => api.programs.changeWebhook(place, { state }), programs.changed);
    onChanged();
  };
  const rotate = (): Promise<boolean> =>
    act(async () => {
      props.onSecret((await api.programs.rotateSecret(place)).secret);
      onChanged();
    }, programs.changed);
  const remove = async (): Promise<boolean> => {
    const worked = await act(() => api.programs.removeWebhook(place), programs.changed);
    if (worked) await go('/programs/webhooks');
    return worked;
  };
  const askRotate = { title: programs.rotateTitle, text: programs.rotateText, confirm: programs.rotate };
  const askRemove = { title: programs.removeTitle(line.name), text: programs.removeText, confirm: programs.remove };
  return (
    <div className="actions">
      <Button onClick={props.onEdit}>{programs.editHook}</Button>
      <Button onClick={() => void turn(line.state === 'on' ? 'off' : 'on')}>
        {line.state === 'on' ? programs.switchOff : programs.switchOn}
      </Button>
      <Button onClick={() => setQuestion({ ...askRotate, onConfirm: rotate })}>{programs.rotate}</Button>
      <Button danger onClick={() => setQuestion({ ...askRemove, danger: true, onConfirm: remove })}>
        {programs.remove}
      </Button>
      <AskDialog question={question} onClose={() => setQuestion(null)} />
    </div>
  );
}

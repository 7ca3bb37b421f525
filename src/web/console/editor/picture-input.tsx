import { App, Button } from 'antd';
import { useCallback, useState } from 'react';
import { WhenLoaded } from '../parts/notices.tsx';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { useEditorTools } from './editor-context.tsx';

const BYTES_MAX = 500 * 1024;

interface Props {
  readonly id: string;
  readonly label: string;
  /** Where it is on this service; empty for none. */
  readonly path: string;
  readonly disabled: boolean;
  readonly onChange: (path: unknown) => void;
}

/** A picture of the activity's page: uploaded here, or one that the account has already. */
export function PictureInput({ id, label, path, disabled, onChange }: Props) {
  const { picture: words } = useWords();
  const { editor } = useEditorTools();
  const { busy, choose } = useUpload(editor.form.accountId, onChange);
  const [choosing, setChoosing] = useState(false);
  return (
    <div className="picture-input">
      {path !== '' && <img src={path} alt={label} />}
      <div className="actions">
        <Button id={id} disabled={disabled} loading={busy} onClick={choose}>
          {words.upload}
        </Button>
        <Button disabled={disabled} aria-expanded={choosing} onClick={() => setChoosing(!choosing)}>
          {words.choose}
        </Button>
        {path !== '' && (
          <Button type="text" danger disabled={disabled} onClick={() => onChange(null)}>
            {words.remove}
          </Button>
        )}
      </div>
      <p className="field-hint">{words.uploadHint}</p>
      {choosing && (
        <Kept
          account={editor.form.accountId}
          onChoose={(chosen) => {
            onChange(chosen);
            setChoosing(false);
          }}
        />
      )}
    </div>
  );
}

/** Asks for a file, keeps it and hands on where it is. */
function useUpload(account: string, onKept: (path: string) => void) {
  const { picture: words } = useWords();
  const { api } = useSession();
  const { message } = App.useApp();
  const { busy, act } = useAct();
  const upload = async (file: File): Promise<void> => {
    if (file.size > BYTES_MAX) return void message.error(words.tooBig);
    await act(async () => onKept((await api.settings.keepPicture(account, file)).picture.path), words.done);
  };
  const choose = (): void => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = 'image/png,image/jpeg,image/webp';
    input.addEventListener('change', () => {
      const file = input.files?.[0];
      if (file !== undefined) void upload(file);
    });
    input.click();
  };
  return { busy, choose };
}

function Kept({ account, onChoose }: { account: string; onChoose: (path: string) => void }) {
  const { picture: words } = useWords();
  const { api } = useSession();
  const load = useCallback(() => api.settings.pictures(account), [api, account]);
  const { loaded, reload } = useLoaded(load);
  return (
    <WhenLoaded loaded={loaded} onRetry={reload}>
      {({ pictures }) =>
        pictures.length === 0 ? (
          <p className="quiet">{words.none}</p>
        ) : (
          <ul className="picture-list" aria-label={words.kept}>
            {pictures.map(({ hash, path, width, height }) => (
              <li key={hash}>
                <button type="button" aria-label={words.use(width, height)} onClick={() => onChoose(path)}>
                  <img src={path} alt="" />
                </button>
              </li>
            ))}
          </ul>
        )
      }
    </WhenLoaded>
  );
}

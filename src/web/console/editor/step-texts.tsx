import { useWords } from '../state/language.tsx';
import { ChatPreview } from './chat-preview.tsx';
import { CountedText } from './editor-field.tsx';
import { TEXT_NAMES } from './editor-form.ts';
import type { Editor } from './use-editor.ts';

/** What WeChat takes, in bytes of UTF-8. */
const PACKET_BYTES = { wishing: 128, activityName: 32, remark: 256 } as const;
const PACKET_NAMES = ['wishing', 'activityName', 'remark'] as const;
const REPLY_CHARACTERS = 600;

/** What followers are told, and what stands on the packet. */
export function StepTexts({ editor }: { editor: Editor }) {
  const { texts: words } = useWords();
  const { form, update } = editor;
  const names = TEXT_NAMES.filter((name) => name !== 'checkedIn' || form.kind === 'check-in');
  return (
    <div className="texts">
      <div className="stack">
        <h3>{words.repliesTitle}</h3>
        <p className="quiet">{words.placeholders}</p>
        {names.map((name) => (
          <CountedText
            key={name}
            editor={editor}
            path={`texts.${name}`}
            label={words[name]}
            value={form.texts[name]}
            most={REPLY_CHARACTERS}
            unit="characters"
            rows={2}
            onChange={(text) => update(`texts.${name}`, { texts: { ...form.texts, [name]: text } })}
          />
        ))}
        <h3>{words.packetTitle}</h3>
        <p className="quiet">{words.packetHint}</p>
        {PACKET_NAMES.map((name) => (
          <CountedText
            key={name}
            editor={editor}
            path={`packet.${name}`}
            label={words[name]}
            value={form.packet[name]}
            most={PACKET_BYTES[name]}
            unit="bytes"
            onChange={(text) => update(`packet.${name}`, { packet: { ...form.packet, [name]: text } })}
          />
        ))}
      </div>
      <ChatPreview form={form} />
    </div>
  );
}

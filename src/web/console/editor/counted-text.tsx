import { Input } from 'antd';
import type { TextAreaRef } from 'antd/es/input/TextArea';
import { useRef } from 'react';
import { Field } from '../parts/field.tsx';
import { utf8Bytes } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { list, object, text } from './draft.ts';
import type { Path } from './draft.ts';
import { useEditorTools } from './editor-context.tsx';
import type { ShapedField } from './rule-node.ts';
import type { Editor } from './use-editor.ts';

/** What WeChat takes of a text message, and WeChat Pay of a packet's texts, in bytes of UTF-8. */
const REPLY_BYTES = 2048;
const PACKET_BYTES: Readonly<Record<string, number>> = {
  'packet.wishing': 128,
  'packet.activityName': 32,
  'packet.remark': 256,
};

interface CountedTextProps {
  readonly path: Path;
  readonly field: ShapedField;
  readonly label: string;
  readonly hint: string | undefined;
  readonly fault: string | undefined;
}

/** A longer text with a live count of what it takes of what WeChat allows, and the placeholders it may use. */
export function CountedText({ path, field, label, hint, fault }: CountedTextProps) {
  const { schema } = useWords();
  const { editor } = useEditorTools();
  const area = useRef<TextAreaRef>(null);
  const value = text(editor.at(path));
  const most = PACKET_BYTES[path.join('.')] ?? REPLY_BYTES;
  const used = utf8Bytes(value);
  const disabled = editor.lockedAt(path);
  const put = (next: string): void =>
    editor.set(path, next === '' && !field.required ? (field.nullable ? null : undefined) : next);
  const insert = (placeholder: string): void => {
    const { selectionStart, selectionEnd } = area.current?.resizableTextArea?.textArea ?? {};
    const [from, to] = [selectionStart ?? value.length, selectionEnd ?? value.length];
    put(value.slice(0, from) + placeholder + value.slice(to));
    area.current?.focus();
  };
  const placeholders = most === REPLY_BYTES && !disabled ? placeholdersOf(path, editor) : [];
  const count = <span className={used > most ? 'over' : undefined}>{schema.bytes(used, most)}</span>;
  return (
    <div className="counted-text">
      <Field label={label} hint={hint} fault={fault} count={count}>
        {(ties) => (
          <Input.TextArea
            {...ties}
            ref={area}
            disabled={disabled}
            autoSize={{ minRows: most === REPLY_BYTES ? 2 : 1, maxRows: 6 }}
            placeholder={typeof field.node.default === 'string' ? field.node.default : ''}
            value={value}
            onChange={(event) => put(event.target.value)}
          />
        )}
      </Field>
      {placeholders.length > 0 && (
        <ul className="placeholders" aria-label={schema.placeholders(label)}>
          {placeholders.map((name) => (
            <li key={name}>
              <button type="button" onClick={() => insert(`{${name}}`)} title={schema.placeholderNames[name]}>
                {schema.placeholderNames[name]}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** What a text can tell depends on what there is to win and how. */
function placeholdersOf(path: Path, editor: Editor): readonly ('prize' | 'amount' | 'code' | 'chances' | 'streak')[] {
  const mechanics = [editor.at(['mechanic']), ...list(editor.at(['chained'])).map((one) => object(one)['mechanic'])];
  const kinds = mechanics.map((one) => object(one)['kind']);
  const prizes = list(editor.at(['prizes'])).map((one) => object(one)['kind']);
  const wins = path.at(-1) === 'win';
  return [
    ...(wins ? (['prize', 'amount'] as const) : []),
    ...(wins && prizes.includes('voucher') ? (['code'] as const) : []),
    ...(kinds.includes('check-in') ? (['streak'] as const) : []),
    ...(kinds.some((kind) => kind === 'lottery' || kind === 'chances') ? (['chances'] as const) : []),
  ];
}

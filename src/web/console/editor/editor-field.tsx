import { Input } from 'antd';
import type { ReactNode } from 'react';
import { Field } from '../parts/field.tsx';
import type { FieldTies } from '../parts/field.tsx';
import { utf8Bytes } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { sayFault } from './faults.ts';
import type { Editor } from './use-editor.ts';

/** A field of the editor: shows the fault the service found at its path. */
export function EditorField(props: {
  editor: Editor;
  path: string;
  label: string;
  hint?: ReactNode;
  count?: ReactNode;
  children: (ties: FieldTies) => ReactNode;
}) {
  const words = useWords();
  const fault = props.editor.faultAt(props.path);
  return (
    <Field
      label={props.label}
      hint={props.hint}
      count={props.count}
      fault={fault === undefined ? undefined : sayFault(fault, words)}
    >
      {props.children}
    </Field>
  );
}

/** The fault of something that is not one input, such as a whole list. */
export function FaultAt({ editor, path }: { editor: Editor; path: string }) {
  const words = useWords();
  const fault = editor.faultAt(path);
  if (fault === undefined) return null;
  return (
    <p className="field-fault" role="alert">
      {sayFault(fault, words)}
    </p>
  );
}

interface TextFieldProps {
  readonly editor: Editor;
  readonly path: string;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** At most so many bytes of UTF-8, which WeChat counts, or characters. */
  readonly most: number;
  readonly unit: 'bytes' | 'characters';
  readonly rows?: number;
}

/** A text with a live count of what it takes of what it may. */
export function CountedText({ editor, path, label, hint, value, onChange, most, unit, rows }: TextFieldProps) {
  const words = useWords();
  const used = unit === 'bytes' ? utf8Bytes(value) : value.length;
  const count = <span className={used > most ? 'over' : undefined}>{words.texts[unit](used, most)}</span>;
  return (
    <EditorField editor={editor} path={path} label={label} hint={hint} count={count}>
      {(ties) =>
        rows === undefined ? (
          <Input {...ties} value={value} onChange={(event) => onChange(event.target.value)} />
        ) : (
          <Input.TextArea
            {...ties}
            autoSize={{ minRows: rows, maxRows: 6 }}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </EditorField>
  );
}

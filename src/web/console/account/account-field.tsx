import { Input, Select } from 'antd';
import { Field } from '../parts/field.tsx';
import { utf8Bytes } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';

interface TextProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly fault?: string | undefined;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly disabled?: boolean;
  readonly secret?: boolean;
  readonly bytesMax?: number;
}

/** A line of text. A secret one is never shown, and no browser offers to fill it in. */
export function LineField(props: TextProps) {
  const { label, hint, fault, value, onChange, disabled = false, secret = false, bytesMax } = props;
  return (
    <Field label={label} hint={hint} fault={fault} count={bytesMax && <Bytes text={value} most={bytesMax} />}>
      {(ties) => (
        <Input
          {...ties}
          type={secret ? 'password' : 'text'}
          autoComplete={secret ? 'new-password' : 'off'}
          disabled={disabled}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

const REPLY_BYTES = 2047;

/** A text that WeChat sends: with a live count of the bytes it takes. */
export function ChatField({ label, hint, fault, value, onChange, disabled = false }: TextProps) {
  return (
    <Field label={label} hint={hint} fault={fault} count={<Bytes text={value} most={REPLY_BYTES} />}>
      {(ties) => (
        <Input.TextArea
          {...ties}
          autoSize={{ minRows: 3, maxRows: 10 }}
          disabled={disabled}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

function Bytes({ text, most }: { text: string; most: number }) {
  const { account } = useWords();
  const used = utf8Bytes(text);
  return <span className={used > most ? 'over' : undefined}>{account.bytes(used, most)}</span>;
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly fault?: string | undefined;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
  readonly disabled?: boolean;
}

/** One of several. */
export function ChoiceField<Value extends string>(props: ChoiceProps<Value>) {
  const { label, hint, fault, value, options, onChange, disabled = false } = props;
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(ties) => (
        <Select<Value> {...ties} disabled={disabled} value={value} options={[...options]} onChange={onChange} />
      )}
    </Field>
  );
}

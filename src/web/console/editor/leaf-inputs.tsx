import { Input, Select, Switch } from 'antd';
import type { FieldTies } from '../parts/field.tsx';
import { CountInput, MoneyInput } from '../parts/number-inputs.tsx';
import { readLocalTime, writeLocalTime } from '../parts/show.ts';
import { useSpeech } from '../state/language.tsx';
import { list, number, object, text } from './draft.ts';
import type { Path } from './draft.ts';
import { useEditorTools } from './editor-context.tsx';
import { labelIn } from './faults.ts';
import { PictureInput } from './picture-input.tsx';
import type { RuleNode, ShapedField, Shape } from './rule-node.ts';

interface LeafProps {
  readonly path: Path;
  readonly field: ShapedField;
  readonly ties: FieldTies;
  readonly label: string;
}

const LEAVES: readonly Shape['kind'][] = [
  'switch',
  'money',
  'time',
  'count',
  'prize',
  'mechanic',
  'colour',
  'picture',
  'choice',
  'text',
  'count-or-all',
  'tags',
];

/** Whether a field is one input. */
export function isLeaf({ kind }: Shape): boolean {
  return LEAVES.includes(kind);
}

/** The input of a field that is one value. */
export function LeafInput(props: LeafProps) {
  const { editor } = useEditorTools();
  const { path, field, ties, label } = props;
  const { shape, nullable, node } = field;
  const value = editor.at(path);
  const disabled = editor.lockedAt(path);
  const put = (next: unknown): void => editor.set(path, next === null && !nullable ? undefined : next);
  const common = { ...ties, disabled };
  switch (shape.kind) {
    case 'switch':
      return (
        <div>
          <Switch
            id={ties.id}
            disabled={disabled}
            checked={value === undefined ? node.default === true : value === true}
            onChange={put}
          />
        </div>
      );
    case 'money':
      return <MoneyInput {...common} value={number(value)} onChange={put} />;
    case 'time':
      return <TimeInput {...common} value={number(value)} onChange={put} />;
    case 'count':
      return <CountOf {...props} value={number(value)} disabled={disabled} onChange={put} />;
    case 'count-or-all':
      return <CountOrAll {...props} all={shape.all} value={value} disabled={disabled} onChange={put} />;
    case 'choice':
      return <ChoiceInput {...props} values={shape.values} value={value} disabled={disabled} onChange={put} />;
    case 'prize':
    case 'mechanic':
      return <ReferenceInput {...props} kind={shape.kind} value={text(value)} disabled={disabled} onChange={put} />;
    case 'tags':
      return <TagsInput {...props} item={shape.item} value={list(value)} disabled={disabled} onChange={put} />;
    case 'colour':
      return <ColourInput {...props} value={text(value)} disabled={disabled} onChange={put} />;
    case 'picture':
      return <PictureInput id={ties.id} label={label} path={text(value)} disabled={disabled} onChange={put} />;
    default:
      return <TextInput {...props} value={text(value)} disabled={disabled} onChange={put} />;
  }
}

interface InputProps<Value> extends LeafProps {
  readonly value: Value;
  readonly disabled: boolean;
  readonly onChange: (value: unknown) => void;
}

function TimeInput(props: FieldTies & { disabled: boolean; value: number | null; onChange: (value: unknown) => void }) {
  const { value, onChange, ...ties } = props;
  return (
    <Input
      {...ties}
      type="datetime-local"
      value={writeLocalTime(value)}
      onChange={(event) => onChange(readLocalTime(event.target.value))}
    />
  );
}

function CountOf({ field, ties, value, disabled, onChange }: InputProps<number | null>) {
  const { schema } = useSpeech().words;
  const { name, nullable, node } = field;
  const suffix = /seconds$/i.test(name) ? schema.seconds : /days$/i.test(name) ? schema.days : undefined;
  const without = nullable ? schema.unlimited : typeof node.default === 'number' ? String(node.default) : undefined;
  return (
    <CountInput
      {...ties}
      disabled={disabled}
      value={value}
      onChange={onChange}
      {...(suffix === undefined ? {} : { suffix })}
      {...(without === undefined ? {} : { placeholder: without })}
    />
  );
}

function CountOrAll({ all, field, ties, value, disabled, onChange }: InputProps<unknown> & { all: string }) {
  const { words, language } = useSpeech();
  const name = field.node.choices?.[all]?.[language] ?? words.schema.all;
  return (
    <div className="count-or-all">
      <CountInput {...ties} disabled={disabled || value === all} value={number(value)} onChange={onChange} />
      <label className="check-line">
        <input
          type="checkbox"
          disabled={disabled}
          checked={value === all}
          onChange={(event) => onChange(event.target.checked ? all : null)}
        />
        {name}
      </label>
    </div>
  );
}

function ChoiceInput({
  field,
  values,
  ties,
  value,
  disabled,
  onChange,
}: InputProps<unknown> & { values: readonly string[] }) {
  const { words, language } = useSpeech();
  const { choices = choicesOf(field.node) } = field.node;
  const options = values.map((one) => ({
    value: one,
    label: choices?.[one] === undefined ? one : labelIn(choices[one], language),
  }));
  return (
    <Select
      {...ties}
      disabled={disabled}
      allowClear={field.nullable}
      placeholder={words.schema.choose}
      value={text(value) === '' ? (field.node.default ?? null) : value}
      options={options}
      onChange={(next) => onChange(next ?? null)}
    />
  );
}

function choicesOf(node: RuleNode): RuleNode['choices'] {
  return node.anyOf?.find((one) => one.choices !== undefined)?.choices;
}

/** A prize or a mechanic of this rule, by its name. */
function ReferenceInput({
  kind,
  field,
  ties,
  value,
  disabled,
  onChange,
}: InputProps<string> & { kind: 'prize' | 'mechanic' }) {
  const { words } = useSpeech();
  const { schema } = words;
  const prizes = usePrizeOptions();
  const mechanics = useMechanicOptions();
  return (
    <Select
      {...ties}
      disabled={disabled}
      allowClear={!field.required}
      placeholder={kind === 'prize' ? schema.choosePrize : field.required ? schema.choose : schema.mainMechanic}
      value={value === '' ? null : value}
      options={kind === 'prize' ? [...prizes] : [...mechanics]}
      onChange={(next: string | undefined) => onChange(next ?? null)}
    />
  );
}

function usePrizeOptions(): readonly { readonly value: string; readonly label: string }[] {
  const { editor } = useEditorTools();
  const { schema } = useSpeech().words;
  return list(editor.at(['prizes'])).map((one, index) => {
    const { id, name } = object(one);
    return { value: text(id), label: text(name) === '' ? schema.unnamedPrize(index + 1) : text(name) };
  });
}

/** Every mechanic of the rule by its kind and id. */
export function useMechanicOptions(): readonly { readonly value: string; readonly label: string }[] {
  const { editor } = useEditorTools();
  const { mechanics, schema } = useSpeech().words;
  const say = (one: unknown): string => mechanics[text(object(one)['kind'])] ?? text(object(one)['kind']);
  return [
    { value: 'main', label: `${schema.mainMechanic} · ${say(editor.at(['mechanic']))}` },
    ...list(editor.at(['chained'])).map((one) => {
      const { id, mechanic } = object(one);
      return { value: text(id), label: `${say(mechanic)} · ${text(id)}` };
    }),
  ];
}

function TagsInput({ item, ties, value, disabled, onChange }: InputProps<readonly unknown[]> & { item: RuleNode }) {
  const { words, language } = useSpeech();
  const { choices } = item;
  const isNumber = item.type === 'integer';
  const read = (tags: readonly string[]): void => {
    const values = isNumber ? tags.map(Number).filter((one) => Number.isSafeInteger(one)) : tags;
    onChange(values.length === 0 ? null : values);
  };
  const named = Object.entries(choices ?? {}).map(([one, name]) => ({ value: one, label: name[language] }));
  return (
    <Select
      {...ties}
      mode={choices === undefined ? 'tags' : 'multiple'}
      disabled={disabled}
      tokenSeparators={[',', '，', ' ', '、']}
      placeholder={choices === undefined ? words.schema.tags : words.schema.every}
      value={value.map(String)}
      options={named}
      onChange={read}
    />
  );
}

function ColourInput({ ties, label, value, disabled, onChange }: InputProps<string>) {
  return (
    <div className="colour-input">
      <input
        type="color"
        aria-label={label}
        disabled={disabled}
        value={/^#[0-9a-f]{6}$/i.test(value) ? value : '#1677c8'}
        onChange={(event) => onChange(event.target.value)}
      />
      <Input
        {...ties}
        disabled={disabled}
        allowClear
        placeholder="#1677c8"
        value={value}
        onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
      />
    </div>
  );
}

function TextInput({ field, ties, value, disabled, onChange }: InputProps<string>) {
  const { lists } = useEditorTools();
  const { nullable, node, required, name } = field;
  const put = (next: string): void => onChange(next === '' && !required ? (nullable ? null : undefined) : next);
  if (name === 'list' && lists.length > 0) {
    return (
      <Select
        {...ties}
        disabled={disabled}
        value={value === '' ? null : value}
        options={lists.map((one) => ({ value: one.id, label: `${one.name} (${one.id})` }))}
        onChange={put}
      />
    );
  }
  return (
    <Input
      {...ties}
      disabled={disabled}
      value={value}
      {...(typeof node.default === 'string' ? { placeholder: node.default } : {})}
      {...(node.maxLength === undefined ? {} : { maxLength: node.maxLength })}
      onChange={(event) => put(event.target.value)}
    />
  );
}

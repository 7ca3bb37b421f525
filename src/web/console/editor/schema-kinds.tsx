import { Select } from 'antd';
import { useId } from 'react';
import { useSpeech } from '../state/language.tsx';
import { object } from './draft.ts';
import type { Path } from './draft.ts';
import { useEditorTools } from './editor-context.tsx';
import { labelIn } from './faults.ts';
import { emptyOf, kindOf, variantOf } from './rule-node.ts';
import type { RuleNode, ShapedField } from './rule-node.ts';
import { FaultAt, GroupFields } from './schema-group.tsx';

/** Something that is one of several kinds: which one, and what belongs to it. Conditions are such trees. */
export function SchemaKinds(props: { path: Path; field: ShapedField; variants: readonly RuleNode[]; label: string }) {
  const { path, field, variants, label } = props;
  const { editor } = useEditorTools();
  const { words, language } = useSpeech();
  const id = useId();
  const value = editor.at(path);
  const variant = variantOf(variants, value);
  const hint = field.node.hint?.[language];
  return (
    <div className="field schema-kinds">
      <div className="field-head">
        <label htmlFor={id}>{label}</label>
      </div>
      <Select
        id={id}
        disabled={editor.lockedAt(path)}
        allowClear={field.nullable || !field.required}
        placeholder={field.nullable ? words.schema.nothing : words.schema.choose}
        value={variant === undefined ? null : kindOf(variant)}
        options={variants.map((one) => ({
          value: kindOf(one),
          label: one.label === undefined ? kindOf(one) : labelIn(one.label, language),
        }))}
        onChange={(kind: string | undefined) => editor.set(path, nextValue(variants, kind, { before: value, field }))}
      />
      <FaultAt path={path} />
      {hint !== undefined && <p className="field-hint">{hint}</p>}
      {variant !== undefined && hasFields(variant) && (
        <div className="kind-fields">
          <GroupFields path={path} group={variant} />
        </div>
      )}
    </div>
  );
}

function hasFields(variant: RuleNode): boolean {
  return Object.keys(variant.properties ?? {}).length > 1;
}

/** What the two kinds have in common stays, and a condition that becomes a group of conditions is its first one. */
function nextValue(
  variants: readonly RuleNode[],
  kind: string | undefined,
  { before, field }: { readonly before: unknown; readonly field: ShapedField },
): unknown {
  const next = variants.find((one) => kindOf(one) === kind);
  if (next === undefined) return field.nullable ? null : undefined;
  const { of, ...others } = object(before);
  const kept = Object.entries(others).filter(([name]) => name !== 'kind' && next.properties?.[name] !== undefined);
  const value = { ...emptyOf(next), ...Object.fromEntries(kept) };
  const joins = next.properties?.['of'];
  if (joins === undefined || variantOf(variants, before) === undefined) return value;
  if (joins.type !== 'array') return { ...value, of: before };
  return { ...value, of: Array.isArray(of) ? of : [before] };
}

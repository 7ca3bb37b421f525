import type { ReactNode } from 'react';
import { Field } from '../parts/field.tsx';
import { useSpeech } from '../state/language.tsx';
import { object } from './draft.ts';
import type { Path } from './draft.ts';
import { useEditorTools } from './editor-context.tsx';
import { labelIn, sayFault } from './faults.ts';
import { isLeaf, LeafInput } from './leaf-inputs.tsx';
import { fieldsOf, resolved, shapeField } from './rule-node.ts';
import type { RuleNode, ShapedField } from './rule-node.ts';
import { SchemaGroup } from './schema-group.tsx';
import { SchemaKinds } from './schema-kinds.tsx';
import { SchemaList } from './schema-list.tsx';
import { CountedText } from './counted-text.tsx';

/** One field of the rule, drawn from its schema: its name, its input, the fault the service found there. */
export function SchemaField({ path, field }: { path: Path; field: ShapedField }) {
  const { words, language } = useSpeech();
  const { editor } = useEditorTools();
  const { node, shape } = field;
  const label = node.label === undefined ? field.name : labelIn(node.label, language);
  const fault = editor.faultAt(path);
  const said = fault === undefined ? undefined : sayFault(fault, words);
  // The path of a picture is nobody's to type here.
  const hint = shape.kind === 'picture' ? undefined : node.hint?.[language];
  if (shape.kind === 'text' && (shape.most ?? 0) >= 100) {
    return <CountedText path={path} field={field} label={label} hint={hint} fault={said} />;
  }
  if (isLeaf(shape)) {
    return (
      <Field label={label} hint={hint} fault={said}>
        {(ties) => <LeafInput path={path} field={field} ties={ties} label={label} />}
      </Field>
    );
  }
  switch (shape.kind) {
    case 'group':
      return <SchemaGroup path={path} field={field} group={shape.node} label={label} />;
    case 'kinds':
      return <SchemaKinds path={path} field={field} variants={shape.variants} label={label} />;
    case 'list':
      return <SchemaList path={path} field={field} item={shape.item} label={label} />;
    default:
      return null;
  }
}

/** What groups, kinds and lists draw their fields by. */
export function drawField(path: Path, field: ShapedField): ReactNode {
  return <SchemaField path={path} field={field} />;
}

/** The field at a path of plain names from the root, such as `['limits', 'winsPerDay']`; nothing where there is none. */
export function RootField({ path }: { path: readonly string[] }) {
  const { root } = useEditorTools();
  const name = path.at(-1) ?? '';
  const parent = path.slice(0, -1).reduce<RuleNode>((node, one) => resolved(root, node.properties?.[one] ?? {}), root);
  const node = parent.properties?.[name];
  if (node === undefined) return null;
  return <SchemaField path={path} field={shapeField(root, { name, node, parent })} />;
}

/** Several fields of one group of the root, side by side where there is room. */
export function RootFields({ of, names }: { of: string; names: readonly string[] }) {
  const { root } = useEditorTools();
  const group = resolved(root, root.properties?.[of] ?? {});
  return (
    <div className="field-grid">
      {fieldsOf(root, group)
        .filter(({ name }) => names.includes(name))
        .toSorted((one, other) => names.indexOf(one.name) - names.indexOf(other.name))
        .map((field) => (
          <SchemaField key={field.name} path={[of, field.name]} field={field} />
        ))}
    </div>
  );
}

/** Whether any of these fields was set to something of its own. */
export function anySet(value: unknown, names: readonly string[]): boolean {
  return names.some((name) => {
    const one = object(value)[name];
    return one !== undefined && one !== null;
  });
}

import { Switch } from 'antd';
import { Fragment, useId } from 'react';
import type { ReactNode } from 'react';
import { useSpeech } from '../state/language.tsx';
import { object } from './draft.ts';
import type { Path } from './draft.ts';
import { useEditorTools } from './editor-context.tsx';
import { sayFault } from './faults.ts';
import { emptyOf, fieldsOf, isDefault } from './rule-node.ts';
import type { RuleNode, ShapedField } from './rule-node.ts';

/** A group of fields below a name; one that may be left out has a switch. */
export function SchemaGroup(props: { path: Path; field: ShapedField; group: RuleNode; label: string }) {
  const { path, field, group, label } = props;
  const { editor } = useEditorTools();
  const { language } = useSpeech();
  const id = useId();
  const isThere = !field.nullable || (editor.at(path) ?? null) !== null;
  return (
    <fieldset className="schema-group">
      <legend>{field.nullable ? <label htmlFor={id}>{label}</label> : label}</legend>
      {field.nullable && (
        <Switch
          id={id}
          size="small"
          disabled={editor.lockedAt(path)}
          checked={isThere}
          onChange={(wanted) => editor.set(path, wanted ? emptyOf(group) : null)}
        />
      )}
      {field.node.hint !== undefined && <p className="field-hint">{field.node.hint[language]}</p>}
      <FaultAt path={path} />
      {isThere && <GroupFields path={path} group={group} />}
    </fieldset>
  );
}

/** Fields nobody needs at first, though they are few. */
const LATER = new Set(['leadsTo', 'totals', 'texts', 'id']);
/** Fields with a default that are the point of the thing all the same. */
const FIRST = new Set(['prizeId', 'milestones']);
const SHOWN_OPTIONAL_MAX = 2;

/** The fields of a group: what must be said at once, what may be left as it is folded away. */
export function GroupFields({ path, group, hide = [] }: { path: Path; group: RuleNode; hide?: readonly string[] }) {
  const { root, editor, drawField } = useEditorTools();
  const { words } = useSpeech();
  const fields = fieldsOf(root, group).filter(({ name }) => !hide.includes(name));
  const optional = fields.filter(({ required, name }) => !required && !FIRST.has(name));
  const few = optional.filter(({ name }) => !LATER.has(name)).length <= SHOWN_OPTIONAL_MAX;
  const isLater = (field: ShapedField): boolean =>
    optional.includes(field) && (!few || LATER.has(field.name)) && fields.length > 1;
  const later = fields.filter(isLater);
  const show = (field: ShapedField): ReactNode => (
    <Fragment key={field.name}>{drawField([...path, field.name], field)}</Fragment>
  );
  const value = object(editor.at(path));
  const isSet = later.some(({ name, node }) => !isDefault(node, value[name]));
  return (
    <>
      {later.length < fields.length && (
        <div className="field-grid">{fields.filter((field) => !isLater(field)).map(show)}</div>
      )}
      {later.length > 0 && (
        <MoreSettings
          title={words.schema.more}
          open={isSet || later.some(({ name }) => editor.isFaulty([...path, name]))}
        >
          <div className="field-grid">{later.map(show)}</div>
        </MoreSettings>
      )}
    </>
  );
}

/** Settings that are right as they are for most, folded away; open where something was set. */
export function MoreSettings({ title, open, children }: { title: string; open: boolean; children: ReactNode }) {
  return (
    <details className="more-settings" open={open}>
      <summary>{title}</summary>
      <div className="stack">{children}</div>
    </details>
  );
}

/** The fault of something that is not one input, such as a whole list. */
export function FaultAt({ path }: { path: Path }) {
  const { words } = useSpeech();
  const { editor } = useEditorTools();
  const fault = editor.faultAt(path);
  if (fault === undefined) return null;
  return (
    <p className="field-fault" role="alert">
      {sayFault(fault, words)}
    </p>
  );
}

import { Button } from 'antd';
import { useSpeech } from '../state/language.tsx';
import { list } from './draft.ts';
import type { Path } from './draft.ts';
import { useEditorTools } from './editor-context.tsx';
import { emptyOf, shapeField } from './rule-node.ts';
import type { RuleNode, ShapedField } from './rule-node.ts';
import { FaultAt, GroupFields } from './schema-group.tsx';

/** A list of things that each have fields: one row or card a thing. */
export function SchemaList(props: { path: Path; field: ShapedField; item: RuleNode; label: string }) {
  const { path, field, item, label } = props;
  const { editor } = useEditorTools();
  const { words, language } = useSpeech();
  const { schema } = words;
  const rows = list(editor.at(path));
  const locked = editor.lockedAt(path);
  const add = (): void => editor.set([...path, rows.length], firstOf(item, rows));
  const remove = (index: number): void => {
    const left = rows.filter((_, at) => at !== index);
    editor.set(path, left.length === 0 && !field.required ? undefined : left);
  };
  return (
    <div className="field schema-list">
      <div className="field-head">
        <span className="field-title">{label}</span>
      </div>
      {field.node.hint !== undefined && <p className="field-hint">{field.node.hint[language]}</p>}
      {rows.length > 0 && (
        <ul>
          {rows.map((_, index) => (
            // An entry has no identity but its place
            <li key={index} className="list-entry">
              <div className="list-entry-fields">
                <Entry path={[...path, index]} item={item} name={schema.entry(index + 1)} />
              </div>
              {!locked && (
                <Button
                  type="text"
                  aria-label={schema.remove(`${label} · ${schema.entry(index + 1)}`)}
                  onClick={() => remove(index)}
                >
                  ✕
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <FaultAt path={path} />
      {!locked && (
        <div>
          <Button onClick={add}>{schema.add(label)}</Button>
        </div>
      )}
    </div>
  );
}

function Entry({ path, item, name }: { path: Path; item: RuleNode; name: string }) {
  const { root, drawField } = useEditorTools();
  if (item.properties !== undefined) return <GroupFields path={path} group={item} />;
  const field = shapeField(root, { name, node: item, parent: {} });
  return <>{drawField(path, { ...field, required: true })}</>;
}

/** A new entry; one with an id gets an id that no other has, one with a choice begins with its first value. */
function firstOf(item: RuleNode, rows: readonly unknown[]): unknown {
  const empty = item.oneOf === undefined ? emptyOf(item) : {};
  const { id, match } = item.properties ?? {};
  return {
    ...empty,
    ...(id === undefined ? {} : { id: `m${rows.length + 1}` }),
    ...(match?.enum?.[0] === undefined ? {} : { match: match.enum[0] }),
  };
}

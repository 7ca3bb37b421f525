import { useSpeech, useWords } from '../state/language.tsx';
import { list, object, text } from './draft.ts';
import { useEditorTools } from './editor-context.tsx';
import { labelIn } from './faults.ts';
import { emptyOf, fieldsOf, isDefault, kindOf, resolved, variantOf } from './rule-node.ts';
import { RootField, SchemaField } from './schema-field.tsx';
import { FaultAt, GroupFields, MoreSettings } from './schema-group.tsx';
import { unplacedFields } from './steps.ts';

const FIRST_WAYS = ['words', 'page', 'follow'];

/** By which words and ways people come in, and how one wins. */
export function StepWin() {
  const { win, schema } = useWords();
  const { editor, root } = useEditorTools();
  const trigger = fieldsOf(root, root.properties?.['trigger'] ?? {});
  const [first, later] = [
    trigger.filter(({ name }) => FIRST_WAYS.includes(name)),
    trigger.filter(({ name }) => !FIRST_WAYS.includes(name)),
  ];
  const given = object(editor.at(['trigger']));
  const isSet = later.some(({ name, node }) => !isDefault(node, given[name]) || editor.isFaulty(['trigger', name]));
  return (
    <>
      <MechanicChoice />
      <h3>{win.ways}</h3>
      <FaultAt path={['trigger']} />
      {first.map((field) => (
        <SchemaField key={field.name} path={['trigger', field.name]} field={field} />
      ))}
      <MoreSettings title={win.moreWays} open={isSet}>
        <div className="field-grid">
          {later.map((field) => (
            <SchemaField key={field.name} path={['trigger', field.name]} field={field} />
          ))}
        </div>
      </MoreSettings>
      <MoreSettings title={win.chained} open={list(editor.at(['chained'])).length > 0 || editor.isFaulty(['chained'])}>
        <RootField path={['chained']} />
      </MoreSettings>
      {unplacedFields(root).length > 0 && (
        <MoreSettings title={schema.more} open={unplacedFields(root).some((name) => editor.isFaulty([name]))}>
          {unplacedFields(root).map((name) => (
            <RootField key={name} path={[name]} />
          ))}
        </MoreSettings>
      )}
    </>
  );
}

/** Every mechanic of the schema as a card to choose, and what belongs to the chosen one. */
function MechanicChoice() {
  const { language, words } = useSpeech();
  const { win } = words;
  const { editor, root } = useEditorTools();
  const variants = (root.properties?.['mechanic']?.oneOf ?? []).map((one) => resolved(root, one));
  const value = editor.at(['mechanic']);
  const chosen = variantOf(variants, value);
  const firstPrize = text(object(list(editor.at(['prizes']))[0])['id']);
  const choose = (kind: string): void => {
    const variant = variants.find((one) => kindOf(one) === kind);
    if (variant === undefined || chosen === variant) return;
    // A password needs one prize chosen, so the first one is.
    const prize = variant.properties?.['prizeId'] === undefined || firstPrize === '' ? {} : { prizeId: firstPrize };
    editor.set(['mechanic'], { ...emptyOf(variant), ...prize });
  };
  return (
    <>
      <fieldset className="choices" disabled={editor.lockedAt(['mechanic'])}>
        <legend>{win.kind}</legend>
        {variants.map((one) => {
          const kind = kindOf(one);
          return (
            <label key={kind} className={one === chosen ? 'choice choice-now' : 'choice'}>
              <input type="radio" name="kind" checked={one === chosen} onChange={() => choose(kind)} />
              <span>
                <strong>{one.label === undefined ? kind : labelIn(one.label, language)}</strong>
                {win.kindTexts[kind] !== undefined && <span className="quiet">{win.kindTexts[kind]}</span>}
              </span>
            </label>
          );
        })}
      </fieldset>
      <FaultAt path={['mechanic']} />
      {chosen !== undefined && <GroupFields path={['mechanic']} group={chosen} hide={['blankTickets']} />}
    </>
  );
}

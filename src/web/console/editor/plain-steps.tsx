import { useWords } from '../state/language.tsx';
import { object } from './draft.ts';
import { useEditorTools } from './editor-context.tsx';
import { fieldsOf, isDefault } from './rule-node.ts';
import { anySet, RootField, RootFields, SchemaField } from './schema-field.tsx';
import { FaultAt, MoreSettings } from './schema-group.tsx';

const FIRST_LIMITS = ['drawsPerPersonPerDay', 'drawsPerPerson', 'winsPerPerson', 'winsPerDay'];
/** These are about money, and stand there. */
const MONEY_LIMITS = ['budgetFenPerDay', 'budgetFenPerPerson'];

/** Who may take part, and how often. */
export function StepWho() {
  const { who, schema } = useWords();
  const { editor, root } = useEditorTools();
  const limits = fieldsOf(root, root.properties?.['limits'] ?? {}).map(({ name }) => name);
  const later = limits.filter((name) => !FIRST_LIMITS.includes(name) && !MONEY_LIMITS.includes(name));
  const { shadow } = object(editor.at(['who']));
  return (
    <>
      <RootField path={['who', 'must']} />
      {(editor.at(['who', 'must']) ?? null) !== null && <RootField path={['who', 'text']} />}
      <h3>{who.often}</h3>
      <p className="quiet">{editor.at(['mechanic', 'kind']) === 'check-in' ? who.checkInLead : who.lead}</p>
      <RootFields of="limits" names={FIRST_LIMITS} />
      <MoreSettings
        title={schema.more}
        open={anySet(editor.at(['limits']), later) || (shadow ?? null) !== null || editor.isFaulty(['who', 'shadow'])}
      >
        <RootFields of="limits" names={later} />
        <RootField path={['who', 'shadow']} />
      </MoreSettings>
    </>
  );
}

/** Texts that only some activities ever say. */
const CHECK_IN_TEXTS = ['checkedIn', 'checkedInToday', 'noCard', 'nothingToMakeUp'];
const FIRST_TEXTS = ['win', 'lose', 'limit', 'soldOut', 'closed'];

/** What followers are told, and what stands on the packet. */
export function StepTexts() {
  const { texts, schema } = useWords();
  const { editor, root } = useEditorTools();
  const isCheckIn = JSON.stringify([editor.at(['mechanic']), editor.at(['chained'])]).includes('"check-in"');
  const first = isCheckIn ? [...FIRST_TEXTS, 'checkedIn'] : FIRST_TEXTS;
  const fields = fieldsOf(root, root.properties?.['texts'] ?? {});
  const later = fields.filter(({ name }) => !first.includes(name) && (isCheckIn || !CHECK_IN_TEXTS.includes(name)));
  const isSet = later.some(({ name, node }) => !isDefault(node, editor.at(['texts', name])));
  return (
    <>
      <h3>{texts.repliesTitle}</h3>
      {fields
        .filter(({ name }) => first.includes(name))
        .map((field) => (
          <SchemaField key={field.name} path={['texts', field.name]} field={field} />
        ))}
      <MoreSettings title={schema.more} open={isSet || later.some(({ name }) => editor.isFaulty(['texts', name]))}>
        {later.map((field) => (
          <SchemaField key={field.name} path={['texts', field.name]} field={field} />
        ))}
      </MoreSettings>
      <h3>{texts.packetTitle}</h3>
      <p className="quiet">{texts.packetHint}</p>
      {['wishing', 'activityName', 'remark'].map((name) => (
        <RootField key={name} path={['packet', name]} />
      ))}
    </>
  );
}

/** How the activity's page looks, with the page itself beside it. */
export function StepLook() {
  const { look, schema } = useWords();
  const { editor, root } = useEditorTools();
  const first = ['play', 'theme', 'title', 'subtitle'];
  const later = fieldsOf(root, root.properties?.['look'] ?? {})
    .map(({ name }) => name)
    .filter((name) => !first.includes(name));
  return (
    <>
      <p className="quiet">{editor.at(['trigger', 'page']) === true ? look.lead : look.noPage}</p>
      <FaultAt path={['look']} />
      <RootFields of="look" names={first} />
      <MoreSettings title={schema.more} open={anySet(editor.at(['look']), later) || editor.isFaulty(['look'])}>
        <RootFields of="look" names={later} />
      </MoreSettings>
    </>
  );
}

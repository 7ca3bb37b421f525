import { Alert, Button } from 'antd';
import { useWords } from '../state/language.tsx';
import { ChoiceField, LineField } from './account-field.tsx';
import { kindOf, withKind } from './menu-draft.ts';
import type { MenuItem, MenuKind, MenuPlace } from './menu-draft.ts';
import type { ActivityOptions } from './use-activity-options.ts';

const NAME_BYTES = { top: 16, below: 60 };

interface Props {
  readonly item: MenuItem;
  readonly place: MenuPlace;
  readonly activities: ActivityOptions;
  readonly editable: boolean;
  readonly faultAt: (field: string) => string | undefined;
  readonly onChange: (item: MenuItem) => void;
  readonly onRemove: () => void;
}

/** The name of a button and what a tap does. */
export function MenuItemForm({ item, place, activities, editable, faultAt, onChange, onRemove }: Props) {
  const { menu: words } = useWords();
  const kind = kindOf(item);
  const kinds: readonly MenuKind[] = [
    'click',
    'page',
    'view',
    ...(place.below === null ? (['group'] as const) : []),
    ...(kind === 'kept' ? (['kept'] as const) : []),
  ];
  return (
    <div className="stack menu-form">
      <LineField
        label={words.name}
        bytesMax={place.below === null ? NAME_BYTES.top : NAME_BYTES.below}
        fault={faultAt('name')}
        disabled={!editable}
        value={item.name}
        onChange={(name) => onChange({ ...item, name })}
      />
      <ChoiceField
        label={words.leads}
        fault={faultAt('type')}
        disabled={!editable}
        value={kind}
        options={kinds.map((value) => ({ value, label: words.kinds[value] }))}
        onChange={(next) => next !== kind && onChange(withKind(item, next, activities.options[0]?.value ?? ''))}
      />
      {kind === 'view' && (
        <LineField
          label={words.url}
          hint={words.urlHint}
          fault={faultAt('url')}
          disabled={!editable}
          value={item.url ?? ''}
          onChange={(url) => onChange({ ...item, url: url.trim() })}
        />
      )}
      {(kind === 'page' || kind === 'click') && (
        <ChoiceField
          label={words.activity}
          hint={kind === 'click' ? words.clickHint : undefined}
          fault={faultAt('activityId')}
          disabled={!editable}
          value={item.activityId ?? ''}
          options={activities.options}
          onChange={(activityId) => onChange({ ...item, activityId })}
        />
      )}
      {kind === 'group' && <p className="quiet">{words.groupHint}</p>}
      {kind === 'kept' && <Alert type="info" showIcon title={words.kept} />}
      {editable && (
        <div>
          <Button danger type="text" onClick={onRemove}>
            {words.remove(item.name)}
          </Button>
        </div>
      )}
    </div>
  );
}

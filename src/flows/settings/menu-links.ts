import type { ActivityId } from '../../base/ids.ts';
import type { MenuAction, MenuButton } from '../ports/menus.ts';
import type { FieldFault } from './account-checks.ts';
import { activityMenuKey } from './menu-key.ts';

/** An activity that a button may lead to. */
export interface LinkableActivity {
  readonly id: ActivityId;
  readonly slug: string;
}

/** A draft's buttons as WeChat takes them, or what is wrong with their links. */
interface ResolvedMenu {
  readonly buttons: unknown;
  readonly faults: readonly FieldFault[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Returns every activity that buttons from outside name. */
export function linkedActivityIds(buttons: unknown): readonly string[] {
  return eachAction(buttons).flatMap(({ fields }) => {
    const id = fields['activityId'];
    return typeof id === 'string' ? [id] : [];
  });
}

/**
 * Puts addresses and keys in the place of activities: a `view` button opens the activity's page, a `click` button draws
 * as if its keyword was sent. Whatever else is wrong with the buttons is left for `Menus.check`.
 */
export function resolveLinks(
  buttons: unknown,
  activities: ReadonlyMap<string, LinkableActivity>,
  pageUrl: (slug: string) => string,
): ResolvedMenu {
  const faults: FieldFault[] = [];
  const resolved = mapActions(buttons, (fields, path) => {
    if (!('activityId' in fields)) return fields;
    const { activityId, ...rest } = fields;
    const activity = typeof activityId === 'string' ? activities.get(activityId) : undefined;
    const field = rest['type'] === 'view' ? 'url' : 'key';
    if (activity === undefined) {
      faults.push({ path: `${path}.activityId`, message: 'is no activity of this account' });
    } else if (rest['type'] !== 'view' && rest['type'] !== 'click') {
      faults.push({ path: `${path}.type`, message: 'must be view (the page) or click (a draw) with an activity' });
    } else if (field in rest) {
      faults.push({ path: `${path}.${field}`, message: 'must not be: the activity says it' });
    }
    const target = activity?.slug ?? 'none';
    return { ...rest, [field]: field === 'url' ? pageUrl(target) : activityMenuKey(target) };
  });
  return { buttons: resolved, faults };
}

/** Puts the activities of a draft back into its checked buttons, which drops every field that no button has. */
export function withLinks(draft: unknown, checked: readonly MenuButton[]): readonly unknown[] {
  const links = new Map(eachAction(draft).map(({ path, fields }) => [path, fields['activityId']]));
  const named = mapActions(checked, (fields, path) => {
    const activityId = links.get(path);
    if (activityId === undefined) return fields;
    const { name, type } = fields;
    return { name, type, activityId };
  });
  return Array.isArray(named) ? named : [];
}

/** Returns every button that does something, with its path as `Menus.check` names it. */
export function actionsOf(buttons: readonly MenuButton[]): readonly { path: string; action: MenuAction }[] {
  return buttons.flatMap((button, index) => {
    const path = `button[${index}]`;
    if (!('sub_button' in button)) return [{ path, action: button }];
    return button.sub_button.map((action, below) => ({ path: `${path}.sub_button[${below}]`, action }));
  });
}

function eachAction(buttons: unknown): readonly { readonly path: string; readonly fields: Fields }[] {
  const found: { path: string; fields: Fields }[] = [];
  mapActions(buttons, (fields, path) => {
    found.push({ path, fields });
    return fields;
  });
  return found;
}

/** Two levels, as menus have; what is no button is passed as it is. */
function mapActions(buttons: unknown, change: (fields: Fields, path: string) => Fields): unknown {
  const level = (list: unknown, prefix: string, below: boolean): unknown => {
    if (!Array.isArray(list)) return list;
    return list.map((button: unknown, index) => {
      const path = `${prefix}[${index}]`;
      if (!isFields(button)) return button;
      const inner = button['sub_button'];
      if (below || !Array.isArray(inner) || inner.length === 0) return change(button, path);
      return { ...button, sub_button: level(inner, `${path}.sub_button`, true) };
    });
  };
  return level(buttons, 'button', false);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

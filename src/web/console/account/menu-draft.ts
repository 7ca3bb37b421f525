/** A button of a menu's draft as the API takes it; fields not known here are kept. */
export interface MenuItem {
  readonly name: string;
  readonly type?: string;
  readonly url?: string;
  readonly activityId?: string;
  readonly sub_button?: readonly MenuItem[];
  readonly [more: string]: unknown;
}

/** Which button: its place at the top, and below that one. */
export interface MenuPlace {
  readonly top: number;
  readonly below: number | null;
}

/** What a tap does: opens an address, an activity's page, draws, opens buttons, or what this editor does not know. */
export type MenuKind = 'view' | 'page' | 'click' | 'group' | 'kept';

export const TOP_MAX = 3;
export const BELOW_MAX = 5;

export function kindOf(item: MenuItem): MenuKind {
  if (item.sub_button !== undefined && item.sub_button.length > 0) return 'group';
  if (item.type === 'view') return item.activityId === undefined ? 'view' : 'page';
  return item.type === 'click' && item.activityId !== undefined ? 'click' : 'kept';
}

/** Makes a button do something else. */
export function withKind({ name }: MenuItem, kind: MenuKind, activityId: string): MenuItem {
  switch (kind) {
    case 'view':
      return { name, type: 'view', url: '' };
    case 'page':
      return { name, type: 'view', activityId };
    case 'click':
      return { name, type: 'click', activityId };
    case 'group':
    case 'kept':
      return { name, sub_button: [{ name: '', type: 'view', url: '' }] };
  }
}

export function itemAt(items: readonly MenuItem[], { top, below }: MenuPlace): MenuItem | undefined {
  const item = items[top];
  return below === null ? item : item?.sub_button?.[below];
}

/** The path by which the service names faults of a button. */
export function pathOf({ top, below }: MenuPlace): string {
  return below === null ? `button[${top}]` : `button[${top}].sub_button[${below}]`;
}

/** Puts a button in a place; null takes it out, and a group without buttons becomes one that opens an address. */
export function withItem(items: readonly MenuItem[], place: MenuPlace, item: MenuItem | null): readonly MenuItem[] {
  if (place.below === null) return replaced(items, place.top, item);
  const parent = items[place.top];
  if (parent === undefined) return items;
  const inner = replaced(parent.sub_button ?? [], place.below, item);
  const after = inner.length === 0 ? withKind(parent, 'view', '') : { ...parent, sub_button: inner };
  return replaced(items, place.top, after);
}

function replaced(items: readonly MenuItem[], index: number, item: MenuItem | null): readonly MenuItem[] {
  return [...items.slice(0, index), ...(item === null ? [] : [item]), ...items.slice(index + 1)];
}

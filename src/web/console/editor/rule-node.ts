import { list, object } from './draft.ts';
import type { Json } from './draft.ts';

interface Name {
  readonly zh: string;
  readonly en: string;
}

/** A place of the rule's schema, as the service serves it for forms. */
export interface RuleNode {
  readonly label?: Name;
  readonly hint?: Name;
  readonly choices?: Readonly<Record<string, Name>>;
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, RuleNode>>;
  readonly required?: readonly string[];
  readonly items?: RuleNode;
  readonly oneOf?: readonly RuleNode[];
  readonly anyOf?: readonly RuleNode[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, RuleNode>>;
}

/** How a place is edited. */
export type Shape =
  | { readonly kind: 'switch' | 'money' | 'time' | 'count' | 'prize' | 'mechanic' | 'colour' | 'picture' }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'text'; readonly most: number | null }
  | { readonly kind: 'count-or-all'; readonly all: string }
  | { readonly kind: 'tags'; readonly item: RuleNode }
  | { readonly kind: 'list'; readonly item: RuleNode }
  | { readonly kind: 'group'; readonly node: RuleNode }
  | { readonly kind: 'kinds'; readonly variants: readonly RuleNode[] };

/** A field with its shape. `nullable`: it may be left empty by null. */
export interface ShapedField {
  readonly name: string;
  readonly node: RuleNode;
  readonly shape: Shape;
  readonly nullable: boolean;
  readonly required: boolean;
}

/** Names of fields that hold the path of a picture. */
const PICTURE_FIELDS = new Set(['logo', 'picture']);

/** Names of fields that hold the id of one of the rule's mechanics. */
const MECHANIC_FIELDS = new Set(['in', 'leadsTo']);

/** Follows references; a reference that leads nowhere is an empty node. */
export function resolved(root: RuleNode, node: RuleNode): RuleNode {
  if (node.$ref === undefined) return node;
  const found = root.$defs?.[node.$ref.split('/').at(-1) ?? ''];
  return found === undefined ? {} : { ...found, ...(node.label === undefined ? {} : { label: node.label }) };
}

/** Says how a field is edited, by its schema and, where that does not tell, by its name. */
export function shapeField(
  root: RuleNode,
  { name, node, parent }: { readonly name: string; readonly node: RuleNode; readonly parent: RuleNode },
): ShapedField {
  const { bare, nullable } = withoutNull(root, node);
  const shape = shapeOf(root, bare, { name, inLeads: parent === root.properties?.['trigger']?.properties?.['leads'] });
  const required = (parent.required ?? []).includes(name);
  return { name, node, shape, nullable, required };
}

/** Every field of a group in the order of the schema; what tells one kind from another is none. */
export function fieldsOf(root: RuleNode, group: RuleNode): readonly ShapedField[] {
  return Object.entries(group.properties ?? {})
    .filter(([name, node]) => !(name === 'kind' && node.const !== undefined))
    .map(([name, node]) => shapeField(root, { name, node, parent: group }));
}

/** The kind that a variant is of. */
export function kindOf(variant: RuleNode): string {
  return variant.properties?.['kind']?.const ?? '';
}

function withoutNull(root: RuleNode, node: RuleNode): { readonly bare: RuleNode; readonly nullable: boolean } {
  if (Array.isArray(node.type) && node.type.includes('null')) {
    return { bare: { ...node, type: node.type.find((one) => one !== 'null') }, nullable: true };
  }
  const among = node.anyOf ?? [];
  const others = among.filter((one) => one.type !== 'null');
  const [only, ...more] = others;
  if (only === undefined || others.length === among.length) return { bare: resolved(root, node), nullable: false };
  return { bare: more.length === 0 ? resolved(root, only) : { ...node, anyOf: others }, nullable: true };
}

function shapeOf(
  root: RuleNode,
  node: RuleNode,
  { name, inLeads }: { readonly name: string; readonly inLeads: boolean },
): Shape {
  if (node.oneOf !== undefined) return { kind: 'kinds', variants: node.oneOf.map((one) => resolved(root, one)) };
  if (node.enum !== undefined) return { kind: 'choice', values: node.enum };
  const all = node.anyOf?.find((one) => typeof one.const === 'string')?.const;
  if (all !== undefined) return { kind: 'count-or-all', all };
  if (name === 'prizeId') return { kind: 'prize' };
  if ((MECHANIC_FIELDS.has(name) || inLeads) && node.type === 'string') return { kind: 'mechanic' };
  switch (node.type) {
    case 'boolean':
      return { kind: 'switch' };
    case 'integer':
      return { kind: /Fen(?:Per[A-Z]\w*)?$/.test(name) ? 'money' : name.endsWith('Ms') ? 'time' : 'count' };
    case 'array': {
      const item = resolved(root, node.items ?? {});
      return item.properties === undefined && item.oneOf === undefined
        ? { kind: 'tags', item }
        : { kind: 'list', item };
    }
    case 'object':
      return { kind: 'group', node };
    default:
      if (PICTURE_FIELDS.has(name)) return { kind: 'picture' };
      return name === 'brandColour' ? { kind: 'colour' } : { kind: 'text', most: node.maxLength ?? null };
  }
}

/** A thing of a kind with nothing but its defaults: what a form begins with. */
export function emptyOf(variant: RuleNode): Json {
  const kind = kindOf(variant);
  const needed = (variant.required ?? []).flatMap((name) => {
    const node = variant.properties?.[name];
    if (name === 'kind' || node === undefined) return [];
    if (node.type === 'array') return [[name, []] as const];
    return node.type === 'object' ? [[name, {}] as const] : [];
  });
  return { ...(kind === '' ? {} : { kind }), ...Object.fromEntries(needed) };
}

/** Says whether a value is no other than what the schema takes for granted. */
export function isDefault(node: RuleNode, value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value) && value.length === 0) return true;
  if (typeof value === 'object' && !Array.isArray(value)) {
    return Object.entries(object(value)).every(([name, one]) => isDefault(node.properties?.[name] ?? {}, one));
  }
  return node.default !== undefined && JSON.stringify(node.default) === JSON.stringify(value);
}

/** The variant that a value is of, if any. */
export function variantOf(variants: readonly RuleNode[], value: unknown): RuleNode | undefined {
  const { kind } = object(value);
  return variants.find((one) => kindOf(one) === kind);
}

/** The node at a path of the schema, following each choice that the draft takes; undefined where there is none. */
export function nodeAt(root: RuleNode, draft: unknown, path: readonly string[]): RuleNode | undefined {
  let node: RuleNode | undefined = root;
  let value = draft;
  for (const name of path) {
    if (node === undefined) return undefined;
    const { bare }: { readonly bare: RuleNode } = withoutNull(root, resolved(root, node));
    const at: RuleNode =
      bare.oneOf === undefined
        ? bare
        : (variantOf(
            bare.oneOf.map((one) => resolved(root, one)),
            value,
          ) ?? {});
    node = at.properties?.[name] ?? (at.type === 'array' ? at.items : undefined);
    value = Array.isArray(value) ? list(value)[Number(name)] : object(value)[name];
  }
  return node;
}

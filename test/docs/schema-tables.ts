import { z } from 'zod';

/** As much of JSON Schema (2020-12) as zod writes for a rule. */
export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly const?: string | number | boolean;
  readonly enum?: readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly oneOf?: readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
}

/** One field of an object, at any depth. */
export interface FieldRow {
  /** Where it stands: `milestones[].prizeId`, and `leadsTo.in` (draw) in one kind of several. */
  readonly field: string;
  readonly type: string;
  readonly default: string;
  readonly limits: string;
  readonly description: string;
}

/** Returns the JSON Schema of what may be written for a zod schema: fields with a default may be left out. */
export function inputSchema(schema: z.ZodType): SchemaNode {
  return z.toJSONSchema(schema, { io: 'input' }) as SchemaNode;
}

/** Returns the kinds that a node tells apart by `kind`, or none. */
export function kindsOf(node: SchemaNode): readonly { readonly kind: string; readonly node: SchemaNode }[] {
  return (node.oneOf ?? []).flatMap((one) => {
    const kind = one.properties?.['kind'];
    const names = kind?.enum ?? (typeof kind?.const === 'string' ? [kind.const] : []);
    return names.map((name) => ({ kind: name, node: one }));
  });
}

/** Lists the fields of an object, each followed by those inside it. The `kind` that tells kinds apart is left out. */
export function fieldRows(object: SchemaNode, prefix = '', suffix = ''): readonly FieldRow[] {
  return Object.entries(object.properties ?? {}).flatMap(([name, node]) => {
    if (name === 'kind' && node.const !== undefined) return [];
    const field = `${prefix}${name}`;
    const must = object.required?.includes(name) === true && node.default === undefined;
    const row: FieldRow = {
      field: `\`${field}\`${suffix}`,
      type: typeOf(node),
      default: must ? 'required' : defaultOf(node),
      limits: limitsOf(node),
      description: [node.title, node.description].filter(Boolean).join(': '),
    };
    return [row, ...insideRows(node, field, suffix)];
  });
}

/** Names every field without a description, at any depth. */
export function undescribed(node: SchemaNode, path: string): readonly string[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([name, field]) => [
    ...(field.description === undefined && name !== 'kind' ? [`${path}.${name}`] : []),
    ...undescribed(field, `${path}.${name}`),
  ]);
  const kinds = [...(node.oneOf ?? []), ...(node.anyOf ?? [])].flatMap((one) =>
    undescribed(one, `${path}${kindName(one)}`),
  );
  const named = Object.entries(node.$defs ?? {}).flatMap(([name, one]) => undescribed(one, name));
  return [...own, ...kinds, ...(node.items === undefined ? [] : undescribed(node.items, `${path}[]`)), ...named];
}

function kindName({ properties }: SchemaNode): string {
  const kind = properties?.['kind']?.const;
  return kind === undefined ? '' : `(${kind})`;
}

/** A mechanic, a prize or a condition inside another has a chapter of its own. */
const CHAPTER_MIN = 3;

function insideRows(node: SchemaNode, field: string, suffix: string): readonly FieldRow[] {
  const plain = withoutNull(node);
  if (plain.items !== undefined) return insideRows(plain.items, `${field}[]`, suffix);
  const kinds = kindsOf(plain);
  if (kinds.length >= CHAPTER_MIN) return [];
  if (kinds.length > 0) {
    return kinds.flatMap(({ kind, node: one }) => fieldRows(one, `${field}.`, ` (${kind})`));
  }
  return fieldRows(plain, `${field}.`, suffix);
}

function withoutNull(node: SchemaNode): SchemaNode {
  const others = (node.anyOf ?? []).filter(({ type }) => type !== 'null');
  return node.anyOf !== undefined && others.length === 1 ? (others[0] ?? node) : node;
}

function isNullable(node: SchemaNode): boolean {
  if (Array.isArray(node.type)) return node.type.includes('null');
  return (node.anyOf ?? []).some(({ type }) => type === 'null');
}

function typeOf(node: SchemaNode): string {
  const plain = withoutNull(node);
  return isNullable(node) ? `${plainType(plain)} or null` : plainType(plain);
}

function plainType(node: SchemaNode): string {
  if (node.$ref !== undefined) return `a ${node.$ref.split('/').at(-1)?.toLowerCase()}`;
  const kinds = kindsOf(node).map(({ kind }) => `\`${kind}\``);
  if (kinds.length > 0) return `one of ${kinds.join(', ')}`;
  if (node.enum !== undefined) return node.enum.map((value) => `\`${value}\``).join(', ');
  if (node.const !== undefined) return `\`${node.const}\``;
  if (node.anyOf !== undefined && node.anyOf.length > 0) return node.anyOf.map(plainType).join(' or ');
  const name = typeof node.type === 'string' ? node.type : (node.type?.find((one) => one !== 'null') ?? 'anything');
  const words: Readonly<Record<string, string>> = { integer: 'whole number', string: 'text', boolean: 'yes or no' };
  if (name === 'array') return node.items === undefined ? 'list' : `list of ${plainType(node.items)}`;
  return words[name] ?? name;
}

function defaultOf(node: SchemaNode): string {
  if (node.default === undefined) return '-';
  return typeof node.default === 'boolean' ? (node.default ? 'yes' : 'no') : `\`${JSON.stringify(node.default)}\``;
}

function limitsOf(node: SchemaNode): string {
  const plain = withoutNull(node);
  const parts = [
    between(plain.minimum, plain.maximum, ''),
    between(plain.minLength, plain.maxLength, ' characters'),
    between(plain.minItems, plain.maxItems, ' entries'),
    plain.items === undefined || plain.items.properties !== undefined ? '' : limitsOf(plain.items),
    plain.pattern === undefined ? '' : `\`${plain.pattern.replaceAll('|', '\\|')}\``,
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function between(least: number | undefined, most: number | undefined, unit: string): string {
  const bounded = most !== undefined && most < Number.MAX_SAFE_INTEGER;
  if (least === undefined && !bounded) return '';
  if (!bounded) return `at least ${least?.toLocaleString('en')}${unit}`;
  if (least === undefined) return `at most ${most.toLocaleString('en')}${unit}`;
  return `${least.toLocaleString('en')} to ${most.toLocaleString('en')}${unit}`;
}

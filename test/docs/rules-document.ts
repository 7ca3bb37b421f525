import { format, resolveConfig } from 'prettier';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { CHAIN_EXAMPLES, MECHANIC_EXAMPLES } from './rule-examples.ts';
import type { ExamplePlay, RuleExample } from './rule-examples.ts';
import { MECHANIC_INTRODUCTIONS, PART_INTRODUCTIONS } from './rule-introductions.ts';
import { fieldRows, inputSchema, kindsOf } from './schema-tables.ts';
import type { SchemaNode } from './schema-tables.ts';

/** Where the document stands. */
export const RULES_DOCUMENT = new URL('../../docs/rules.md', import.meta.url);

const HEAD = `# Rules of activities

<!-- Made by \`npm run docs:rules\` from the schemas and examples; do not edit. -->

A rule is data: what operators edit in the console, what a published version freezes, what the engine decides by. Amounts are whole fen (100 fen are one yuan), times are Unix milliseconds,
days are Beijing days. The same facts and the same luck always give the same decision, and every draw keeps a trace that says what was looked at.

Every example below is published and played by a test, on a real database too.`;

/** Returns the documentation of rules, as it should stand on disk. */
export async function rulesDocument(): Promise<string> {
  const rule = inputSchema(activityRuleSchema);
  const parts = Object.entries(rule.properties ?? {});
  const sections = parts.flatMap(([name, node]) => (isPart(node) ? partSection(name, node, rule) : []));
  const text = [HEAD, '## The whole rule', wholeTable(rule), ...sections, ...chains()].join('\n\n');
  const settings = (await resolveConfig(RULES_DOCUMENT.pathname)) ?? {};
  return format(text, { ...settings, parser: 'markdown' });
}

/** A part with fields of its own has a chapter. */
function isPart(node: SchemaNode): boolean {
  return node.properties !== undefined || node.oneOf !== undefined || node.items?.oneOf !== undefined;
}

function wholeTable(rule: SchemaNode): string {
  const rows = fieldRows(rule).filter(({ field }) => !/[.[]/.test(field));
  return table(
    rows.map((row) => {
      const name = row.field.replaceAll('`', '');
      const part = rule.properties?.[name];
      return part !== undefined && isPart(part)
        ? { ...row, type: `[below](#${name})`, default: shortDefault(row) }
        : row;
    }),
  );
}

function shortDefault(row: { readonly default: string }): string {
  return row.default === 'required' ? 'required' : 'as below';
}

function partSection(name: string, node: SchemaNode, rule: SchemaNode): readonly string[] {
  const lines = [`## \`${name}\``, `${node.description ?? ''}.`, PART_INTRODUCTIONS[name] ?? ''];
  if (name === 'mechanic') return [...lines, ...kindsOf(node).flatMap(mechanicSection)];
  if (node.properties !== undefined) lines.push(table(fieldRows(node)));
  if (node.items !== undefined) lines.push(...kindsOf(node.items).flatMap(kindSection));
  if (name === 'who') lines.push(...conditionSections(rule));
  return lines;
}

function mechanicSection({ kind, node }: { readonly kind: string; readonly node: SchemaNode }): readonly string[] {
  const examples = MECHANIC_EXAMPLES.filter(({ shows }) => shows === kind);
  return [`### ${kind}`, MECHANIC_INTRODUCTIONS[kind] ?? '', table(fieldRows(node)), ...examples.flatMap(example)];
}

function kindSection({ kind, node }: { readonly kind: string; readonly node: SchemaNode }): readonly string[] {
  const rows = fieldRows(node);
  const says = node.description === undefined ? [] : [`${node.description}.`];
  return [`### ${kind}`, ...says, ...(rows.length === 0 ? [] : [table(rows)])];
}

function conditionSections({ $defs }: SchemaNode): readonly string[] {
  const condition = $defs?.['Condition'];
  return condition === undefined ? [] : kindsOf(condition).flatMap(kindSection);
}

function chains(): readonly string[] {
  const says = `A gain that is no prize leads on: \`draw\` plays another mechanic at once, in the same decision; \`chances\` gives chances to draw later. A draw goes through
three mechanics at most and ends at its first prize.`;
  return ['## Chains', says, ...CHAIN_EXAMPLES.flatMap(example)];
}

function example({ title, says, rule, plays }: RuleExample): readonly string[] {
  const json = `\`\`\`json\n${JSON.stringify(rule, null, 2)}\n\`\`\``;
  return [`#### Example: ${title}`, says, json, 'What happens:', playTable(plays)];
}

function playTable(plays: readonly ExamplePlay[]): string {
  const rows = plays.map(({ person, day, by, tickets = [], said, ends }) => {
    const ticket = tickets.join(', ') || '-';
    return `| ${person} | ${day + 1} | ${by}${said === undefined ? '' : ` ${said}`} | ${ticket} | \`${ends}\` |`;
  });
  return ['| person | day | comes by | ticket | ends with |', '| - | - | - | - | - |', ...rows].join('\n');
}

function table(rows: ReturnType<typeof fieldRows>): string {
  const lines = rows.map(
    (row) => `| ${row.field} | ${row.type} | ${row.default} | ${row.limits} | ${cellText(row.description)} |`,
  );
  return ['| field | type | default | limits | what it means |', '| - | - | - | - | - |', ...lines].join('\n');
}

function cellText(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '\\<');
}

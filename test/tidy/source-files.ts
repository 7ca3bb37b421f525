import { globSync, readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';

/** One import or re-export of a file. */
export interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
  readonly line: number;
}

/** A piece of text in the source: a string or a template's fixed part. */
export interface Text {
  readonly value: string;
  readonly line: number;
}

/** A function and how many lines it takes. */
export interface FunctionSize {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

/** What the house rules look at in a file. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly texts: readonly Text[];
  readonly functions: readonly FunctionSize[];
  readonly identifiers: ReadonlyMap<string, number>;
  readonly awaits: readonly number[];
  readonly defaultExports: readonly number[];
  readonly starExports: readonly number[];
}

type Node = { readonly type: string; readonly start: number; readonly end: number } & Record<string, unknown>;

const ROOT = new URL('../../', import.meta.url).pathname;
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** Reads and parses every TypeScript file under the folders given, paths relative to the project. */
export function readSourceFiles(...folders: string[]): readonly SourceFile[] {
  const paths = folders.flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx}`, { cwd: ROOT }));
  return paths.toSorted().map((path) => readSource(path, readFileSync(`${ROOT}${path}`, 'utf8')));
}

/** Parses one file's text. Throws when it is not TypeScript. */
export function readSource(path: string, text: string): SourceFile {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  const lineOf = lineCounter(text);
  const found = {
    imports: [] as Import[],
    texts: [] as Text[],
    functions: [] as FunctionSize[],
    identifiers: new Map<string, number>(),
    awaits: [] as number[],
    defaultExports: [] as number[],
    starExports: [] as number[],
  };
  visit(program as unknown as Node, (node) => {
    const line = lineOf(node.start);
    if (FUNCTIONS.has(node.type)) {
      found.functions.push({ name: nameOf(node), line, lines: lineOf(node.end) - line + 1 });
    }
    noteModule(node, line, found);
    if (node.type === 'Literal' && typeof node['value'] === 'string') found.texts.push({ value: node['value'], line });
    if (node.type === 'TemplateElement')
      found.texts.push({ value: String((node['value'] as { raw: string }).raw), line });
    if (node.type === 'Identifier') found.identifiers.set(String(node['name']), line);
    if (node.type === 'MemberExpression') noteMember(node, line, found.identifiers);
    if (node.type === 'AwaitExpression') found.awaits.push(line);
  });
  return { path, text, lines: text.split('\n').length - 1, ...found };
}

function noteModule(
  node: Node,
  line: number,
  found: { imports: Import[]; defaultExports: number[]; starExports: number[] },
): void {
  if (node.type === 'ExportDefaultDeclaration') found.defaultExports.push(line);
  if (node.type === 'ExportAllDeclaration') found.starExports.push(line);
  const source = node['source'] as { value?: unknown } | null | undefined;
  if (typeof source?.value !== 'string' || !/^(Import|Export|TSImportType)/.test(node.type)) return;
  const kind = node['importKind'] ?? node['exportKind'];
  found.imports.push({ from: source.value, typeOnly: kind === 'type' || node.type === 'TSImportType', line });
}

function noteMember(node: Node, line: number, identifiers: Map<string, number>): void {
  const object = node['object'] as Node;
  const property = node['property'] as Node;
  if (object.type === 'Identifier') identifiers.set(`${String(object['name'])}.${String(property['name'])}`, line);
}

function nameOf(node: Node): string {
  const id = node['id'] as { name?: string } | null | undefined;
  return id?.name ?? 'a function';
}

function visit(node: Node, see: (node: Node) => void): void {
  see(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child !== null && typeof child === 'object' && typeof (child as Node).type === 'string')
        visit(child as Node, see);
    }
  }
}

function lineCounter(text: string): (offset: number) => number {
  const ends: number[] = [];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) ends.push(at);
  return (offset) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ends[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}

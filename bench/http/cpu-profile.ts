import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `--cpu-prof` writes (https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile). */
interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds between samples. */
  readonly timeDeltas: readonly number[];
  /** Microseconds of the system's clock that never goes back. */
  readonly startTime: number;
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

/** Native work that belongs to nobody's file. */
const NATIVE: readonly (readonly [RegExp, string])[] = [
  [/^\(garbage collector\)$/, 'clearing up memory'],
  [/^\(idle\)$/, 'idle'],
  [/^(write[A-Z]\w*String|writeBuffer|writev)$/, 'writing to sockets'],
];
/** Whose file it is, looked for from the inside out. */
const OWNERS: readonly (readonly [RegExp, string])[] = [
  [/\/ioredis\/|\/src\/store\/(redis-memory|gathered-script)/, 'Redis'],
  [/\/pg(-\w+)?\/|\/src\/store\//, 'batches and PostgreSQL'],
  [/\/src\/(rules|flows\/draw-batcher)/, 'deciding draws'],
  [/\/pino\/|\/prom-client\/|\/src\/(logging|metrics)/, 'log and metrics'],
  [/\/src\/wechat\/|\/src\/base\/(flat-)?xml/, 'opening messages, rendering replies'],
  [/\/src\/flows\//, 'choosing the answer'],
  [/\/src\/http\/|\/node_modules\//, 'the door for deliveries'],
];
const OTHERS = 'HTTP, streams and promises of Node';

/** Returns what each kind of work took of a profiled process from `fromMicros` on, in microseconds, dearest first. */
export function readCpuProfile(folder: string, fromMicros: number): ReadonlyMap<string, number> {
  const file = readdirSync(folder).find((name) => name.endsWith('.cpuprofile'));
  if (file === undefined) throw new Error('the process left no profile');
  const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile;
  const kinds = kindsOf(profile);
  const took = new Map<string, number>();
  let atMicros = profile.startTime;
  profile.samples.forEach((id, index) => {
    const micros = profile.timeDeltas[index] ?? 0;
    atMicros += micros;
    if (atMicros < fromMicros) return;
    const kind = kinds.get(id) ?? OTHERS;
    took.set(kind, (took.get(kind) ?? 0) + micros);
  });
  return new Map([...took].sort(([, one], [, other]) => other - one));
}

function kindsOf({ nodes }: CpuProfile): ReadonlyMap<number, string> {
  const parents = new Map<number, ProfileNode>();
  for (const node of nodes) for (const child of node.children ?? []) parents.set(child, node);
  return new Map(nodes.map((node) => [node.id, kindOf(node, parents)]));
}

function kindOf(node: ProfileNode, parents: ReadonlyMap<number, ProfileNode>): string {
  const native = NATIVE.find(([name]) => name.test(node.callFrame.functionName));
  if (native !== undefined) return native[1];
  for (let at: ProfileNode | undefined = node; at !== undefined; at = parents.get(at.id)) {
    const { url } = at.callFrame;
    const owner = OWNERS.find(([file]) => file.test(url));
    if (owner !== undefined) return owner[1];
  }
  return OTHERS;
}

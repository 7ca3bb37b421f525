import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'vite';
import type { InlineConfig } from 'vite';

/** One thing the build makes: a folder of sources and the folder below dist/web that holds the result. */
interface WebEntry {
  readonly name: 'h5' | 'console' | 'playground';
  readonly sources: string;
  /** The file the build starts from, inside `sources`. */
  readonly start: string;
  /** Documents beside it, and other folders whose sources they are made of. */
  readonly beside?: { readonly documents: readonly string[]; readonly from: readonly string[] };
  /** Where the service or the simulator serves the result. */
  readonly base: string;
  readonly jsx: 'preact' | 'react';
  readonly target: string[];
  /** The build fails when scripts and styles together weigh more, gzipped, in bytes. */
  readonly gzipMax: number;
}

/** What a build left: bytes of scripts and styles, gzipped; `built` is false when nothing had changed. */
export interface BuiltEntry {
  readonly name: WebEntry['name'];
  readonly folder: string;
  readonly built: boolean;
  readonly gzipBytes: number;
}

// Activity pages open in WeChat's own browser, also on old phones; operators and newcomers have a current one.
const ENTRIES: readonly WebEntry[] = [
  {
    name: 'h5',
    sources: 'src/web/h5',
    start: 'main.tsx',
    base: '/h5/',
    jsx: 'preact',
    target: ['es2019', 'chrome80', 'safari13'],
    gzipMax: 40_960,
  },
  {
    name: 'playground',
    sources: 'src/simulator/pages',
    start: 'index.html',
    base: '/',
    jsx: 'preact',
    target: ['es2022', 'chrome110', 'safari16'],
    gzipMax: 61_440,
  },
  {
    name: 'console',
    sources: 'src/web/console',
    start: 'index.html',
    // The editor shows the activity page itself.
    beside: { documents: ['page-preview.html'], from: ['src/web/h5'] },
    base: '/console/',
    jsx: 'react',
    target: ['es2022', 'chrome110', 'safari16'],
    gzipMax: 1_572_864,
  },
];

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMPRESSIBLE = /\.(?:js|css|html|svg|json)$/;

/**
 * Builds the browser code into `dist/web/<name>`, with gzip and brotli twins beside each file. An entry whose sources
 * did not change since its last build is left alone; one whose folder does not exist is passed over. Throws when an
 * entry weighs more than it may.
 */
export async function buildWeb(
  options: { readonly names?: readonly WebEntry['name'][]; readonly print?: (line: string) => void } = {},
): Promise<readonly BuiltEntry[]> {
  const print = options.print ?? (() => {});
  const built: BuiltEntry[] = [];
  for (const entry of ENTRIES) {
    if (options.names !== undefined && !options.names.includes(entry.name)) continue;
    if (!existsSync(path.join(ROOT, entry.sources, entry.start))) continue;
    const result = await buildEntry(entry);
    const size = `${(result.gzipBytes / 1024).toFixed(1)} KB gzip`;
    print(`web ${entry.name.padEnd(10)} ${size}${result.built ? '' : ' (unchanged)'}`);
    built.push(result);
  }
  return built;
}

async function buildEntry(entry: WebEntry): Promise<BuiltEntry> {
  const folder = path.join(ROOT, 'dist/web', entry.name);
  const stamp = await sourcesHash(entry);
  const before = await readFile(path.join(folder, '.stamp'), 'utf8').catch(() => '');
  const [hash, bytes] = before.split(' ');
  if (hash === stamp) return { name: entry.name, folder, built: false, gzipBytes: Number(bytes) };
  // Built beside and moved into place, so that a page served meanwhile never meets half a build.
  const making = `${folder}.${process.pid}`;
  await rm(making, { recursive: true, force: true });
  try {
    await build(viteConfig(entry, making));
    const gzipBytes = await compress(making);
    if (gzipBytes > entry.gzipMax) {
      throw new Error(`web ${entry.name} weighs ${gzipBytes} bytes gzipped; ${entry.gzipMax} are allowed`);
    }
    await writeFile(path.join(making, '.stamp'), `${stamp} ${gzipBytes}`);
    await moveIntoPlace(making, folder, stamp);
    return { name: entry.name, folder, built: true, gzipBytes };
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

/** Another process may be building the same at the same time: whoever is second finds the work done. */
async function moveIntoPlace(making: string, folder: string, stamp: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await rename(making, folder).catch(async (error: unknown) => {
    const other = await readFile(path.join(folder, '.stamp'), 'utf8').catch(() => '');
    if (!other.startsWith(stamp)) throw error;
  });
}

function viteConfig(entry: WebEntry, outDir: string): InlineConfig {
  const root = path.join(ROOT, entry.sources);
  return {
    root,
    base: entry.base,
    configFile: false,
    envFile: false,
    publicDir: false,
    logLevel: 'error',
    // Vite keeps its scratch files in node_modules otherwise, which a production image may not let it write to.
    cacheDir: path.join(ROOT, 'dist/.vite', entry.name),
    define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { runtime: 'automatic', importSource: entry.jsx } },
    build: {
      outDir,
      emptyOutDir: true,
      target: entry.target,
      cssTarget: entry.target.filter((target) => !target.startsWith('es')),
      manifest: 'manifest.json',
      modulePreload: false,
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 2000,
      rolldownOptions: {
        input: [entry.start, ...(entry.beside?.documents ?? [])].map((file) => path.join(root, file)),
      },
    },
  };
}

/** Writes `.gz` and `.br` beside every text file; returns the gzipped bytes of scripts and styles together. */
async function compress(folder: string): Promise<number> {
  let gzipBytes = 0;
  for (const file of await filesBelow(folder)) {
    if (!COMPRESSIBLE.test(file)) continue;
    const content = await readFile(file);
    const small = await promisify(gzip)(content, { level: 9 });
    const smaller = await promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
    await Promise.all([writeFile(`${file}.gz`, small), writeFile(`${file}.br`, smaller)]);
    if (/\.(?:js|css)$/.test(file)) gzipBytes += small.length;
  }
  return gzipBytes;
}

/** One hash over everything a build's result depends on. */
async function sourcesHash(entry: WebEntry): Promise<string> {
  const folders = [entry.sources, ...(entry.beside?.from ?? []), 'src/web/shared', 'src/http/contract'];
  const lists = await Promise.all(
    folders.map((folder) =>
      existsSync(path.join(ROOT, folder)) ? filesBelow(path.join(ROOT, folder)) : Promise.resolve([]),
    ),
  );
  const files = [fileURLToPath(import.meta.url), path.join(ROOT, 'package-lock.json'), ...lists.flat()];
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(path.relative(ROOT, file)).update(await readFile(file));
  return hash.digest('hex');
}

async function filesBelow(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const files: string[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    if ((await stat(file)).isFile()) files.push(file);
  }
  return files;
}

if (import.meta.main) await buildWeb({ print: (line) => console.log(line) });

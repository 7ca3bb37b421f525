import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const manifestSchema = z.record(
  z.string(),
  z.object({
    file: z.string(),
    isEntry: z.boolean().optional(),
    css: z.array(z.string()).optional(),
    imports: z.array(z.string()).optional(),
  }),
);

/** What a page of ours is made with. */
export interface PageAssets {
  /** Address of the script, with a hash in its name. */
  readonly scriptPath: string;
  /** Addresses of the scripts that each way to play needs beside the first one, by the play's name. */
  readonly playPaths: ReadonlyMap<string, readonly string[]>;
  /** Address of the script with what the page says in a language: `zh` or `en`. */
  readonly wordPaths: ReadonlyMap<string, string>;
  /** Address of the picture shown in a browser's tab. */
  readonly iconPath: string;
  /** The whole style sheet. It travels inside the document: one round trip less before the first paint. */
  readonly styles: string;
  /** Allows the style sheet above, our own script, pictures and API, and nothing else. */
  readonly contentSecurityPolicy: string;
  /** WeChat's own script, which makes cards of shared links; null where pages load none. */
  readonly shareScript: string | null;
}

// https://developers.weixin.qq.com/doc/service/guide/h5/jssdk.html
const SHARE_SCRIPT = '/open/js/jweixin-1.6.0.js';

/**
 * Reads what the build left in a folder served at `base`. `resUrl`: the origin of WeChat's scripts, null for none.
 * Throws when the web was not built.
 */
export function loadPageAssets(options: {
  readonly folder: string;
  readonly base: string;
  readonly resUrl: string | null;
}): PageAssets {
  let manifest: z.infer<typeof manifestSchema>;
  try {
    manifest = manifestSchema.parse(JSON.parse(readFileSync(path.join(options.folder, 'manifest.json'), 'utf8')));
  } catch (cause) {
    throw new Error(`the web pages are not built in ${options.folder}: run npm run build`, { cause });
  }
  const entry = Object.values(manifest).find((chunk) => chunk.isEntry === true);
  if (entry === undefined) throw new Error(`the build in ${options.folder} has no entry: run npm run build`);
  const styles = (entry.css ?? []).map((file) => readFileSync(path.join(options.folder, file), 'utf8')).join('\n');
  const hash = createHash('sha256').update(styles).digest('base64');
  return {
    scriptPath: `${options.base}${entry.file}`,
    playPaths: playPaths(manifest, options.base),
    wordPaths: wordPaths(manifest, options.base),
    iconPath: `${options.base}${manifest['packet.svg']?.file ?? ''}`,
    styles,
    shareScript: options.resUrl === null ? null : `${options.resUrl}${SHARE_SCRIPT}`,
    contentSecurityPolicy: [
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'sha256-${hash}'`,
      "img-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  };
}

function wordPaths(manifest: z.infer<typeof manifestSchema>, base: string): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(manifest).flatMap(([name, { file }]) => {
      const language = /^words-([a-z]+)\.ts$/.exec(name)?.[1];
      return language === undefined ? [] : [[language, `${base}${file}`] as const];
    }),
  );
}

/** A play's own script and those it is made from: asked for together, they cost one way to the server and back. */
function playPaths(manifest: z.infer<typeof manifestSchema>, base: string): ReadonlyMap<string, readonly string[]> {
  const filesOf = (name: string): readonly string[] => {
    const chunk = manifest[name];
    if (chunk === undefined || chunk.isEntry === true) return [];
    return [chunk.file, ...(chunk.imports ?? []).flatMap(filesOf)];
  };
  return new Map(
    Object.keys(manifest).flatMap((name) => {
      const play = /^plays\/([a-z-]+)\.tsx$/.exec(name)?.[1];
      return play === undefined ? [] : [[play, [...new Set(filesOf(name))].map((file) => `${base}${file}`)] as const];
    }),
  );
}

import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

export type PageFile = { contentType: string; bytes: Buffer };

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
};

/**
 * The playground's built page: `/` is index.html, everything else must be a plain name right under `/assets/`.
 * Names with a slash, a backslash, an escape or a leading dot never reach the disk. Undefined means not found.
 */
export async function readPage(pagesDir: string, path: string): Promise<PageFile | undefined> {
  const name = path === '/' ? 'index.html' : /^\/assets\/([A-Za-z0-9_-][A-Za-z0-9._-]*)$/.exec(path)?.[1];
  if (name === undefined) return undefined;
  const contentType = contentTypes[extname(name)];
  if (contentType === undefined) return undefined;
  try {
    const bytes = await readFile(path === '/' ? join(pagesDir, name) : join(pagesDir, 'assets', name));
    return { contentType, bytes };
  } catch (error) {
    if (['ENOENT', 'EISDIR', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

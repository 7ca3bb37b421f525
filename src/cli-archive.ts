import { createReadStream } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { openSealed, sealLines } from './base/sealed-lines.ts';
import { done, failed, withPool } from './cli-command.ts';
import type { Outcome } from './cli-command.ts';
import { archiveActivity } from './flows/archive/archive-activity.ts';
import { createPseudonyms } from './store/account/pseudonyms.ts';
import { createArchiveReads } from './store/exports/archive-reads.ts';

/** Writes the archive of an activity, by its address, into one file, and reads it again. Takes where, if not here. */
export async function runArchive(
  words: readonly string[],
  values: { readonly DATABASE_URL: string; readonly SECRETS_KEY: Buffer },
): Promise<Outcome> {
  const [slug, path = `${slug}.archive`, ...more] = words;
  if (slug === undefined || more.length > 0) return failed('archive takes the address of an activity, and a file');
  return withPool(values.DATABASE_URL, async (pool) => {
    const reads = createArchiveReads(pool);
    const activity = await reads.bySlug(slug);
    if (activity === undefined) return failed(`There is no activity at the address ${slug}.`);
    const pseudonyms = createPseudonyms(values.SECRETS_KEY);
    const half = `${path}.half`;
    try {
      // 0600: who won is between the organiser and whoever may ask for it.
      const lines = sealLines(archiveActivity({ reads, pseudonyms, nowMs: Date.now() }, activity));
      await writeFile(half, lines, { mode: 0o600 });
      await rename(half, path);
    } finally {
      await rm(half, { force: true });
    }
    const { counts, seal, faults } = await openSealed(linesOf(path), null);
    if (faults.length > 0) return failed(`${path} could not be read again as it was written: is the disk full?`);
    return done(
      `${path} holds ${said(counts)}`,
      `Keep this seal apart from the file and give it to verify-archive: ${seal}`,
      'Keep the file for at least two years after the activity has ended.',
    );
  });
}

/** Checks every hash of an archive and names what differs. Takes the file and, better, the seal that was noted with it. */
export async function runVerifyArchive(words: readonly string[]): Promise<Outcome> {
  const [path, seal, ...more] = words;
  if (path === undefined || more.length > 0) return failed('verify-archive takes a file, and the seal noted with it');
  if (seal !== undefined && !/^[0-9a-f]{64}$/.test(seal))
    return failed('a seal has 64 hex digits, as archive prints it');
  const opened = await openSealed(linesOf(path), seal ?? null);
  if (opened.faultsInAll > 0) {
    const rest = opened.faultsInAll - opened.faults.length;
    return failed(
      ...opened.faults.map(({ line, what }) => `DIFFERENCE in line ${line}: ${what}`),
      ...(rest > 0 ? [`and ${rest} more`] : []),
    );
  }
  const unproven = 'Without the seal noted when it was written, a file that was sealed anew is not told from it.';
  return done(
    `${path} is as it was written: ${said(opened.counts)}`,
    ...(seal === undefined ? [`Its seal is ${opened.seal}. ${unproven}`] : ['Its seal is the one you kept.']),
  );
}

function linesOf(path: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
}

function said(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ');
}

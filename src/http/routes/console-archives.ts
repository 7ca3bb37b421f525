import type { OperateArchives } from '../../flows/archive/operate-archives.ts';
import { consoleStream } from '../console-stream.ts';
import { readActivityId } from './console-activities.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface ArchiveRouteDependencies {
  readonly operateArchives: OperateArchives;
}

/** What the law wants kept of an activity for two years, as one file whose hashes `verify-archive` checks. */
export function archiveRoutes({ operateArchives }: ArchiveRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'archiveActivity',
      method: 'GET',
      path: '/activities/:id/archive',
      access: 'activities.export',
      summary:
        'The sealed archive: versions, announcements, draws under pseudonyms, awards, payouts, books; one at once',
      answer: consoleStream,
      handle: async ({ params, operator }) => {
        const { slug, lines } = await operateArchives.begin(operator, readActivityId(params));
        return { name: `${slug}.archive`, type: 'text/plain; charset=utf-8', chunks: inChunks(lines) };
      },
    }),
  ];
}

const CHUNK_BYTES = 65_536;

/** Lines are short: some hundred go out at once. */
async function* inChunks(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array, void, undefined> {
  let text = '';
  for await (const line of lines) {
    text += line;
    if (text.length < CHUNK_BYTES) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}

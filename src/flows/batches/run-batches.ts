import { OutsideTrouble } from '../../base/errors.ts';
import type { Openid, RequestKey } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { DrawAside } from '../chat/draw-aside.ts';
import type { ActivityDirectory, LiveActivity } from '../ports/draws.ts';
import type { DrawBatchStore, DueBatch } from '../ports/draw-batches.ts';
import type { Clock } from '../ports/time-and-luck.ts';

export interface RunBatches {
  /** Draws the next chunk of the batch that is due first; false when none is. Throws OutsideTrouble. */
  round(): Promise<boolean>;
  /** Removes lists that nobody confirmed within a week. */
  forgetOld(): Promise<void>;
}

// 100 draws, some ten at a time in one transaction, leave a live activity's own draws room.
const CHUNK_LINES = 100;
const AT_ONCE = 25;
const PAUSE_MS = 250;
const TROUBLE_MS = 5000;
const CLOSED_MS = 60_000;
// Longer than a chunk takes: four rounds of at most 4 s each, and what is told.
const LEASE_MS = 60_000;
const KEPT_MS = 7 * 86_400_000;
const BEFORE = '您获得一次抽奖机会';

type Line = Awaited<ReturnType<DrawBatchStore['nextLines']>>[number];

/**
 * Returns what lets the people of a confirmed list draw, in chunks. A line's draw has the key of batch and person, so a
 * chunk that is worked through again after a crash repeats nothing, and one that was cut off loses nothing.
 */
export function createRunBatches(options: {
  readonly batches: Pick<DrawBatchStore, 'claim' | 'nextLines' | 'settle' | 'putBack' | 'move' | 'forgetPrepared'>;
  readonly activities: Pick<ActivityDirectory, 'live'>;
  readonly drawAside: DrawAside;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
  readonly chunkLines?: number;
}): RunBatches {
  const { batches, activities, clock, logger, chunkLines = CHUNK_LINES } = options;

  async function work(due: DueBatch): Promise<void> {
    const activity = (await activities.live(due.account)).find(({ id }) => id === due.activity);
    if (activity === undefined || activity.paused === true) {
      const reason = activity === undefined ? 'the activity is not live' : 'the activity is paused';
      return batches.putBack(due, clock.nowMs() + CLOSED_MS, reason);
    }
    const lines = await batches.nextLines(due, chunkLines);
    if (lines.length === 0) {
      await batches.move(due, { from: ['running'], to: 'finished', nowMs: clock.nowMs() });
      return logger.info({ batch: due.id, activity: due.activity }, 'draw-batch-finished');
    }
    const { drawn, failed, trouble } = await drawLines(options, { batch: due, activity, lines });
    await batches.settle(due, { drawn, failed });
    const pauseMs = trouble === null ? PAUSE_MS : TROUBLE_MS;
    await batches.putBack(due, clock.nowMs() + pauseMs, trouble);
  }

  return {
    async round() {
      const due = await batches.claim(clock.nowMs(), LEASE_MS);
      if (due === undefined) return false;
      await work(due);
      return true;
    },
    forgetOld: () => batches.forgetPrepared(clock.nowMs() - KEPT_MS),
  };
}

/** A line's request key for ever. */
export function batchRequestKey(batch: string, openid: Openid): RequestKey {
  return `b:${batch}:${openid}` as RequestKey;
}

/** Draws for some people at a time. Outside trouble leaves the rest for later. */
async function drawLines(
  { drawAside, logger }: { readonly drawAside: DrawAside; readonly logger: Logger },
  { batch, activity, lines }: { batch: DueBatch; activity: LiveActivity; lines: readonly Line[] },
) {
  const drawn: { line: number; requestKey: string }[] = [];
  const failed: number[] = [];
  let trouble: string | null = null;
  const drawOne = async ({ line, openid }: Line): Promise<void> => {
    const key = batchRequestKey(batch.id, openid);
    try {
      await drawAside.draw({ activity, openid, key, by: 'batch', before: BEFORE, tells: 'winners' });
      drawn.push({ line, requestKey: key });
    } catch (error) {
      const fields = { batch: batch.id, line, error: String(error) };
      if (error instanceof OutsideTrouble) {
        trouble = error.code;
        logger.warn(fields, 'batch-line-put-off');
      } else {
        failed.push(line);
        logger.error(fields, 'batch-line-failed');
      }
    }
  };
  for (let from = 0; from < lines.length && trouble === null; from += AT_ONCE) {
    await Promise.all(lines.slice(from, from + AT_ONCE).map(drawOne));
  }
  return { drawn, failed, trouble };
}

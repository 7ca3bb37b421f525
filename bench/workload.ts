import { randomInt } from 'node:crypto';
import assert from 'node:assert/strict';
import type pg from 'pg';
import { openid } from '../src/base/ids.ts';
import type { Openid, RequestKey } from '../src/base/ids.ts';
import type { DrawResult, LiveActivity } from '../src/flows/ports/draws.ts';
import { renderReply } from '../src/wechat/messages/reply.ts';
import type { ActivityRuleInput } from '../src/rules/activity-rule.ts';
import { lotteryRule, publishActivity } from '../test/support/live-activity.ts';

const FOLLOWERS = 1_000_000;
const WIN_PERCENT = 20;

/** One message of one follower. */
export interface Message {
  readonly openid: Openid;
  readonly key: RequestKey;
  readonly render: (text: string) => string;
}

/** Takes a message to its committed draw, one way or another. */
export type Draw = (activity: LiveActivity, message: Message) => Promise<DrawResult>;

/** What a stretch of draws came to. */
export interface Stretch {
  readonly draws: number;
  readonly wins: number;
  readonly durationMs: number;
  readonly latenciesMs: readonly number[];
}

/** A lottery that wins 1 yuan by so many tickets of a hundred, with more stock and budget than a run can use. */
export function benchLottery(winPercent: number): Partial<ActivityRuleInput> {
  return lotteryRule({
    mechanic: { kind: 'lottery', blankTickets: 100 - winPercent },
    prizes: [
      {
        id: 'one-yuan',
        name: '一元红包',
        kind: 'red-packet',
        amountFen: 100,
        tickets: winPercent,
        stock: 10_000_000,
      },
    ],
    budgetFen: 1_000_000_000,
  });
}

/** Publishes a lottery of which every fifth ticket wins. */
export async function publishLottery(admin: pg.Client): Promise<LiveActivity> {
  return publishActivity(admin, benchLottery(WIN_PERCENT));
}

/**
 * Draws for so long with so many followers at a time, each sending the next message when the last is answered.
 * What is in flight at the end is waited for and counted, with its time.
 */
export async function drawFor(
  draw: Draw,
  activity: LiveActivity,
  { durationMs, concurrent }: { readonly durationMs: number; readonly concurrent: number },
): Promise<Stretch> {
  const latenciesMs: number[] = [];
  let wins = 0;
  const startedMs = performance.now();
  const keepDrawing = async (): Promise<void> => {
    for (let sentMs = startedMs; sentMs - startedMs < durationMs; sentMs = performance.now()) {
      const result = await draw(activity, nextMessage());
      assert.ok(result.fresh, 'every message is new');
      if (result.won) wins += 1;
      latenciesMs.push(performance.now() - sentMs);
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: concurrent }, keepDrawing));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return { draws: latenciesMs.length, wins, durationMs: performance.now() - startedMs, latenciesMs };
}

/** Throws unless what was answered, what the counters say and the rows that are there all agree. */
export async function checkRows(
  admin: pg.Client,
  activity: LiveActivity,
  answered: { readonly draws: number; readonly wins: number },
): Promise<void> {
  const found = await admin.query<Record<string, number>>(
    `select counter.draws::int as draws, counter.wins::int as wins, counter.spent_fen::int as fen,
       (select count(*)::int from draw where ${HERE}) as draw_rows,
       (select sum(draws)::int from participant where ${HERE}) as participant_draws,
       (select sum(draws)::int from activity_day where ${HERE}) as day_draws,
       (select count(*)::int from draw where ${HERE} and outcome = 'won') as won_rows,
       (select sum(drawn)::int from prize_counter where ${HERE}) as prize_wins,
       (select sum(wins)::int from participant where ${HERE}) as participant_wins,
       (select sum(wins)::int from activity_day where ${HERE}) as day_wins,
       (select count(*)::int from award where ${HERE}) as award_rows,
       (select count(*)::int from payout where ${HERE}) as payout_rows,
       (select sum(amount_fen)::int from award where ${HERE}) as award_fen,
       (select sum(amount_fen)::int from payout where ${HERE}) as payout_fen,
       (select sum(spent_fen)::int from activity_day where ${HERE}) as day_fen,
       (select sum(amount_fen)::int from book_entry where ${HERE} and kind = 'award') as book_fen
     from activity_counter as counter where ${HERE}`,
    [activity.accountId, activity.id],
  );
  const { draws, wins } = answered;
  const fen = wins * 100;
  assert.deepEqual(
    { ...found.rows[0] },
    {
      draws,
      draw_rows: draws,
      participant_draws: draws,
      day_draws: draws,
      wins,
      won_rows: wins,
      prize_wins: wins,
      participant_wins: wins,
      day_wins: wins,
      award_rows: wins,
      payout_rows: wins,
      fen,
      award_fen: fen,
      payout_fen: fen,
      day_fen: fen,
      book_fen: fen,
    },
    'counters and rows differ from what was answered',
  );
}

const HERE = 'account_id = $1 and activity_id = $2';

let messages = 0;

function nextMessage(): Message {
  const sender = follower(randomInt(FOLLOWERS));
  messages += 1;
  const id = `23${String(messages).padStart(17, '0')}`;
  return { openid: sender, key: `m:${id}:${sender}` as RequestKey, render: (text) => reply(sender, text) };
}

/** Openids follow no order, and neither do these: multiplying by an odd number scatters and repeats none. */
function follower(number: number): Openid {
  const scattered = Math.imul(number, 2_654_435_761) >>> 0;
  return openid(`oBench${scattered.toString(36).padStart(7, '0')}${'0'.repeat(15)}`);
}

function reply(sender: Openid, text: string): string {
  const to = { toUser: sender, fromUser: 'gh_0123456789ab', createTimeSeconds: 1_795_200_000 };
  return renderReply({ type: 'text', text }, { ...to, answers: 'message' });
}

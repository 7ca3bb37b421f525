import { openid } from './base/ids.ts';
import { SCRIPT_WORD } from './demo-activities.ts';
import type { Demo } from './demo-service.ts';
import { readPersonTimeline } from './store/read-models/person-timeline.ts';
import { verifyBooks } from './store/verify-books.ts';

const STEP_LIMIT_MS = 15_000;
/** A sent packet is queried for the first time after a minute; the shared clock goes past it at once. */
const UNTIL_QUERY_MS = 120_000;

/**
 * Plays one follower through the real endpoints: says the word, gets the reply, opens the packet; prints the time line
 * and compares the books. Returns the exit code: 0 only if both sides' books balance and agree.
 */
export async function playScript(demo: Demo, print: (line: string) => void): Promise<number> {
  const { simulator } = demo;
  const startedAt = performance.now();
  const say = (step: string, text: string): void =>
    print(`${(performance.now() - startedAt).toFixed(0).padStart(6)} ms  ${step.padEnd(13)} ${text}`);
  const follower = simulator.followers.add({ nickname: '小红' });

  say('message', `${follower.nickname} says ${SCRIPT_WORD}`);
  const pushed = await simulator.push.sendText(follower.openid, SCRIPT_WORD);
  if (pushed.reply === undefined) return failed(say, `no reply: ${pushed.fault ?? 'nothing to say'}`);
  say('reply', pushed.reply.type === 'text' ? JSON.stringify(pushed.reply.content) : pushed.reply.type);

  const draw = await until(async () => (await readPersonTimeline(demo.service.pool, openid(follower.openid))).draws[0]);
  const number = draw?.orderNumber ?? null;
  if (draw === undefined || number === null) return failed(say, 'the draw won no red packet');
  say('award', `${draw.prizeId}, ${draw.amountFen} fen, durable`);
  say('order number', number);

  const newest = async () => (await readPersonTimeline(demo.service.pool, openid(follower.openid))).draws[0];
  const isIn = async (state: string) => ((await newest())?.payoutState === state ? true : undefined);
  // Recorded as sent here too, so that the clock goes past the first query and not past the send.
  const sent = await until(() => isIn('sent'));
  const packet = simulator.books.packet(number);
  if (sent === undefined || packet === undefined) return failed(say, 'the packet did not reach WeChat Pay');
  say('packet sent', `${packet.amountFen} fen to ${follower.nickname}`);
  const opened = simulator.followers.openPacket(number);
  say('packet opened', `${opened.status}`);

  simulator.clock.advance(UNTIL_QUERY_MS);
  const settled = await until(() => isIn('received'));
  if (settled === undefined) return failed(say, 'the payout was not settled in time');
  const { lines, differences } = await verifyBooks(demo.service.pool);
  for (const line of lines.filter((one) => one.deliveredFen > 0)) {
    const { budgetFen, reservedFen, inFlightFen, deliveredFen, returnedFen } = line;
    say(
      'books',
      `budget ${budgetFen}, reserved ${reservedFen}, in flight ${inFlightFen}, delivered ${deliveredFen}, returned ${returnedFen} fen`,
    );
  }
  for (const { check, subject, expected, found } of differences) {
    say('difference', `${check} ${subject}: expected ${expected}, found ${found}`);
  }
  const theirs = simulator.books.totals();
  const ours = await deliveredFen(demo);
  say('books', `delivered ${ours} fen here, ${theirs.receivedFen} fen at WeChat Pay`);
  if (differences.length > 0 || ours !== theirs.receivedFen) return failed(say, 'the books differ');
  say('done', 'the books balance');
  return 0;
}

function failed(say: (step: string, text: string) => void, reason: string): 1 {
  say('FAILED', reason);
  return 1;
}

async function deliveredFen(demo: Demo): Promise<number> {
  const found = await demo.service.pool.query<{ fen: number }>(
    `select coalesce(sum(amount_fen), 0)::float8 as fen from book_entry where debit = 'delivered'`,
  );
  return found.rows[0]?.fen ?? 0;
}

/** Asks again every 50 ms until there is an answer, for at most 15 s; undefined when there is none by then. */
async function until<Answer>(ask: () => Promise<Answer | undefined>): Promise<Answer | undefined> {
  const endMs = performance.now() + STEP_LIMIT_MS;
  while (performance.now() < endMs) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return undefined;
}

/** What the simulator answers under /simulator, and nothing else: the page knows no other host. */

export interface Follower {
  readonly openid: string;
  readonly nickname: string;
  readonly subscribed: boolean;
}

/** The merchant's money at WeChat Pay, of all followers together, in fen. */
export interface BookTotals {
  readonly sentFen: number;
  readonly receivedFen: number;
  readonly refundedFen: number;
  readonly pendingFen: number;
  readonly balanceFen: number;
}

export interface SimulatorState {
  readonly followers: readonly Follower[];
  readonly account: { readonly appId: string; readonly originalId: string; readonly mode: string };
  readonly callbackReady: boolean;
  readonly clock: { readonly nowMs: number; readonly offsetMs: number };
  readonly books: BookTotals;
  readonly faults: readonly { readonly kind: string; readonly on: 'send' | 'query'; readonly paying: boolean }[];
  readonly violations: readonly { readonly kind: string; readonly number: string; readonly text: string }[];
  /** Where the service's own pages are, when the program around the simulator told. */
  readonly links?: { readonly activity?: string; readonly console?: string };
}

/** Spelled as WeChat Pay's query spells them. */
export type PacketState = 'SENDING' | 'SENT' | 'FAILED' | 'RECEIVED' | 'RFUND_ING' | 'REFUND';

export interface PacketItem {
  readonly id: number;
  readonly atMs: number;
  readonly from: 'user' | 'account' | 'system';
  readonly kind: 'packet';
  readonly number: string;
  readonly amountFen: number;
  readonly wishing: string;
  readonly sendName: string;
  readonly state: PacketState;
}

export interface Article {
  readonly title: string;
  readonly description: string;
  readonly url: string;
}

export type ChatItem =
  | PacketItem
  | ({ readonly id: number; readonly atMs: number; readonly from: 'user' | 'account' | 'system' } & (
      | { readonly kind: 'text' | 'notice'; readonly text: string }
      | { readonly kind: 'news'; readonly articles: readonly Article[] }
      | { readonly kind: 'other'; readonly type: string; readonly text: string }
    ));

/** One line of what happened; `text` is raw XML or JSON. Ids grow, times are the simulator's clock. */
export interface Happening {
  readonly id: number;
  readonly atMs: number;
  readonly kind: string;
  readonly openid: string;
  readonly title: string;
  readonly titleEn: string;
  readonly detail: Readonly<Record<string, string | number | boolean>>;
  readonly text?: string;
}

export interface TraceStep {
  readonly check: string;
  readonly passed: boolean;
  readonly seen: string | number | null;
  readonly limit: string | number | null;
}

export interface BookEntry {
  readonly kind: string;
  readonly debit: string;
  readonly credit: string;
  readonly amountFen: number;
}

/** The part of a rule that explains a lottery's odds. */
export interface DrawRule {
  readonly mechanic?: { readonly kind: string; readonly blankTickets?: number };
  readonly prizes?: readonly { readonly id: string; readonly name: string; readonly tickets?: number }[];
}

/** What the service decided for one request and what followed from it. */
export interface Draw {
  readonly requestKey: string;
  readonly activity: string;
  readonly ruleVersion: number;
  readonly outcome: 'won' | 'lost' | 'refused';
  readonly prizeId: string | null;
  readonly ticket: number | null;
  readonly trace: { readonly why: string | null; readonly steps: readonly TraceStep[] };
  readonly atMs: number;
  readonly awardState: string | null;
  readonly amountFen: number | null;
  readonly orderNumber: string | null;
  readonly payoutState: string | null;
  readonly payoutReason: string | null;
  readonly attempts: readonly Attempt[] | null;
  readonly books: readonly BookEntry[] | null;
  readonly rule?: DrawRule;
}

export interface Attempt {
  readonly number: number;
  readonly kind: 'send' | 'query';
  readonly outcome: { readonly kind: string; readonly code?: string; readonly status?: string } | null;
}

/** An answer that is not the one asked for. `status` is 0 when none came at all. */
export class ApiTrouble extends Error {
  override readonly name = 'ApiTrouble';
  readonly status: number;

  constructor(status: number, text: string, cause?: unknown) {
    super(text, { cause });
    this.status = status;
  }
}

const QUICK_MS = 5_000;
// A message may be delivered three times at 5 s each before the simulator gives up.
const SEND_MS = 25_000;

export function readState(): Promise<SimulatorState> {
  return call<SimulatorState>('/simulator/state');
}

export async function readChat(openid: string): Promise<readonly ChatItem[]> {
  return (await call<{ items: ChatItem[] }>(`/simulator/chat?openid=${openid}`)).items;
}

/** What came after the happening with the id `since`, oldest first. */
export function readHappened(openid: string, since: number): Promise<readonly Happening[]> {
  return call<Happening[]>(`/simulator/happened?openid=${openid}&since=${since}`);
}

/** The service's own account of this follower, newest first; null when the simulator runs without a service. */
export async function readDraws(openid: string): Promise<readonly Draw[] | null> {
  try {
    const { draws } = await call<{ draws?: unknown }>(`/simulator/explain?openid=${openid}`);
    return Array.isArray(draws) ? (draws as Draw[]) : [];
  } catch (error) {
    if (error instanceof ApiTrouble && error.status === 404) return null;
    throw error;
  }
}

/** The follower says something. Resolves when it was answered or given up. */
export async function sendText(openid: string, text: string): Promise<void> {
  await call('/simulator/send', { openid, text }, SEND_MS);
}

export function openPacket(number: string): Promise<{ state: PacketState; amountFen: number }> {
  return call('/simulator/open', { number });
}

/** Later web authorizations in this browser are this follower's. */
export async function become(openid: string): Promise<void> {
  await call('/simulator/become', { openid });
}

export function addFollower(): Promise<{ openid: string; nickname: string }> {
  return call('/simulator/follower', {});
}

/** The next payout goes wrong in this way; `clear` takes back all that is queued. */
export async function queueFault(kind: string): Promise<void> {
  await call('/simulator/faults', { kind });
}

export async function advanceClock(ms: number): Promise<void> {
  await call('/simulator/advance', { ms });
}

async function call<Answer>(path: string, body?: object, timeoutMs = QUICK_MS): Promise<Answer> {
  const signal = AbortSignal.timeout(timeoutMs);
  const order = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  };
  try {
    const response = await fetch(path, body === undefined ? { signal } : order);
    const value: unknown = await response.json();
    if (response.ok) return value as Answer;
    throw new ApiTrouble(response.status, errorText(value) ?? `HTTP ${response.status}`);
  } catch (error) {
    if (error instanceof ApiTrouble) throw error;
    throw new ApiTrouble(0, error instanceof Error ? error.message : String(error), error);
  }
}

function errorText(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('error' in value)) return undefined;
  return typeof value.error === 'string' ? value.error : undefined;
}

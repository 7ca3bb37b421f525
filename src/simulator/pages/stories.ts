import type { BookEntry, Draw, Happening, PacketItem, PacketState } from './api.ts';
import { fieldOf } from './pretty-xml.ts';

/** One call to WeChat Pay with its answer; like queries that follow each other are told once, with their count. */
export interface PayCall {
  readonly kind: 'send' | 'query';
  readonly request: Happening;
  readonly answer: Happening | null;
  readonly count: number;
}

/** Everything that one message (or one draw from a page) set going. */
export interface Story {
  readonly key: string;
  readonly atMs: number;
  readonly kind: 'message' | 'event' | 'page' | 'earlier' | 'note';
  /** The follower's words, the event's name, or the note's title in both languages. */
  readonly said: { readonly chinese: string; readonly english: string };
  readonly message: Happening | null;
  readonly draw: Draw | null;
  readonly replies: readonly Happening[];
  readonly calls: readonly PayCall[];
  readonly packets: readonly Happening[];
}

type Draft = { -readonly [Name in keyof Story]: Story[Name] } & {
  replies: Happening[];
  pays: Happening[];
  packets: Happening[];
};

/**
 * Groups what happened by the message it came from, newest first. `happenings` come oldest first; `draws` are the
 * service's own account and may lag behind or be missing.
 */
export function tellStories(
  openid: string,
  happenings: readonly Happening[],
  draws: readonly Draw[],
): readonly Story[] {
  const stories = new Map<string, Draft>();
  const draftOf = (draft: Draft): Draft => {
    stories.set(draft.key, draft);
    return draft;
  };
  for (const happening of happenings) {
    if (happening.kind === 'message') draftOf(messageDraft(openid, happening));
  }
  const byOrder = new Map<string, Draft>();
  for (const draw of draws) {
    const draft = stories.get(draw.requestKey) ?? draftOf(drawDraft(draw));
    draft.draw = draw;
    if (draw.orderNumber !== null) byOrder.set(draw.orderNumber, draft);
  }
  let latest: Draft | undefined;
  for (const happening of happenings) {
    if (happening.kind === 'message') latest = stories.get(messageKey(openid, happening));
    else place(happening, { openid, stories, byOrder, latest });
  }
  return [...stories.values()].map(finished).sort((left, right) => right.atMs - left.atMs);
}

function place(
  happening: Happening,
  known: {
    readonly openid: string;
    readonly stories: Map<string, Draft>;
    readonly byOrder: Map<string, Draft>;
    readonly latest: Draft | undefined;
  },
): void {
  const { openid, stories, byOrder, latest } = known;
  switch (happening.kind) {
    case 'books':
      return;
    case 'reply':
    case 'fault':
      (stories.get(messageKey(openid, happening)) ?? latest)?.replies.push(happening);
      return;
    case 'pay-request':
    case 'pay-answer':
    case 'packet': {
      const number = String(happening.detail['number'] ?? '');
      const owner = byOrder.get(number) ?? (happening.openid === openid ? latest : undefined);
      if (owner === undefined) break;
      byOrder.set(number, owner);
      (happening.kind === 'packet' ? owner.packets : owner.pays).push(happening);
      return;
    }
  }
  const note = noteDraft(happening);
  stories.set(note.key, note);
}

function messageKey(openid: string, { id, detail }: Happening): string {
  const messageId = String(detail['msgId'] ?? '');
  return messageId === '' ? `event:${id}` : `m:${messageId}:${openid}`;
}

function messageDraft(openid: string, message: Happening): Draft {
  const xml = message.text ?? '';
  const said = fieldOf(xml, 'Content') ?? fieldOf(xml, 'Event') ?? fieldOf(xml, 'MsgType') ?? '';
  const kind = fieldOf(xml, 'MsgType') === 'event' ? 'event' : 'message';
  const base = emptyDraft(messageKey(openid, message), message.atMs);
  return { ...base, kind, said: { chinese: said, english: said }, message };
}

function drawDraft(draw: Draw): Draft {
  const kind = draw.requestKey.startsWith('p:') ? 'page' : 'earlier';
  const said = { chinese: draw.activity, english: draw.activity };
  return { ...emptyDraft(draw.requestKey, draw.atMs), kind, said };
}

function noteDraft(happening: Happening): Draft {
  const said = { chinese: happening.title, english: happening.titleEn };
  return { ...emptyDraft(`note:${happening.id}`, happening.atMs), kind: 'note', said, message: happening };
}

function emptyDraft(key: string, atMs: number): Draft {
  const said = { chinese: '', english: '' };
  return {
    key,
    atMs,
    kind: 'message',
    said,
    message: null,
    draw: null,
    replies: [],
    calls: [],
    pays: [],
    packets: [],
  };
}

function finished({ pays, ...story }: Draft): Story {
  return { ...story, calls: pairCalls(pays) };
}

/** Puts each answer to the oldest request that still waits for one, then joins queries that learned nothing new. */
function pairCalls(pays: readonly Happening[]): readonly PayCall[] {
  const calls: { kind: PayCall['kind']; request: Happening; answer: Happening | null; count: number }[] = [];
  for (const happening of pays) {
    if (happening.kind === 'pay-request') {
      const kind = String(happening.detail['path'] ?? '').endsWith('gethbinfo') ? 'query' : 'send';
      calls.push({ kind, request: happening, answer: null, count: 1 });
      continue;
    }
    const waiting = calls.find((call) => call.answer === null);
    if (waiting) waiting.answer = happening;
  }
  const told: PayCall[] = [];
  for (const call of calls) {
    const before = told.at(-1);
    if (before !== undefined && sameNews(before, call)) told[told.length - 1] = { ...call, count: before.count + 1 };
    else told.push(call);
  }
  return told;
}

function sameNews(before: PayCall, after: PayCall): boolean {
  if (before.kind !== 'query' || after.kind !== 'query') return false;
  return before.answer !== null && after.answer !== null && newsOf(before.answer) === newsOf(after.answer);
}

function newsOf({ text = '', detail }: Happening): string {
  return [fieldOf(text, 'status'), fieldOf(text, 'err_code'), detail['fault']].join('/');
}

/** How a story stands, the packet's own state before what the service has learned of it. */
export type Standing =
  | 'lost'
  | 'refused'
  | 'answered'
  | 'silent'
  | 'fault'
  | 'given'
  | 'waiting'
  | 'unknown'
  | 'sent'
  | 'received'
  | 'returned'
  | 'dead'
  | 'parked';

const PACKET_STANDING: Readonly<Partial<Record<string, Standing>>> = {
  SENT: 'sent',
  RECEIVED: 'received',
  RFUND_ING: 'returned',
  REFUND: 'returned',
};
const PAYOUT_STANDINGS: readonly Standing[] = ['waiting', 'unknown', 'sent', 'received', 'returned', 'dead', 'parked'];

/** Returns null while nothing is known yet. */
export function standingOf({ draw, replies, packets }: Story): Standing | null {
  if (draw?.outcome === 'lost' || draw?.outcome === 'refused') return draw.outcome;
  const packet = PACKET_STANDING[String(packets.at(-1)?.detail['status'] ?? '')];
  if (packet !== undefined) return packet;
  if (draw !== null) return PAYOUT_STANDINGS.find((standing) => standing === draw.payoutState) ?? 'given';
  if (replies.some(({ kind }) => kind === 'fault')) return 'fault';
  const reply = replies.at(-1);
  if (reply === undefined) return null;
  return reply.text === 'success' ? 'silent' : 'answered';
}

/** Fen that lie on each account after these entries; accounts with nothing are left out. */
export function balances(entries: readonly BookEntry[]): ReadonlyMap<string, number> {
  const fen = new Map<string, number>();
  for (const { debit, credit, amountFen } of entries) {
    fen.set(debit, (fen.get(debit) ?? 0) + amountFen);
    fen.set(credit, (fen.get(credit) ?? 0) - amountFen);
  }
  return new Map([...fen].filter(([, amount]) => amount > 0));
}

/** One follower's packets in both books, in fen. `equal` once opened and returned agree. */
export interface TwoBooks {
  readonly service: {
    readonly reserved: number;
    readonly inFlight: number;
    readonly delivered: number;
    readonly returned: number;
  };
  readonly pay: { readonly pending: number; readonly received: number; readonly refunded: number };
  readonly equal: boolean;
}

const PENDING: readonly PacketState[] = ['SENDING', 'SENT', 'RFUND_ING'];

/** Compares the same packets on both sides: those the service tells of. */
export function compareBooks(draws: readonly Draw[], cards: readonly PacketItem[]): TwoBooks {
  const held = balances(draws.flatMap((draw) => draw.books ?? []));
  const numbers = new Set(draws.map((draw) => draw.orderNumber));
  const mine = cards.filter((card) => numbers.has(card.number));
  const sum = (states: readonly PacketState[]): number =>
    mine.filter((card) => states.includes(card.state)).reduce((fen, card) => fen + card.amountFen, 0);
  const pay = { pending: sum(PENDING), received: sum(['RECEIVED']), refunded: sum(['REFUND']) };
  const service = {
    reserved: held.get('reserved') ?? 0,
    inFlight: held.get('in-flight') ?? 0,
    delivered: held.get('delivered') ?? 0,
    returned: held.get('returned') ?? 0,
  };
  const equal =
    service.inFlight === pay.pending && service.delivered === pay.received && service.returned === pay.refunded;
  return { service, pay, equal };
}

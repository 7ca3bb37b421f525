import { WrongRequest } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Account } from '../flows/ports/accounts.ts';
import type { OpenedMessage } from '../flows/ports/messages.ts';
import type { SharedMemory } from '../flows/ports/shared-memory.ts';

/** All deliveries of a message fall into about 15 s. */
const ADMISSION_REMEMBERED_MS = 60_000;
/** A timestamp may be 5 minutes ahead of us and is then accepted until it is 5 minutes behind. */
const DELIVERY_REMEMBERED_MS = 10 * 60_000;

type Delivered = Pick<OpenedMessage, 'message' | 'mayReply' | 'delivery'>;

/** What is settled for a message and all of its deliveries, whichever process they reach. */
export type Admission = 'let-in' | 'turned-away';

/** Whether a message may be told "busy" at all. Events come in always: nobody would send them again. */
export function mayBeTurnedAway({ message, mayReply }: Delivered): boolean {
  return mayReply && message.kind !== 'event';
}

/** Remembers, over all processes, what was settled for messages and which deliveries were seen. */
export class Admissions {
  readonly #memory: Pick<SharedMemory, 'holdLease'>;
  readonly #logger: Logger;

  constructor(options: { readonly memory: Pick<SharedMemory, 'holdLease'>; readonly logger: Logger }) {
    this.#memory = options.memory;
    this.#logger = options.logger;
  }

  /**
   * Returns what is settled for a message: what is asked for where this is the first delivery, or what the first one
   * was told, so that nobody is told "busy" who was drawn for. Throws WrongRequest `replayed` (403).
   */
  async settle(account: Account, opened: Delivered, asked: Admission): Promise<Admission> {
    const [settled] = await Promise.all([
      mayBeTurnedAway(opened) ? this.#first(account, opened, asked) : ('let-in' as const),
      this.#refuseReplay(account, opened),
    ]);
    return settled;
  }

  async #first(account: Account, { message }: Delivered, asked: Admission): Promise<Admission> {
    const other = asked === 'let-in' ? 'turned-away' : 'let-in';
    try {
      const lease = `message:${account.id}:${message.key}`;
      return (await this.#memory.holdLease(lease, asked, ADMISSION_REMEMBERED_MS)) ? asked : other;
    } catch (error) {
      this.#logger.warn({ error: reason(error) }, 'admission-not-remembered');
      // Whoever is not known to be new is let in.
      return 'let-in';
    }
  }

  /**
   * One timestamp, nonce and signature stand for one message. The same message under them is WeChat delivering again and
   * goes through; another message is a forger who saw them in a plain delivery, whose signature leaves the body out.
   */
  async #refuseReplay(account: Account, { message, delivery }: Delivered): Promise<void> {
    let ours: boolean;
    try {
      ours = await this.#memory.holdLease(`delivery:${account.id}:${delivery}`, message.key, DELIVERY_REMEMBERED_MS);
    } catch (error) {
      // A memory that is away must not cost a follower the reply; one message is still one draw by its key.
      this.#logger.warn({ error: reason(error) }, 'delivery-not-remembered');
      return;
    }
    if (ours) return;
    throw new WrongRequest('replayed', 'this signature was already used for another message', { status: 403 });
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

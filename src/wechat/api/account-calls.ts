import { OutsideTrouble, WrongRequest } from '../../base/errors.ts';
import type { Account } from '../../flows/ports/accounts.ts';
import type { Clock } from '../../flows/ports/time-and-luck.ts';
import type { AccessTokens } from '../access-token.ts';
import type { ApiAnswer, ApiRequest, ReceivedFile } from '../api-client.ts';
import { troubleOf } from '../api-refusal.ts';
import type { ApiRefusal } from '../api-refusal.ts';
import { AnswerFields } from './answer-fields.ts';
import { errorRow } from './error-table.ts';

const REPEATS_MAX = 2;
const REPEAT_PAUSE_MS = 300;

/** Calls with an account's token, for the small clients of each subject. */
export class AccountCalls {
  readonly #tokens: Pick<AccessTokens, 'call' | 'download' | 'current'>;
  readonly #clock: Pick<Clock, 'sleep'>;

  constructor(options: {
    readonly tokens: Pick<AccessTokens, 'call' | 'download' | 'current'>;
    readonly clock: Pick<Clock, 'sleep'>;
  }) {
    this.#tokens = options.tokens;
    this.#clock = options.clock;
  }

  /** Calls once and returns whatever WeChat said. */
  async once(account: Account, request: ApiRequest): Promise<ApiAnswer> {
    return this.#tokens.call(account, request);
  }

  /** Calls what does no harm twice: while WeChat is busy it is asked twice more, after 0.3 and 0.6 s. */
  async repeatable(account: Account, request: ApiRequest): Promise<ApiAnswer> {
    let answer = await this.#tokens.call(account, request);
    for (let repeat = 1; repeat <= REPEATS_MAX && isBusy(answer); repeat += 1) {
      await this.#clock.sleep(REPEAT_PAUSE_MS * repeat);
      answer = await this.#tokens.call(account, request);
    }
    return answer;
  }

  /** Like `repeatable`, for callers that have no answer of their own to a refusal. Throws what `refusedFor` makes. */
  async read(account: Account, request: ApiRequest): Promise<AnswerFields> {
    const answer = await this.repeatable(account, request);
    if (answer.kind === 'refused') throw refusedFor(answer, account);
    return new AnswerFields(request.path, answer.body);
  }

  /** Calls once; a refusal throws what `refusedFor` makes. */
  async write(account: Account, request: ApiRequest): Promise<AnswerFields> {
    const answer = await this.once(account, request);
    if (answer.kind === 'refused') throw refusedFor(answer, account);
    return new AnswerFields(request.path, answer.body);
  }

  /**
   * Sends once what must not be sent twice. Throws OutsideTrouble when there is no token, so that nothing was sent, and
   * returns `unclear` when it may have been.
   */
  async send(account: Account, request: ApiRequest): Promise<ApiAnswer | UnclearSend> {
    await this.#tokens.current(account);
    try {
      const answer = await this.#tokens.call(account, request);
      return isBusy(answer) ? { kind: 'unclear', reason: 'wechat-busy' } : answer;
    } catch (error) {
      if (error instanceof OutsideTrouble) return { kind: 'unclear', reason: error.code };
      throw error;
    }
  }

  async download(account: Account, request: ApiRequest): Promise<ReceivedFile | ApiAnswer> {
    return this.#tokens.download(account, request);
  }
}

export interface UnclearSend {
  readonly kind: 'unclear';
  readonly reason: string;
}

/**
 * Turns a refusal into WrongRequest `wechat-said-no` when the operator's data is wrong, and into trouble otherwise. The
 * text names the rid, by which WeChat's support finds the call.
 */
export function refusedFor(refusal: ApiRefusal, account: Account): WrongRequest | OutsideTrouble {
  const { action, meaning } = errorRow(refusal);
  if (action !== 'fix' && action !== 'renew-media' && action !== 'drop') return troubleOf(refusal, account);
  const rid = refusal.rid === null ? '' : `, rid ${refusal.rid}`;
  return new WrongRequest('wechat-said-no', `WeChat does not take this: ${meaning} (${refusal.errcode}${rid})`);
}

/** Makes the error for arguments that WeChat would refuse, by the path of the first wrong one. */
export function wrongArgument(path: string, message: string): WrongRequest {
  return new WrongRequest('arguments-wrong', `${path} ${message}`, { faults: [{ path, message }] });
}

function isBusy(answer: ApiAnswer): boolean {
  return answer.kind === 'refused' && errorRow(answer).action === 'retry-if-repeatable';
}

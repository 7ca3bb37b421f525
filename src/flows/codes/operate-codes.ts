import { WrongRequest } from '../../base/errors.ts';
import type { AccountId, AwardId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { CODE_LENGTH, foldCode, maskedCode, POOL_ID } from '../../rules/code-shape.ts';
import type { CodePool, CodePools, CodeUse, PoolKey, PoolPurpose } from '../ports/code-pools.ts';
import type { Operator } from '../ports/operators.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import { codeLines } from './code-file.ts';
import { CODES_A_STEP } from './make-codes.ts';

/** Codes a pool may have. */
export const POOL_CODES_MAX = 1_000_000;

const FAULTS_SHOWN = 100;
const PREFIX = /^[a-z0-9]{0,8}$/;

/** What an operator says of a pool to be. */
export interface PoolWish extends PoolKey {
  readonly name: string;
  readonly purpose: PoolPurpose;
}

/** What operators do with pools of codes. Each throws WrongRequest `pool-not-found` (404) and OutsideTrouble. */
export interface OperateCodes {
  list(account: AccountId): Promise<readonly CodePool[]>;
  show(key: PoolKey): Promise<CodePool>;
  /** Begins to generate codes. Throws WrongRequest `pool-faulty` (400) or `pool-taken` (409). */
  generate(operator: Operator, wish: PoolWish & { readonly prefix: string; readonly count: number }): Promise<CodePool>;
  /**
   * Reads a pool from a file of codes. Throws WrongRequest `codes-faulty` (400, naming the first 100 faulty and repeated
   * lines; nothing is kept then), `codes-not-text`, `pool-faulty` or `pool-taken`.
   */
  importFile(
    operator: Operator,
    wish: PoolWish & { readonly encoding: 'utf-8' | 'gbk' },
    file: AsyncIterable<Uint8Array>,
  ): Promise<CodePool>;
  /** Takes a pool back that no activity uses. Throws WrongRequest `pool-in-use` (409). */
  drop(operator: Operator, key: PoolKey): Promise<void>;
  /** Says who used a code, as people type it; null where nobody did. Throws WrongRequest `code-not-found` (404). */
  lookUp(key: PoolKey, code: string): Promise<CodeUse | null>;
  /** Hands all codes on, part by part, by their place. Logged, with who asked. */
  download(operator: Operator, key: PoolKey): Promise<AsyncIterable<Awaited<ReturnType<CodePools['codes']>>>>;
  /** Shows the voucher of one award. Logged, with who asked. Throws WrongRequest `voucher-not-found` (404). */
  reveal(operator: Operator, account: AccountId, award: AwardId): Promise<string>;
}

interface Options {
  readonly pools: CodePools;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}

/** Builds the flow behind the console's pools of codes. No code is ever logged. */
export function createOperateCodes(options: Options): OperateCodes {
  const { pools, clock, logger } = options;
  const show = async (key: PoolKey): Promise<CodePool> => {
    const pool = POOL_ID.test(key.pool) ? await pools.find(key) : undefined;
    if (pool === undefined) throw new WrongRequest('pool-not-found', 'there is no such pool', { status: 404 });
    return pool;
  };
  const told = (operator: Operator, { account, pool }: PoolKey, event: string): void =>
    logger.info({ operator: operator.id, account, pool }, event);
  return {
    list: (account) => pools.list(account),
    show,
    async generate(operator, { count, ...wish }) {
      refuseFaulty(wish, count);
      const prefix = foldCode(wish.prefix);
      const length = prefix.length + CODE_LENGTH;
      const shape = { prefix, lengthMin: length, lengthMax: length };
      const made = { origin: 'generated', wanted: count, madeBy: operator.id, nowMs: clock.nowMs() } as const;
      await pools.create({ ...wish, ...shape, ...made });
      told(operator, wish, 'codes-ordered');
      return show(wish);
    },
    async importFile(operator, wish, file) {
      await takeFile(options, { operator, wish, file });
      told(operator, wish, 'codes-imported');
      return show(wish);
    },
    async drop(operator, key) {
      await show(key);
      const message = 'an activity uses this pool: it stays with it';
      if (!(await pools.drop(key))) throw new WrongRequest('pool-in-use', message, { status: 409 });
      told(operator, key, 'codes-dropped');
    },
    async lookUp(key, code) {
      const { purpose } = await show(key);
      const use = await pools.lookUp(key, purpose === 'entry' ? foldCode(code) : code.trim());
      if (use !== undefined) return use;
      throw new WrongRequest('code-not-found', `the pool has no code ${maskedCode(code)}`, { status: 404 });
    },
    async download(operator, key) {
      await show(key);
      told(operator, key, 'codes-downloaded');
      return everyCode(pools, key);
    },
    async reveal(operator, account, award) {
      const code = await pools.voucherOf(account, award);
      if (code === undefined)
        throw new WrongRequest('voucher-not-found', 'this award handed out no voucher', { status: 404 });
      logger.info({ operator: operator.id, account, award }, 'voucher-revealed');
      return code;
    },
  };
}

async function* everyCode(
  pools: Pick<CodePools, 'codes'>,
  key: PoolKey,
): AsyncGenerator<Awaited<ReturnType<CodePools['codes']>>> {
  let after = 0;
  for (;;) {
    const part = await pools.codes(key, { after, most: CODES_A_STEP });
    const last = part.at(-1);
    if (last === undefined) return;
    yield part;
    after = last.place;
  }
}

function refuseFaulty({ pool, name, prefix = '' }: PoolWish & { readonly prefix?: string }, count: number): void {
  const faults = [
    ...(POOL_ID.test(pool) ? [] : [{ path: 'id', message: '1 to 32 small letters, digits and hyphens' }]),
    ...(name.trim() === '' ? [{ path: 'name', message: 'a name is needed' }] : []),
    ...(PREFIX.test(foldCode(prefix)) ? [] : [{ path: 'prefix', message: 'up to 8 letters and digits' }]),
    ...(count >= 1 && count <= POOL_CODES_MAX ? [] : [{ path: 'count', message: `1 to ${POOL_CODES_MAX} codes` }]),
  ];
  if (faults.length > 0) throw new WrongRequest('pool-faulty', 'the pool has faults: see `faults`', { faults });
}

interface Delivery {
  readonly operator: Operator;
  readonly wish: PoolWish & { readonly encoding: 'utf-8' | 'gbk' };
  readonly file: AsyncIterable<Uint8Array>;
}

/** Adds a file's codes part by part, and takes everything back unless the last one was added, too. */
async function takeFile({ pools, clock, logger }: Options, { operator, wish, file }: Delivery): Promise<void> {
  const { encoding, ...named } = wish;
  refuseFaulty(named, 1);
  const made = { origin: 'imported', prefix: '', wanted: 0, lengthMin: 0, lengthMax: 0, madeBy: operator.id } as const;
  await pools.create({ ...named, ...made, nowMs: clock.nowMs() });
  const intake = new CodeIntake({ pools, key: wish, clock });
  try {
    for await (const line of codeLines(file, { purpose: wish.purpose, encoding })) {
      await intake.take(line);
      if (intake.isFull) break;
    }
    await intake.end();
  } catch (error) {
    // What stays behind is cleared away once nobody has sent anything for ten minutes.
    await takeBack(pools, wish).catch((failure: unknown) =>
      logger.warn({ account: wish.account, pool: wish.pool, error: String(failure) }, 'codes-not-taken-back'),
    );
    throw error;
  }
}

async function takeBack(pools: Pick<CodePools, 'drop' | 'clear'>, key: PoolKey): Promise<void> {
  await pools.drop(key);
  // Ends, because a pool that is dropped only becomes smaller.
  while (await pools.clear(key, CODES_A_STEP));
}

interface IntakeOptions {
  readonly pools: Pick<CodePools, 'add' | 'finish'>;
  readonly key: PoolKey;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** Takes the codes of one file. */
class CodeIntake {
  readonly #options: IntakeOptions;
  readonly #faults: { path: string; message: string }[] = [];
  #part: { readonly line: number; readonly code: string }[] = [];
  #size = 0;
  #lengthMin = Number.POSITIVE_INFINITY;
  #lengthMax = 0;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Whether more faults were found than are shown. */
  get isFull(): boolean {
    return this.#faults.length >= FAULTS_SHOWN;
  }

  async take(
    line: { readonly line: number } & ({ readonly code: string } | { readonly fault: string }),
  ): Promise<void> {
    if ('fault' in line) {
      this.#fault(line.line, line.fault);
      return;
    }
    if (this.#size + this.#part.length >= POOL_CODES_MAX) {
      throw new WrongRequest('codes-too-many', `a pool has at most ${POOL_CODES_MAX} codes: split the file`);
    }
    this.#lengthMin = Math.min(this.#lengthMin, line.code.length);
    this.#lengthMax = Math.max(this.#lengthMax, line.code.length);
    this.#part.push({ line: line.line, code: line.code });
    if (this.#part.length === CODES_A_STEP) await this.#add();
  }

  /** Makes the pool whole. Throws WrongRequest `codes-faulty`, naming the lines. */
  async end(): Promise<void> {
    if (this.#part.length > 0) await this.#add();
    if (this.#size === 0 && this.#faults.length === 0) throw new WrongRequest('codes-missing', 'the file has no codes');
    if (this.#faults.length > 0) {
      const message = `nothing was kept: ${this.isFull ? 'at least ' : ''}${this.#faults.length} lines have faults`;
      throw new WrongRequest('codes-faulty', message, { faults: this.#faults });
    }
    const { pools, key } = this.#options;
    await pools.finish(key, { lengthMin: this.#lengthMin, lengthMax: this.#lengthMax });
  }

  async #add(): Promise<void> {
    const { pools, key, clock } = this.#options;
    const part = this.#part;
    const codes = part.map(({ code }) => code);
    this.#part = [];
    const repeated = await pools.add(key, codes, { after: this.#size, nowMs: clock.nowMs() });
    if (repeated === null)
      throw new WrongRequest('pool-gone', 'the pool was taken back while the file arrived', { status: 409 });
    for (const place of repeated) {
      this.#fault(part[place - this.#size - 1]?.line ?? 0, 'stands in the file before');
    }
    if (repeated.length === 0) this.#size += part.length;
  }

  #fault(line: number, message: string): void {
    if (!this.isFull) this.#faults.push({ path: `line ${line}`, message });
  }
}

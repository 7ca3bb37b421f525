import { WrongRequest } from '../../base/errors.ts';
import { accountId, awardId } from '../../base/ids.ts';
import type { AccountId, AwardId } from '../../base/ids.ts';
import type { OperateCodes } from '../../flows/codes/operate-codes.ts';
import type { CodePool, PoolKey } from '../../flows/ports/code-pools.ts';
import {
  droppedAnswer,
  generateRequest,
  importQuery,
  lookUpAnswer,
  lookUpRequest,
  poolAnswer,
  poolsAnswer,
  voucherAnswer,
} from '../contract/console-codes.ts';
import type { PoolAnswer } from '../contract/console-codes.ts';
import { consoleFile } from '../console-file.ts';
import type { ConsoleFile } from '../console-file.ts';
import { nothingRequest } from '../contract/console-payments.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface CodeRouteDependencies {
  readonly operateCodes: OperateCodes;
}

const PLACE = '/accounts/:account/code-pools';
/** A million codes of 32 characters with their line ends. */
const FILE_BYTES_MAX = 36_000_000;

/** Pools of one-time codes: made, read from files, looked into. */
export function codeRoutes({ operateCodes }: CodeRouteDependencies): readonly ConsoleRoute[] {
  return [...makingRoutes(operateCodes), ...readingRoutes(operateCodes)];
}

function makingRoutes(codes: OperateCodes): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'generateCodes',
      method: 'POST',
      path: PLACE,
      access: 'codes.edit',
      summary: 'Generate up to 1,000,000 codes; the pool says how far it is',
      body: generateRequest,
      answer: poolAnswer,
      handle: async ({ params, operator, body: { id, ...wish } }) =>
        shown(await codes.generate(operator, { ...wish, account: accountOf(params), pool: id })),
    }),
    consoleRoute({
      name: 'importCodes',
      method: 'POST',
      path: `${PLACE}/:pool/import`,
      access: 'codes.edit',
      summary: 'Make a pool of the up to 1,000,000 codes of a text or CSV file, one a line: all of them or none',
      query: importQuery,
      file: { types: ['text/csv', 'text/plain'], bytesMax: FILE_BYTES_MAX },
      answer: poolAnswer,
      handle: async ({ params, operator, query, file }) =>
        shown(await codes.importFile(operator, { ...query, ...poolOf(params) }, await whole(file))),
    }),
    consoleRoute({
      name: 'dropCodes',
      method: 'POST',
      path: `${PLACE}/:pool/drop`,
      access: 'codes.edit',
      summary: 'Take back a pool that no activity uses',
      body: nothingRequest,
      answer: droppedAnswer,
      handle: async ({ params, operator }) => {
        await codes.drop(operator, poolOf(params));
        return { dropped: true as const };
      },
    }),
  ];
}

function readingRoutes(codes: OperateCodes): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'listCodePools',
      method: 'GET',
      path: PLACE,
      access: 'activities.view',
      summary: 'The pools of one-time codes of an account, the newest first',
      answer: poolsAnswer,
      handle: async ({ params }) => ({ rows: (await codes.list(accountOf(params))).map(shown) }),
    }),
    consoleRoute({
      name: 'showCodePool',
      method: 'GET',
      path: `${PLACE}/:pool`,
      access: 'activities.view',
      summary: 'A pool of codes and how far it is',
      answer: poolAnswer,
      handle: async ({ params }) => shown(await codes.show(poolOf(params))),
    }),
    consoleRoute({
      name: 'lookUpCode',
      method: 'POST',
      path: `${PLACE}/:pool/look-up`,
      access: 'people.view',
      summary: 'Who used a code, and when; the code travels in the body, so that no log has it',
      body: lookUpRequest,
      answer: lookUpAnswer,
      handle: async ({ params, body: { code } }) => ({ use: await codes.lookUp(poolOf(params), code) }),
    }),
    consoleRoute({
      name: 'downloadCodes',
      method: 'GET',
      path: `${PLACE}/:pool/codes.csv`,
      access: 'codes.export',
      summary: 'Every code of a pool and when it was used, as CSV; who asked is logged',
      answer: consoleFile,
      handle: async ({ params, operator }) => codeFile(codes, operator, poolOf(params)),
    }),
    consoleRoute({
      name: 'revealVoucher',
      method: 'POST',
      path: '/accounts/:account/awards/:award/voucher',
      access: 'codes.reveal',
      summary: 'The voucher that an award handed out; who asked is logged',
      body: nothingRequest,
      answer: voucherAnswer,
      handle: async ({ params, operator }) => ({
        code: await codes.reveal(operator, accountOf(params), awardOf(params)),
      }),
    }),
  ];
}

/** A spreadsheet takes a cell that begins so for a formula. */
const FORMULA = /^[=+\-@\t]/;

async function codeFile(
  codes: OperateCodes,
  operator: Parameters<OperateCodes['download']>[0],
  key: PoolKey,
): Promise<ConsoleFile> {
  const parts = ['\uFEFFplace,code,used_at\r\n'];
  for await (const rows of await codes.download(operator, key)) {
    const lines = rows.map(({ place, code, usedAtMs }) => {
      const usedAt = usedAtMs === null ? '' : new Date(usedAtMs).toISOString();
      return `${place},"${(FORMULA.test(code) ? `'${code}` : code).replaceAll('"', '""')}",${usedAt}\r\n`;
    });
    parts.push(lines.join(''));
  }
  return { name: `${key.pool}.csv`, type: 'text/csv; charset=utf-8', text: parts.join('') };
}

/** Takes a whole file in, because writing a million codes takes longer than a request may take to arrive. */
async function whole(file: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file) chunks.push(chunk);
  return (async function* () {
    yield* chunks;
  })();
}

function shown(pool: CodePool): PoolAnswer {
  const { id, name, purpose, origin, state, prefix, lengthMin, lengthMax } = pool;
  const { wanted, size, used, activityId, madeBy, madeAtMs } = pool;
  const form = { id, name, purpose, origin, state, prefix, lengthMin, lengthMax };
  return { ...form, wanted, size, used, left: size - used, activityId, madeBy, madeAtMs };
}

type Params = Readonly<Record<string, string>>;

function poolOf(params: Params): PoolKey {
  return { account: accountOf(params), pool: params['pool'] ?? '' };
}

function accountOf(params: Params): AccountId {
  try {
    return accountId(params['account'] ?? '');
  } catch (cause) {
    throw new WrongRequest('account-not-found', 'there is no such account', { status: 404, cause });
  }
}

function awardOf(params: Params): AwardId {
  try {
    return awardId(params['award'] ?? '');
  } catch (cause) {
    throw new WrongRequest('voucher-not-found', 'there is no such award', { status: 404, cause });
  }
}

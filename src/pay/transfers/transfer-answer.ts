import { fen } from '../../base/fen.ts';
import type { QueryOutcome, RailStatus, RefusalCode, SendOutcome } from '../../flows/ports/payouts.ts';
import type { TransferState } from '../../flows/ports/transfers.ts';
import type { QueriedPayout } from '../../flows/ports/payouts.ts';
import type { TransferRequest } from '../../flows/ports/transfers.ts';
import { asObject, numberAt, readJson, textAt } from '../v3/json-object.ts';
import type { JsonObject } from '../v3/json-object.ts';

/** An answer of version 3, its signature judged: what is not signed by WeChat Pay proves nothing. */
export interface JudgedAnswer {
  readonly status: number;
  readonly body: string;
  readonly signed: boolean;
}

type Unknown = { readonly kind: 'unknown'; readonly code: string; readonly message: string };

/** The codes of the official table that refuse a request clearly; SYSTEM_ERROR and whatever is not here do not. */
const REFUSALS: readonly RefusalCode[] = [
  'PARAM_ERROR',
  'INVALID_REQUEST',
  'NO_AUTH',
  'SIGN_ERROR',
  'NOT_ENOUGH',
  'FREQUENCY_LIMIT_EXCEED',
  'FREQUENCY_LIMITED',
  'FREQUENCY_LIMIT',
  'RATELIMIT_EXCEEDED',
  'ALREADY_EXISTS',
  'USER_ERROR',
];
const PACKAGE = /^[\x21-\x7e]{1,2048}$/;
const NUMBER = /^[0-9A-Za-z]{1,64}$/;

/** What each state means for a payout; of FAIL the reason decides. */
const MEANINGS: Readonly<Record<Exclude<TransferState, 'FAIL'>, RailStatus>> = {
  ACCEPTED: 'SENDING',
  PROCESSING: 'SENDING',
  WAIT_USER_CONFIRM: 'SENT',
  TRANSFERING: 'SENT',
  SUCCESS: 'RECEIVED',
  CANCELING: 'RFUND_ING',
  // Taken back by an order of ours: the number is dead, and another one may follow.
  CANCELLED: 'FAILED',
};
/** FAIL for this reason alone: nobody confirmed it for 24 h, as a red packet that nobody opened. */
const RAN_OUT = 'OVERDUE_CLOSE';

/**
 * Reads the answer to a transfer. `paid` needs WeChat Pay's signature, our number, its own number, and where the person
 * still has to confirm it, what that takes; `refused` needs a signed code of the table. What it is still working on is
 * `unknown` PROCESSING; any other word about how it ended is left to a query.
 */
export function readTransferAnswer(answer: JudgedAnswer, request: TransferRequest): SendOutcome {
  const read = readAnswer(answer);
  if ('kind' in read) return read;
  if (answer.status !== 200) {
    const { code, message } = read.fault;
    const refusal = REFUSALS.find((item) => item === code);
    return refusal === undefined || !answer.signed
      ? unknown(code, message)
      : { kind: 'refused', code: refusal, message };
  }
  const { object } = read;
  const foreign = foreignField(object, { out_bill_no: request.orderNumber }, ['out_bill_no']);
  if (foreign !== null) return foreign;
  const railNumber = textAt(object, 'transfer_bill_no') ?? '';
  if (!NUMBER.test(railNumber)) return unknown('answer-partial', 'no transfer_bill_no');
  const state = stateOf(object);
  switch (state) {
    case 'ACCEPTED':
    case 'PROCESSING':
      return unknown('PROCESSING', state);
    case 'WAIT_USER_CONFIRM': {
      const packageInfo = textAt(object, 'package_info') ?? '';
      if (!PACKAGE.test(packageInfo)) return unknown('answer-partial', 'WAIT_USER_CONFIRM without package_info');
      return { kind: 'paid', railNumber, packageInfo };
    }
    case 'TRANSFERING':
    case 'SUCCESS':
      return { kind: 'paid', railNumber };
    case 'FAIL':
    case 'CANCELING':
    case 'CANCELLED':
      return {
        kind: 'refused',
        code: 'SEND_FAILED',
        message: `${state} ${textAt(object, 'fail_reason') ?? ''}`.trim(),
      };
    case undefined:
      return unknown('status-unknown', textAt(object, 'state') ?? '');
  }
}

/**
 * Reads the answer to a query. `found` needs WeChat Pay's signature, merchant, number and amount ours and a known
 * state; `not-found` its signed NOT_FOUND.
 */
export function readTransferQuery(
  answer: JudgedAnswer,
  asked: QueriedPayout & { readonly mchId: string },
): QueryOutcome {
  const read = readAnswer(answer);
  if ('kind' in read) return read;
  if (answer.status !== 200) {
    const { code, message } = read.fault;
    return code === 'NOT_FOUND' && answer.signed ? { kind: 'not-found' } : unknown(code, message);
  }
  const { object } = read;
  const ours = {
    out_bill_no: asked.orderNumber,
    mch_id: asked.mchId,
    mchid: asked.mchId,
    appid: asked.appId,
    transfer_amount: String(asked.amountFen),
  };
  const foreign = foreignField(object, ours, ['out_bill_no', 'transfer_amount']);
  if (foreign !== null) return foreign;
  if (textAt(object, 'mch_id') === undefined && textAt(object, 'mchid') === undefined)
    return unknown('answer-partial', 'success without mch_id');
  const transferState = stateOf(object);
  if (transferState === undefined) return unknown('status-unknown', textAt(object, 'state') ?? '');
  const reason = textAt(object, 'fail_reason') ?? '';
  const status = transferState === 'FAIL' ? (reason === RAN_OUT ? 'REFUND' : 'FAILED') : MEANINGS[transferState];
  const atMs = Date.parse(textAt(object, 'update_time') ?? '');
  return {
    kind: 'found',
    status,
    reason: reason === '' ? transferState : `${transferState} ${reason}`,
    returnedFen: status === 'REFUND' ? asked.amountFen : fen(0),
    openedAtMs: status === 'RECEIVED' && Number.isFinite(atMs) ? atMs : null,
    transferState,
  };
}

/** Returns what a cancellation was answered, for the log alone. */
export function readCancelAnswer({ status, body }: JudgedAnswer): string {
  const object = asObject(readJson(body)) ?? {};
  return `${status} ${textAt(object, 'state') ?? textAt(object, 'code') ?? ''}`.trim();
}

function readAnswer(
  answer: JudgedAnswer,
): { readonly object: JsonObject; readonly fault: { readonly code: string; readonly message: string } } | Unknown {
  const object = asObject(readJson(answer.body));
  if (answer.status >= 500 && object === undefined) return unknown(`http-${answer.status}`, 'an error page');
  if (object === undefined) return unknown('answer-unreadable', 'the answer is no JSON object');
  if (answer.status === 200 && !answer.signed)
    return unknown('answer-not-signed', 'no key of WeChat Pay that is set here signed the answer');
  const code = textAt(object, 'code') ?? `http-${answer.status}`;
  return { object, fault: { code: code.slice(0, 64), message: (textAt(object, 'message') ?? '').slice(0, 200) } };
}

function stateOf(object: JsonObject): TransferState | undefined {
  const state = textAt(object, 'state') ?? '';
  return state === 'FAIL' || Object.hasOwn(MEANINGS, state) ? (state as TransferState) : undefined;
}

/** Whatever is echoed must be ours, and what is needed must be there. */
function foreignField(
  object: JsonObject,
  ours: Readonly<Record<string, string>>,
  needed: readonly string[],
): Unknown | null {
  for (const [name, value] of Object.entries(ours)) {
    const echoed = textAt(object, name) ?? numberAt(object, name);
    if (echoed === undefined && needed.includes(name)) return unknown('answer-partial', `success without ${name}`);
    if (echoed !== undefined && echoed !== value) return unknown('answer-not-ours', `${name} is not ours`);
  }
  return null;
}

function unknown(code: string, message: string): Unknown {
  return { kind: 'unknown', code, message };
}

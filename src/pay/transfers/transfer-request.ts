import { payTextFault } from '../../base/pay-text.ts';
import type { TransferRequest } from '../../flows/ports/transfers.ts';

/** A field of a transfer that WeChat Pay would refuse, by its name in `TransferRequest`, and why. */
export interface TransferFault {
  readonly path: string;
  readonly message: string;
}

export const TRANSFERS_PATH = '/v3/fund-app/mch-transfer/transfer-bills';

/** The scene of cash rewards, whose report has exactly these two items. */
const REWARD_SCENE = '1000';
const REPORTS = { activity: '活动名称', reward: '奖励说明' } as const;
const AMOUNT_FEN_MIN = 10;
// From here on the person's real name has to go along.
const NAMED_FROM_FEN = 200_000;
const RED_PACKET_LOOK_FEN_MAX = 20_000;
const CHARACTERS_MAX = 32;
// UTF-8 has at most 4 bytes a character: the characters are counted beside it.
const ANY_BYTES = 4 * 256;

/**
 * Returns every fault WeChat Pay would find in a transfer, none when it may be sent
 * (https://pay.weixin.qq.com/doc/v3/merchant/4012716434).
 */
export function transferFaults(request: TransferRequest): readonly TransferFault[] {
  const { orderNumber, appId, openid, activityName, reward, remark } = request;
  return [
    ...form('orderNumber', orderNumber, /^[0-9A-Za-z]{1,32}$/, '1-32 letters and digits are needed'),
    ...form('appId', appId, /^[0-9A-Za-z_-]{1,32}$/, '1-32 letters and digits are needed'),
    ...form('openid', openid, /^[0-9A-Za-z_-]{1,64}$/, '1-64 letters, digits, _ or - are needed'),
    ...text('activityName', activityName),
    ...text('reward', reward),
    ...text('remark', remark),
    ...amount(request),
    ...notifyUrl(request.notifyUrl),
  ];
}

/** The person's name, sealed, and whose key it was sealed by. */
export interface SealedName {
  readonly sealed: string;
  readonly verifierId: string;
}

/** Writes the body of a transfer, always in the same way: what is sent again is the same to the last byte. */
export function transferJson(request: TransferRequest, name: SealedName | null): string {
  const { activityName, reward, notifyUrl: url } = request;
  return JSON.stringify({
    appid: request.appId,
    out_bill_no: request.orderNumber,
    transfer_scene_id: REWARD_SCENE,
    openid: request.openid,
    ...(name === null ? {} : { user_name: name.sealed }),
    transfer_amount: request.amountFen,
    transfer_remark: request.remark,
    ...(url === null ? {} : { notify_url: url }),
    user_recv_perception: '活动奖励',
    transfer_scene_report_infos: [
      { info_type: REPORTS.activity, info_content: activityName },
      { info_type: REPORTS.reward, info_content: reward },
    ],
    ...(request.look === 'RED_PACKET' ? { user_recv_style: { type: 'RED_PACKET' } } : {}),
  });
}

function form(path: string, value: string, allowed: RegExp, message: string): readonly TransferFault[] {
  return allowed.test(value) ? [] : [{ path, message }];
}

function text(path: string, value: string): readonly TransferFault[] {
  const message = payTextFault(value, ANY_BYTES);
  if (message !== null) return [{ path, message }];
  const characters = Array.from(value).length;
  return characters <= CHARACTERS_MAX
    ? []
    : [{ path, message: `at most ${CHARACTERS_MAX} characters; this has ${characters}` }];
}

function amount({ amountFen, look, userName }: TransferRequest): readonly TransferFault[] {
  if (!Number.isSafeInteger(amountFen) || amountFen < AMOUNT_FEN_MIN)
    return [{ path: 'amountFen', message: `a whole number of fen from ${AMOUNT_FEN_MIN} is needed` }];
  if (look === 'RED_PACKET' && amountFen > RED_PACKET_LOOK_FEN_MAX)
    return [{ path: 'look', message: 'above 200 yuan a transfer cannot look like a red packet' }];
  return amountFen >= NAMED_FROM_FEN && userName === null
    ? [{ path: 'userName', message: 'from 2000 yuan on WeChat Pay wants the person’s real name' }]
    : [];
}

/** Without a query, as the page says. */
function notifyUrl(url: string | null): readonly TransferFault[] {
  if (url === null || /^https:\/\/[^?#\s]{1,240}$/.test(url)) return [];
  return [{ path: 'notifyUrl', message: 'https without a query is needed, at most 256 characters' }];
}

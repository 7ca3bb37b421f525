import { PACKET_FEN_MAX, PAY_SCENES } from '../base/pay-amount.ts';
import { FEN_MAX } from '../base/fen.ts';
import type { MerchantSettings } from './ports/merchants.ts';

/** A setting that cannot be, by its name, and why. */
export interface SettingFault {
  readonly path: keyof MerchantSettings;
  readonly message: string;
}

// WeChat Pay takes 30 sends a second of a merchant, over all its systems
// (https://pay.weixin.qq.com/doc/v2/merchant/4011974053): a shorter spacing only earns refusals.
const SPACING_MS_MIN = 33.34;
const SPACING_MS_MAX = 60_000;
const PERSON_DAY_PACKETS_MAX = 10_000;
const CALLS_MAX = 1000;
const MERCHANT_NUMBER = /^[0-9]{1,32}$/;
const APP_ID = /^[0-9A-Za-z_-]{1,32}$/;

/**
 * Finds everything that is wrong in a merchant's settings, as they would be after a change. Besides ranges: a packet
 * that fits the amounts must also fit the daily caps, or it would wait for ever; provider mode needs both of its ids
 * (https://github.com/yansongda/pay/issues/184).
 */
export function merchantSettingFaults(settings: MerchantSettings): readonly SettingFault[] {
  return [
    ...amountFaults(settings),
    ...capFaults(settings),
    ...paceFaults(settings),
    ...providerFaults(settings),
    ...boundAppFaults(settings),
  ];
}

function amountFaults({ amountMinFen, amountMaxFen, scenes }: MerchantSettings): readonly SettingFault[] {
  const unknown = scenes.filter((scene) => !PAY_SCENES.includes(scene));
  return [
    ...whole('amountMinFen', amountMinFen, 1, PACKET_FEN_MAX),
    ...whole('amountMaxFen', amountMaxFen, 1, PACKET_FEN_MAX),
    ...(amountMaxFen < amountMinFen ? [fault('amountMaxFen', 'must not be less than the smallest amount')] : []),
    ...(unknown.length > 0 ? [fault('scenes', `PRODUCT_1 to PRODUCT_8, not ${unknown.join(', ')}`)] : []),
    ...(new Set(scenes).size < scenes.length ? [fault('scenes', 'each scene once')] : []),
  ];
}

function capFaults(settings: MerchantSettings): readonly SettingFault[] {
  const { amountMaxFen, personDayPackets, personDayFen, dayFen } = settings;
  const tooSmall = `less than the largest packet, ${amountMaxFen} fen, which would wait for ever`;
  return [
    ...whole('personDayPackets', personDayPackets, 1, PERSON_DAY_PACKETS_MAX),
    ...whole('personDayFen', personDayFen, 1, FEN_MAX),
    ...(personDayFen < amountMaxFen ? [fault('personDayFen', tooSmall)] : []),
    ...whole('dayFen', dayFen, 1, FEN_MAX),
    ...(dayFen < amountMaxFen ? [fault('dayFen', tooSmall)] : []),
  ];
}

function paceFaults({ spacingMs, callsMax }: MerchantSettings): readonly SettingFault[] {
  const allowed = spacingMs >= SPACING_MS_MIN && spacingMs <= SPACING_MS_MAX;
  const message = `from ${SPACING_MS_MIN} (WeChat Pay takes 30 sends a second) to ${SPACING_MS_MAX} ms`;
  return [...(allowed ? [] : [fault('spacingMs', message)]), ...whole('callsMax', callsMax, 1, CALLS_MAX)];
}

function providerFaults({ subMchId, msgAppId, consumeMchId }: MerchantSettings): readonly SettingFault[] {
  return [
    ...(subMchId === null || MERCHANT_NUMBER.test(subMchId) ? [] : [fault('subMchId', '1-32 digits, or none')]),
    ...(msgAppId === null || APP_ID.test(msgAppId) ? [] : [fault('msgAppId', '1-32 letters, digits, _ or -, or none')]),
    ...(consumeMchId === null || MERCHANT_NUMBER.test(consumeMchId)
      ? []
      : [fault('consumeMchId', '1-32 digits, or none')]),
    ...(subMchId !== null && msgAppId === null
      ? [fault('msgAppId', 'is needed where a sub-merchant pays: the app id through which people are reached')]
      : []),
    ...(subMchId === null && msgAppId !== null
      ? [fault('subMchId', 'is needed with an app id of its own: only service providers send msgappid')]
      : []),
  ];
}

function boundAppFaults({ appIds, miniAppIds }: MerchantSettings): readonly SettingFault[] {
  const odd = (ids: readonly string[]): boolean => ids.some((id) => !APP_ID.test(id));
  const both = appIds.filter((id) => miniAppIds.includes(id));
  return [
    ...(odd(appIds) ? [fault('appIds', 'app ids of 1-32 letters, digits, _ or -, one a line')] : []),
    ...(odd(miniAppIds) ? [fault('miniAppIds', 'app ids of 1-32 letters, digits, _ or -, one a line')] : []),
    ...(both.length > 0
      ? [fault('miniAppIds', `an official account or a mini program, not both: ${both.join(', ')}`)]
      : []),
  ];
}

function whole(path: keyof MerchantSettings, value: number, least: number, most: number): readonly SettingFault[] {
  const allowed = Number.isSafeInteger(value) && value >= least && value <= most;
  return allowed ? [] : [fault(path, `a whole number from ${least} to ${most}`)];
}

function fault(path: keyof MerchantSettings, message: string): SettingFault {
  return { path, message };
}

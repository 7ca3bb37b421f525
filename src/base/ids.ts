/** Branded ids: a plain string at run time, but the compiler keeps an award's id out of an activity's place. */
type Branded<Name extends string> = string & { readonly __id: Name };

/** Short name of an Official Account inside this installation, part of its callback URL: `main`. */
export type AccountId = Branded<'account'>;
/** Short name of a merchant inside this installation. */
export type MerchantId = Branded<'merchant'>;
/** Random 128-bit hex id of an activity. */
export type ActivityId = Branded<'activity'>;
/** Id of a prize within its activity, chosen by the rule's author. */
export type PrizeId = Branded<'prize'>;
/** Random 128-bit hex id of an award. */
export type AwardId = Branded<'award'>;
/** The person's openid under one account; meaningless without the account beside it. */
export type Openid = Branded<'openid'>;
/** What makes a request unique for ever: `m:<MsgId>:<sender>` for messages, `p:<activity>:<token>:<openid>` for pages. */
export type RequestKey = Branded<'request'>;
/** The number WeChat Pay knows a payout by (mch_billno): 1-28 letters and digits. */
export type OrderNumber = Branded<'order'>;

const ACCOUNT_ID = /^[a-z0-9][a-z0-9-]{0,31}$/;
const RANDOM_ID = /^[0-9a-f]{32}$/;

/** Checks and brands an account's short name. Throws RangeError when it does not match `[a-z0-9-]{1,32}`. */
export function accountId(value: string): AccountId {
  if (!ACCOUNT_ID.test(value)) throw new RangeError(`not an account id: ${JSON.stringify(value)}`);
  return value as AccountId;
}

/** Checks and brands a merchant's short name, same alphabet as an account's. */
export function merchantId(value: string): MerchantId {
  if (!ACCOUNT_ID.test(value)) throw new RangeError(`not a merchant id: ${JSON.stringify(value)}`);
  return value as MerchantId;
}

/** Checks and brands 32 lower-case hex digits (128 random bits) as an activity's id. */
export function activityId(value: string): ActivityId {
  if (!RANDOM_ID.test(value)) throw new RangeError(`not an activity id: ${JSON.stringify(value)}`);
  return value as ActivityId;
}

/** Checks and brands 32 lower-case hex digits (128 random bits) as an award's id. */
export function awardId(value: string): AwardId {
  if (!RANDOM_ID.test(value)) throw new RangeError(`not an award id: ${JSON.stringify(value)}`);
  return value as AwardId;
}

/** Brands an openid. Throws RangeError for empty or overlong text or characters outside `[A-Za-z0-9_-]`. */
export function openid(value: string): Openid {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(value))
    throw new RangeError('not an openid: 1-64 letters, digits, _ or - are needed');
  return value as Openid;
}

import type { Random } from '../random.ts';
import { writeXml, type XmlValue } from '../wire/xml.ts';

/** The fields of one answer; order is decided when it is written. */
export type PayAnswer = Readonly<Record<string, XmlValue>>;

/** WeChat Pay's texts for its codes; clients must never read them. https://pay.weixin.qq.com/doc/v2/merchant/4011974053 */
const texts = {
  XML_ERROR: '请求的xml格式错误，或者post的数据为空',
  CA_ERROR: 'CA证书出错，请登录微信支付商户平台下载证书',
  SIGN_ERROR: '签名错误',
  PARAM_ERROR: '参数错误',
  ILLEGAL_APPID: '非法appid，请确认是否为公众号的appid，不能为APP的appid',
  MSGAPPID_ERROR: '触达消息给用户appid有误，请使用与主、子商户号绑定的appid',
  ACCEPTMODE_ERROR: '授理模式关系校验失败，请检查主、子商户号',
  OPENID_ERROR: 'openid和appid不匹配',
  NO_AUTH: '该用户帐号异常，存在安全风险，已拦截',
  API_METHOD_CLOSED: '你的商户号API发放方式已关闭，请联系管理员在商户平台开启',
  FATAL_ERROR: '更换了openid，请使用原单的openid',
  FREQ_LIMIT: '超过频率限制，请稍后再试',
  MONEY_LIMIT: '红包金额发放限制',
  SENDNUM_LIMIT: '该用户今日领取红包个数超过你在微信支付商户平台配置的上限',
  RCVDAMOUNT_LIMIT: '该用户今日领取红包总金额超过你在微信支付商户平台配置的上限',
  SENDAMOUNT_LIMIT: '您的商户号今日发放红包金额超过你在微信支付商户平台配置的上限',
  NOTENOUGH: '帐号余额不足，请到商户平台充值后再重试',
  SEND_FAILED: '红包发放失败，请更换单号再重试',
  SYSTEMERROR: '请求已受理，请稍后使用原单号查询发放结果',
  PROCESSING: '请求已受理，请稍后使用原单号查询发放结果',
  NOT_FOUND: '指定单号数据不存在',
} as const;

export type RefusalCode = keyof typeof texts;

/** A refusal on its way to the answer; the text is the code's own unless a closer one is known. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, text: string = texts[code]) {
    super(text);
    this.code = code;
  }
}

/** Format and signature are told at the level of the connection, everything else at the level of the business. */
export function refusal(refused: Refused, echo: PayAnswer = {}): PayAnswer {
  const unheard = refused.code === 'XML_ERROR' || refused.code === 'SIGN_ERROR';
  return failure(unheard ? 'FAIL' : 'SUCCESS', refused.code, refused.message, unheard ? {} : echo);
}

/** SYSTEMERROR comes without any echo of the request. */
export function systemError(): PayAnswer {
  return failure('SUCCESS', 'SYSTEMERROR', texts.SYSTEMERROR);
}

/** The old page's sample for a number the query does not know. */
export function oldNotFound(): PayAnswer {
  return failure('FAIL', 'SYSTEMERROR', texts.NOT_FOUND);
}

/** A code that no table lists: the client must keep the number and ask. */
export function unknownCode(echo: PayAnswer): PayAnswer {
  return failure('SUCCESS', 'ACCOUNT_CHECK_PENDING', '账户核验中', echo);
}

export function success(text: string, fields: PayAnswer): PayAnswer {
  return {
    return_code: 'SUCCESS',
    return_msg: text,
    result_code: 'SUCCESS',
    err_code: 'SUCCESS',
    err_code_des: text,
    ...fields,
  };
}

function failure(returnCode: string, code: string, text: string, echo: PayAnswer = {}): PayAnswer {
  return {
    return_code: returnCode,
    return_msg: text,
    result_code: 'FAIL',
    err_code: code,
    err_code_des: text,
    ...echo,
  };
}

/** The official page warns of new fields and of another order, so both happen now and then. Never signed. */
export function writePayAnswer(fields: PayAnswer, random: Random): string {
  const pairs = Object.entries(fields);
  if (random.chance(0.2)) pairs.push(['trace_mark', random.hex(12)]);
  return writeXml(random.chance(0.4) ? random.shuffle(pairs) : pairs);
}

/** A request that is refused: HTTP status, code and text as version 3 writes them. */
export class TransferRefused extends Error {
  override readonly name = 'TransferRefused';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, text: string) {
    super(text);
    this.status = status;
    this.code = code;
  }
}

/** A transfer as it was asked for. */
export type TransferOrder = {
  number: string;
  appId: string;
  openid: string;
  amountFen: number;
  remark: string;
  activityName: string;
  reward: string;
  redPacketLook: boolean;
  notifyUrl: string | undefined;
  /** As it came, sealed. */
  userName: string | undefined;
};

const fenMin = 10;
const namedFromFen = 200_000;
const lookFenMax = 20_000;
const perceptions = new Set(['活动奖励', '现金奖励']);
const fields = new Set(
  (
    'appid out_bill_no transfer_scene_id openid user_name transfer_amount transfer_remark notify_url ' +
    'user_recv_perception transfer_scene_report_infos user_recv_style'
  ).split(' '),
);

/** Reads and checks a transfer by the field table: https://pay.weixin.qq.com/doc/v3/merchant/4012716434. Throws TransferRefused. */
export function readTransfer(text: string): TransferOrder {
  const body = objectOf(text);
  for (const name of Object.keys(body)) if (!fields.has(name)) throw parameter(`${name}: 未知的参数`);
  const scene = needed(body, 'transfer_scene_id', /^.{1,36}$/u);
  if (scene !== '1000') throw new TransferRefused(400, 'INVALID_REQUEST', '转账场景不可用');
  const amountFen = body['transfer_amount'];
  if (typeof amountFen !== 'number' || !Number.isSafeInteger(amountFen)) throw parameter('transfer_amount 必须为整数');
  const reports = readReports(body['transfer_scene_report_infos']);
  const order: TransferOrder = {
    number: needed(body, 'out_bill_no', /^[0-9A-Za-z]{1,32}$/),
    appId: needed(body, 'appid', /^.{1,32}$/u),
    openid: needed(body, 'openid', /^.{1,64}$/u),
    amountFen,
    remark: needed(body, 'transfer_remark', /^.{1,32}$/u),
    activityName: reports.get('活动名称') ?? '',
    reward: reports.get('奖励说明') ?? '',
    redPacketLook: readLook(body['user_recv_style']),
    notifyUrl: optional(body, 'notify_url', /^https:\/\/[^?\s]{1,248}$/),
    userName: optional(body, 'user_name', /^[A-Za-z0-9+/=]{1,1024}$/),
  };
  const perception = optional(body, 'user_recv_perception', /^.{1,32}$/u);
  if (perception !== undefined && !perceptions.has(perception))
    throw new TransferRefused(400, 'INVALID_REQUEST', '暂不支持展示当前传入的用户收款感知');
  checkAmount(order);
  return order;
}

function checkAmount({ amountFen, redPacketLook, userName }: TransferOrder): void {
  if (amountFen < fenMin) throw new TransferRefused(400, 'INVALID_REQUEST', '超过单笔转账上下限');
  if (redPacketLook && amountFen > lookFenMax) throw new TransferRefused(400, 'INVALID_REQUEST', '超过单笔转账上下限');
  if (amountFen >= namedFromFen && userName === undefined) throw parameter('转账金额达到实名门槛，需传入收款用户姓名');
}

/** Scene 1000 needs exactly its two items, each once. */
function readReports(value: unknown): ReadonlyMap<string, string> {
  if (!Array.isArray(value)) throw parameter('需传入转账场景报备信息');
  const reports = new Map<string, string>();
  for (const item of value as unknown[]) {
    const one = asObject(item);
    if (Object.keys(one).some((name) => name !== 'info_type' && name !== 'info_content')) throw incomplete();
    const kind = needed(one, 'info_type', /^.{1,15}$/u);
    if (reports.has(kind)) throw incomplete();
    reports.set(kind, needed(one, 'info_content', /^.{1,32}$/u));
  }
  if (reports.size !== 2 || !reports.has('活动名称') || !reports.has('奖励说明')) throw incomplete();
  return reports;
}

function readLook(value: unknown): boolean {
  if (value === undefined) return false;
  const kind = asObject(value)['type'];
  if (kind !== 'CONFIRM_PAGE' && kind !== 'RED_PACKET') throw parameter('user_recv_style.type 错误');
  return kind === 'RED_PACKET';
}

function objectOf(text: string): Record<string, unknown> {
  try {
    return asObject(JSON.parse(text));
  } catch (error) {
    if (error instanceof TransferRefused) throw error;
    throw parameter('请求体不是JSON');
  }
}

function asObject(value: unknown): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw parameter('参数类型错误');
  return value as Record<string, unknown>;
}

function needed(body: Record<string, unknown>, name: string, form: RegExp): string {
  const value = optional(body, name, form);
  if (value === undefined) throw parameter(`${name} 不能为空`);
  return value;
}

function optional(body: Record<string, unknown>, name: string, form: RegExp): string | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !form.test(value)) throw parameter(`${name} 格式错误`);
  return value;
}

function incomplete(): TransferRefused {
  return parameter('未传入完整且对应的转账场景报备信息');
}

function parameter(text: string): TransferRefused {
  return new TransferRefused(400, 'PARAM_ERROR', text);
}

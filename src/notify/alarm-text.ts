import { beijingTime } from '../base/beijing-day.ts';
import { cleanText } from '../base/clean-text.ts';
import type { Alarm, AlarmKind } from '../flows/ports/alarms.ts';

interface Words {
  readonly title: string;
  /** What the subject is. */
  readonly about: string;
  /** What the reader has to do. */
  readonly act: string;
}

const WORDS: Readonly<Record<AlarmKind, Words>> = {
  'merchant-stopped': {
    title: '商户已停止发红包',
    about: '商户',
    act: '先消除原因（如充值、换证书、联系微信支付），再在控制台恢复该商户。未发的红包保留原单号，恢复后继续发放。',
  },
  'sending-stopped': {
    title: '全部红包已暂停发放',
    about: '范围',
    act: '确认可以继续后，在控制台恢复发放。未发的红包保留原单号。',
  },
  'certificate-expires': {
    title: '商户证书快到期',
    about: '商户',
    act: '到微信支付商户平台更换证书，用新文件覆盖服务器上的证书文件，一分钟内自动生效，不用重启。',
  },
  contradiction: {
    title: '微信支付对同一单号的说法互相矛盾',
    about: '单号',
    act: '不要补发。请在微信支付商户平台按单号核对是否已付款，再按结果处理。',
  },
  'books-differ': {
    title: '每日对账有差异',
    about: '日期',
    act: '打开当天的对账报告，逐笔核对差异。查清之前不要补发。',
  },
  'forecast-left': {
    title: '活动实际情况超出预测范围',
    about: '活动',
    act: '在控制台打开该活动，对照预测曲线查看人数、奖品和预算。需要时可以暂停活动。',
  },
};

/** WeCom takes 2048 bytes of text, the others more (https://developer.work.weixin.qq.com/document/path/91770). */
const BYTES_MAX = 2048;
// Everything but the line break; a message from outside may hold any of them.
// oxlint-disable-next-line no-control-regex -- exactly these control characters are meant
const CONTROLS = /[\u0000-\u0009\u000B-\u001F\u007F]+/g;

/**
 * Writes an alarm for people in a chat: what happened, to what, what to do and when, at most 2048 UTF-8 bytes. No `<`
 * is left in it: WeCom and Feishu would read `<@all>` or `<at user_id="all">` in a message from outside as a mention.
 */
export function alarmText(alarm: Alarm): string {
  const { title, about, act } = WORDS[alarm.kind];
  const head = `【红包告警】${title}（${alarm.kind}）\n${about}：${harmless(alarm.subject, 200) || '整个系统'}\n情况：`;
  const tail = `\n处理：${act}\n时间：${beijingTime(alarm.raisedAtMs)}（北京时间）`;
  return `${head}${harmless(alarm.message, BYTES_MAX - Buffer.byteLength(head + tail))}${tail}`;
}

function harmless(text: string, bytesMax: number): string {
  const plain = cleanText(text).replaceAll(CONTROLS, ' ').replaceAll('<', '＜').trim();
  if (Buffer.byteLength(plain) <= bytesMax) return plain;
  let kept = '';
  let bytes = Buffer.byteLength('…');
  for (const character of plain) {
    bytes += Buffer.byteLength(character);
    if (bytes > bytesMax) break;
    kept += character;
  }
  return `${kept}…`;
}

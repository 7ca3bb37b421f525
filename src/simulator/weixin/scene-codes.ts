import type { SimulatorClock } from '../clock.ts';
import type { EventFields, PushResult } from '../push/push.ts';
import type { Random } from '../random.ts';
import type { AccountPeople } from './account-people.ts';
import { ApiFault, fieldsOf, FileReply, jsonBody, type ApiCall } from './api-call.ts';

type SceneCode = { scene: string; isNumber: boolean; expiresAtMs: number; url: string };
type Parts = {
  clock: SimulatorClock;
  random: Random;
  people: AccountPeople;
  push: (openid: string, fields: EventFields) => Promise<PushResult>;
};

const secondsMax = 2_592_000;
const secondsUsual = 60;
const permanentIdMax = 100_000;
const temporaryIdMax = 0xff_ff_ff_ff;
const textMax = 64;
/** The smallest picture a JPEG reader takes for one: start and end of image. */
const picture = Buffer.from('ffd8ffd9', 'hex');

/** Codes with a scene: https://developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode.html */
export class SceneCodes {
  readonly #parts: Parts;
  readonly #codes = new Map<string, SceneCode>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  create(call: ApiCall): object {
    const body = jsonBody(call);
    const { scene_id: id, scene_str: text } = fieldsOf(fieldsOf(body['action_info'])['scene']);
    const { clock, random } = this.#parts;
    const url = `http://weixin.qq.com/q/${random.text(22)}`;
    // With the characters of base64 that a query has to encode.
    const ticket = `gQ${random.text(50)}/${random.text(20)}+${random.text(20)}==`;
    const action = body['action_name'];
    if (action === 'QR_LIMIT_SCENE' || action === 'QR_LIMIT_STR_SCENE') {
      const scene = action === 'QR_LIMIT_SCENE' ? numberScene(id, permanentIdMax) : textScene(text);
      this.#codes.set(ticket, { scene, isNumber: action === 'QR_LIMIT_SCENE', expiresAtMs: Infinity, url });
      return { ticket, url };
    }
    if (action !== 'QR_SCENE' && action !== 'QR_STR_SCENE') throw new ApiFault(40035, 'invalid action name');
    const scene = action === 'QR_SCENE' ? numberScene(id, temporaryIdMax) : textScene(text);
    const seconds = body['expire_seconds'] ?? secondsUsual;
    if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < 1 || seconds > secondsMax) {
      throw new ApiFault(40035, 'invalid expire seconds');
    }
    const expiresAtMs = clock.nowMs() + seconds * 1000;
    this.#codes.set(ticket, { scene, isNumber: action === 'QR_SCENE', expiresAtMs, url });
    return { ticket, expire_seconds: seconds, url };
  }

  /** The picture, or nothing for a ticket that is unknown or over. */
  show(ticket: string): FileReply | undefined {
    return this.#living(ticket) ? new FileReply('image/jpg', picture, 'qrcode.jpg') : undefined;
  }

  /** Somebody scans the code: a stranger follows by it, a follower comes by. Throws when nothing would happen. */
  async scan(openid: string, ticket: string): Promise<PushResult> {
    const code = this.#living(ticket);
    if (!code) throw new Error('this code leads nowhere');
    const { people, push } = this.#parts;
    const person = people.get(openid);
    if (people.follows(person)) return push(openid, { Event: 'SCAN', EventKey: code.scene, Ticket: ticket });
    person.followedBy = { scene: code.scene, isNumber: code.isNumber };
    return push(openid, { Event: 'subscribe', EventKey: `qrscene_${code.scene}`, Ticket: ticket });
  }

  #living(ticket: string): SceneCode | undefined {
    const code = this.#codes.get(ticket);
    return code && code.expiresAtMs > this.#parts.clock.nowMs() ? code : undefined;
  }
}

function numberScene(id: unknown, max: number): string {
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 1 || id > max) throw new ApiFault(40035, 'invalid scene');
  return String(id);
}

function textScene(text: unknown): string {
  if (typeof text !== 'string' || text.length < 1 || text.length > textMax) throw new ApiFault(40035, 'invalid scene');
  return text;
}

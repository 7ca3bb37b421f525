import { beijingDay, type SimulatorClock } from '../clock.ts';
import { ApiFault, done, jsonBody, requireGet, textOf, type ApiCall } from './api-call.ts';

type Recorded = {
  invoke_time: number;
  request_url: string;
  request_body: string;
  response_body: string;
  client_ip: string;
};

const clearsPerMonthMax = 10;
const usualMax = 100_000;
const recordedMax = 1000;
/** Daily limits of a new account; what is not listed gets 100,000. */
const limits: Readonly<Record<string, number>> = {
  '/cgi-bin/menu/create': 1000,
  '/cgi-bin/menu/get': 10_000,
  '/cgi-bin/menu/delete': 1000,
  '/cgi-bin/media/get': 200_000,
  '/cgi-bin/message/custom/send': 500_000,
  '/cgi-bin/user/get': 500,
  '/cgi-bin/user/info': 5_000_000,
  '/cgi-bin/user/info/updateremark': 10_000,
};

/** How often an account may call, and what became of calls: https://developers.weixin.qq.com/doc/service/api/openapi-mgnt/api_getapiquota.html */
export class Quotas {
  /** Lower limits for tests, by path. */
  readonly lowered = new Map<string, number>();
  readonly #clock: SimulatorClock;
  readonly #appId: string;
  readonly #used = new Map<string, number>();
  readonly #clears = new Map<string, number>();
  readonly #recorded = new Map<string, Recorded>();

  constructor(appId: string, clock: SimulatorClock) {
    this.#appId = appId;
    this.#clock = clock;
  }

  count(path: string): void {
    const key = this.#key(path);
    const used = this.#used.get(key) ?? 0;
    if (used >= this.#limit(path)) throw new ApiFault(45009, 'reach max api daily quota limit');
    this.#used.set(key, used + 1);
  }

  get(call: ApiCall): object {
    const path = pathIn(jsonBody(call));
    const [daily_limit, used] = [this.#limit(path), this.#used.get(this.#key(path)) ?? 0];
    return { ...done, quota: { daily_limit, used, remain: daily_limit - used } };
  }

  /** One path's count begins anew. */
  clear(call: ApiCall): object {
    const path = pathIn(jsonBody(call));
    this.#spendClear();
    this.#used.delete(this.#key(path));
    return done;
  }

  /** All counts begin anew. */
  clearAll(call: ApiCall): object {
    if (jsonBody(call)['appid'] !== this.#appId) throw new ApiFault(40013, 'invalid appid');
    this.#spendClear();
    this.#used.clear();
    return done;
  }

  record(rid: string, call: ApiCall, response: string): void {
    this.#recorded.set(rid, {
      invoke_time: Math.floor(this.#clock.nowMs() / 1000),
      request_url: `${call.path}?${call.rawQuery}`,
      request_body: call.bytes.subarray(0, 4096).toString('utf8'),
      response_body: response,
      client_ip: call.address,
    });
    for (const old of this.#recorded.keys()) {
      if (this.#recorded.size <= recordedMax) break;
      this.#recorded.delete(old);
    }
  }

  lookUp(call: ApiCall): object {
    const request = this.#recorded.get(textOf(jsonBody(call)['rid']));
    if (!request) throw new ApiFault(76001, 'rid not found');
    return { ...done, request: { cost_in_ms: 1, ...request } };
  }

  #spendClear(): void {
    const month = beijingDay(this.#clock.nowMs()).slice(0, 6);
    const clears = this.#clears.get(month) ?? 0;
    if (clears >= clearsPerMonthMax) throw new ApiFault(48006, 'forbid to clear quota because of reaching the limit');
    this.#clears.set(month, clears + 1);
  }

  #limit(path: string): number {
    return this.lowered.get(path) ?? limits[path] ?? usualMax;
  }

  #key(path: string): string {
    return `${beijingDay(this.#clock.nowMs())} ${path}`;
  }
}

function pathIn({ cgi_path: path }: Record<string, unknown>): string {
  if (typeof path !== 'string' || !path.startsWith('/') || path.startsWith('//')) {
    throw new ApiFault(76003, 'cgi_path not found');
  }
  return path;
}

/** Addresses that pushes come from and that the API answers at, and a look from WeChat's side at the callback. */
export const addresses = {
  callback: (call: ApiCall): object => {
    requireGet(call);
    return { ip_list: ['127.0.0.1', '101.226.103.0/25'] };
  },
  api: (call: ApiCall): object => {
    requireGet(call);
    return { ip_list: ['127.0.0.1'] };
  },
  check: (call: ApiCall): object => {
    const { action, check_operator: operator } = jsonBody(call);
    const asked = ['dns', 'ping', 'all'].includes(textOf(action));
    if (!asked || !['CHINANET', 'UNICOM', 'CAP', 'DEFAULT'].includes(textOf(operator))) {
      throw new ApiFault(40035, 'invalid parameter');
    }
    const dns = [{ ip: '127.0.0.1', real_operator: 'UNICOM' }];
    const ping = [{ ip: '127.0.0.1', from_operator: 'UNICOM', package_loss: '0%', time: '23.079ms' }];
    return { ...(action === 'ping' ? {} : { dns }), ...(action === 'dns' ? {} : { ping }) };
  },
};

import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { OutsideTrouble } from '../../src/base/errors.ts';
import type { Alarm } from '../../src/flows/ports/alarms.ts';
import { alarmText } from '../../src/notify/alarm-text.ts';
import { createWebhookChannel } from '../../src/notify/webhook-channel.ts';
import type { WebhookChannelOptions } from '../../src/notify/webhook-channel.ts';
import { webhookPresetOf } from '../../src/notify/webhook-presets.ts';
import type { WebhookPreset } from '../../src/notify/webhook-presets.ts';
import { NOON_MS } from '../support/builders.ts';
import { scriptedWechat } from '../wechat/scripted-wechat.ts';

const KEY = '693a91f6-7e00-4bc4-97a0-0ec2sifa5aaa';
const SECRET = 'SECtestsecret0123456789';
// HMACs of SECRET at NOON_MS, computed with Python's hmac, base64 and urllib as the robots' own pages show it.
const DINGTALK_SIGN = 'o8dHJunPKPNGfq5y+Yi8wlH6VwprWe8W8X1ckNIRWoI=';
const FEISHU_SIGN = 'I/bu8NRdAGJbVmQWhPlyajZ3/iT37wHao9auJ4KNLQ8=';

const alarm: Alarm = {
  id: 7,
  kind: 'merchant-stopped',
  subject: 'main',
  message: 'NOTENOUGH 帐号余额不足',
  raisedAtMs: NOON_MS,
};
const text = alarmText(alarm);

const PATHS: Readonly<Record<WebhookPreset, string>> = {
  wecom: `/cgi-bin/webhook/send?key=${KEY}`,
  dingtalk: `/robot/send?access_token=${KEY}`,
  feishu: `/open-apis/bot/v2/hook/${KEY}`,
  json: `/hook/${KEY}`,
};
/** What each robot answers when it took a message. */
const TAKEN: Readonly<Record<WebhookPreset, object>> = {
  wecom: { errcode: 0, errmsg: 'ok' },
  dingtalk: { errcode: 0, errmsg: 'ok' },
  feishu: { StatusCode: 0, StatusMessage: 'success', code: 0, data: {}, msg: 'success' },
  json: {},
};
const PRESETS = ['wecom', 'dingtalk', 'feishu', 'json'] as const;

type Hook = Parameters<typeof scriptedWechat>[0];

/** A robot on loopback that answers by the script, and a channel to it. */
async function robot(
  context: Hook,
  preset: WebhookPreset,
  script: Parameters<typeof scriptedWechat>[1],
  changes: Partial<WebhookChannelOptions> = {},
) {
  const { url, seen } = await scriptedWechat(context, script);
  const channel = createWebhookChannel({ url: `${url}${PATHS[preset]}`, preset, nowMs: () => NOON_MS, ...changes });
  context.after(() => channel.close());
  return { channel, seen };
}

/** Expects the trouble named, with neither key nor secret in anything a logger could show of it. */
async function troubles(work: Promise<unknown>, code: string, says?: RegExp): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof OutsideTrouble, String(error));
    assert.equal(error.code, code, error.message);
    if (says !== undefined) assert.match(error.message, says);
    const shown = JSON.stringify([error.message, String(error.cause), error.stack]);
    assert.ok(!shown.includes(KEY) && !shown.includes(SECRET), shown);
    return true;
  });
}

describe('a robot gets', () => {
  test('WeCom text', async (context) => {
    const { channel, seen } = await robot(context, 'wecom', () => TAKEN.wecom);
    await channel.tell(alarm);
    assert.equal(seen[0]?.method, 'POST');
    assert.equal(`${seen[0]?.path}${seen[0]?.rawQuery}`, PATHS.wecom);
    assert.deepEqual(JSON.parse(seen[0]?.body ?? ''), { msgtype: 'text', text: { content: text } });
  });

  test('DingTalk text, unsigned without a secret', async (context) => {
    const { channel, seen } = await robot(context, 'dingtalk', () => TAKEN.dingtalk);
    await channel.tell(alarm);
    assert.equal(`${seen[0]?.path}${seen[0]?.rawQuery}`, PATHS.dingtalk);
    assert.deepEqual(JSON.parse(seen[0]?.body ?? ''), { msgtype: 'text', text: { content: text } });
  });

  test('DingTalk text signed in its query, every character of the signature encoded', async (context) => {
    const { channel, seen } = await robot(context, 'dingtalk', () => TAKEN.dingtalk, { secret: SECRET });
    await channel.tell(alarm);
    assert.equal(
      `${seen[0]?.path}${seen[0]?.rawQuery}`,
      `${PATHS.dingtalk}&timestamp=1795233600000&sign=${encodeURIComponent(DINGTALK_SIGN)}`,
    );
    assert.deepEqual(JSON.parse(seen[0]?.body ?? ''), { msgtype: 'text', text: { content: text } });
  });

  test('Feishu text, unsigned without a secret', async (context) => {
    const { channel, seen } = await robot(context, 'feishu', () => TAKEN.feishu);
    await channel.tell(alarm);
    assert.equal(`${seen[0]?.path}${seen[0]?.rawQuery}`, PATHS.feishu);
    assert.deepEqual(JSON.parse(seen[0]?.body ?? ''), { msg_type: 'text', content: { text } });
  });

  test('Feishu text signed in its body, with the time in seconds', async (context) => {
    const { channel, seen } = await robot(context, 'feishu', () => TAKEN.feishu, { secret: SECRET });
    await channel.tell(alarm);
    assert.deepEqual(JSON.parse(seen[0]?.body ?? ''), {
      timestamp: '1795233600',
      sign: FEISHU_SIGN,
      msg_type: 'text',
      content: { text },
    });
  });

  test('a receiver of one’s own JSON with every field', async (context) => {
    const { channel, seen } = await robot(context, 'json', (_seen, response) => void response.writeHead(204).end());
    await channel.tell(alarm);
    assert.deepEqual(JSON.parse(seen[0]?.body ?? ''), {
      id: 7,
      kind: 'merchant-stopped',
      subject: 'main',
      message: 'NOTENOUGH 帐号余额不足',
      raisedAt: '2026-11-21T04:00:00.000Z',
      text,
    });
  });
});

describe('not taken is', () => {
  const refusals = [
    ['wecom', { errcode: 45009, errmsg: 'api freq out of limit' }, /45009 api freq/],
    ['wecom', { errcode: 93000, errmsg: `invalid webhook url, key ${KEY}` }, /93000 invalid webhook url, key …/],
    ['dingtalk', { errcode: 310000, errmsg: 'sign not match' }, /310000 sign not match/],
    ['feishu', { code: 19021, msg: 'sign match fail or timestamp is not within one hour' }, /19021 sign match/],
    ['feishu', { code: 11232, StatusCode: 0, msg: 'frequency limited' }, /11232/],
    ['feishu', { StatusCode: 9499, msg: 'Bad Request' }, /9499/],
  ] as const;
  for (const [preset, answer, says] of refusals) {
    test(`status 200 with ${JSON.stringify(answer).slice(0, 40)} of ${preset}`, async (context) => {
      const { channel } = await robot(context, preset, () => answer, { secret: SECRET });
      await troubles(channel.tell(alarm), 'webhook-refused', says);
    });
  }

  const garbage = ['', '<html>502</html>', '[]', 'null', '{}', '{"errcode":"0"}', '{"errcode":null}', '"ok"', '{"errc'];
  for (const preset of ['wecom', 'dingtalk', 'feishu'] as const) {
    test(`garbage of ${preset}, because absent is not success`, async (context) => {
      const answers = [...garbage];
      const { channel } = await robot(context, preset, () => answers.shift());
      for (const answer of garbage)
        await troubles(channel.tell(alarm), 'webhook-refused').catch((error: Error) => {
          throw new Error(`${preset} took ${answer}`, { cause: error });
        });
    });
  }

  for (const preset of PRESETS) {
    test(`any status but 2xx of ${preset}, whatever the body says`, async (context) => {
      let answers = 200;
      const { channel } = await robot(context, preset, (_seen, response) => {
        response.statusCode = answers;
        return TAKEN[preset];
      });
      for (const status of [301, 400, 404, 500, 502]) {
        answers = status;
        await troubles(channel.tell(alarm), 'webhook-refused', RegExp(`${status}`));
      }
      answers = 200;
      await channel.tell(alarm);
    });
  }

  test('a redirect: the address is told to nobody else', async (context) => {
    const elsewhere = await scriptedWechat(context, () => TAKEN.wecom);
    const { channel } = await robot(context, 'wecom', (_seen, response) => {
      response.writeHead(307, { location: elsewhere.url }).end();
    });
    await troubles(channel.tell(alarm), 'webhook-refused', /307/);
    assert.equal(elsewhere.seen.length, 0);
  });

  test('an answer without end', async (context) => {
    const { channel } = await robot(context, 'wecom', (_seen, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    });
    await troubles(channel.tell(alarm), 'webhook-refused', /too much/);
  });
});

describe('the deadline holds', () => {
  for (const preset of PRESETS) {
    test(`while ${preset} says nothing`, async (context) => {
      const { channel } = await robot(context, preset, () => undefined, { timeoutMs: 150 });
      const startedMs = performance.now();
      await troubles(channel.tell(alarm), 'webhook-too-slow', /150 ms/);
      assert.ok(performance.now() - startedMs < 5000);
    });
  }

  test('while the answer trickles', async (context) => {
    const { channel } = await robot(
      context,
      'wecom',
      (_seen, response) => {
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(timer));
      },
      { timeoutMs: 200 },
    );
    await troubles(channel.tell(alarm), 'webhook-too-slow');
  });

  test('before a server that takes connections and never reads', async (context) => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    // TLS is begun and never answered.
    const url = `https://127.0.0.1:${port}${PATHS.wecom}`;
    const channel = createWebhookChannel({ url, preset: 'wecom', nowMs: () => NOON_MS, timeoutMs: 200 });
    context.after(() => channel.close());
    context.after(() => void server.close());
    const startedMs = performance.now();
    await assert.rejects(channel.tell(alarm), OutsideTrouble);
    assert.ok(performance.now() - startedMs < 5000);
  });
});

test('a robot that hangs up or is not there is unreachable', async (context) => {
  const { channel } = await robot(context, 'feishu', (_seen, response) => void response.destroy());
  await troubles(channel.tell(alarm), 'webhook-unreachable');
  const url = `http://127.0.0.1:1${PATHS.wecom}`;
  const nobody = createWebhookChannel({ url, preset: 'wecom', nowMs: () => NOON_MS });
  context.after(() => nobody.close());
  await troubles(nobody.tell(alarm), 'webhook-unreachable', /ECONNREFUSED/);
});

test('the preset is told from the host', () => {
  const presets = {
    [`https://qyapi.weixin.qq.com${PATHS.wecom}`]: 'wecom',
    [`https://oapi.dingtalk.com${PATHS.dingtalk}`]: 'dingtalk',
    [`https://open.feishu.cn${PATHS.feishu}`]: 'feishu',
    [`https://open.larksuite.com${PATHS.feishu}`]: 'feishu',
    'https://alerts.example.com/x': 'json',
    'https://qyapi.weixin.qq.com.example.com/x': 'json',
    nonsense: 'json',
  };
  for (const [url, preset] of Object.entries(presets)) assert.equal(webhookPresetOf(url), preset, url);
});

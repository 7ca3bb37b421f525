import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { runCommand } from '../../../src/cli.ts';
import { simulatedConfig } from '../../../src/demo-service.ts';
import { accountId, merchantId } from '../../../src/base/ids.ts';
import { diagnose } from '../../../src/flows/doctor/diagnose.ts';
import type { Patient } from '../../../src/flows/doctor/diagnose.ts';
import type { Finding } from '../../../src/flows/doctor/finding.ts';
import { formatFindings } from '../../../src/flows/doctor/format-findings.ts';
import { noAuthMeaning } from '../../../src/flows/doctor/pay-advice.ts';
import type { DoctorProbes } from '../../../src/flows/ports/doctor.ts';
import { defaultPayRules } from '../../../src/simulator/pay/pay-rules.ts';
import { doctorProbes } from '../../../src/wiring-doctor.ts';
import { makeMerchantP12 } from '../../support/merchant-p12.ts';
import { startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const SECRETS_KEY = Buffer.alloc(32, 7);
let world: World;
let patient: { -readonly [Key in keyof Patient]: NonNullable<Patient[Key]> };
let config: ReturnType<typeof simulatedConfig>;

before(async () => {
  world = await startWorld();
  const { simulator, database } = world;
  const port = Number(new URL(world.publicUrl).port);
  config = simulatedConfig({ simulator, databaseUrl: database.url, port, secretsKey: SECRETS_KEY, role: 'all' });
});
after(() => world.close());
beforeEach(() => {
  Object.assign(world.simulator.payRules, defaultPayRules());
  world.simulator.tokens.rules.allowedAddresses = [];
  const { account, merchant } = config;
  patient = {
    account: { ...PLAIN_ACCOUNT, ...account },
    merchant: { ...PLAIN_MERCHANT, ...merchant },
  };
});

const PLAIN_ACCOUNT = {
  id: accountId('main'),
  originalId: null,
  kind: 'service',
  previousEncodingAesKey: null,
  merchantId: merchantId('main'),
  customerMessages: true,
  tokenEndpoint: 'stable',
  welcomeText: '',
  fallbackText: '',
  myAwardsKeyword: '',
  paysThrough: null,
  retentionDays: null,
} as const;
const PLAIN_MERCHANT = {
  id: merchantId('main'),
  state: 'open',
  stoppedReason: null,
  subMchId: null,
  msgAppId: null,
  consumeMchId: null,
  limits: {
    amountMinFen: 100,
    amountMaxFen: 20_000,
    scenes: [],
    personDayPackets: 10,
    personDayFen: 100_000,
    dayFen: 100_000_000,
    spacingMs: 34,
    callsMax: 16,
  },
} as const;

async function look(
  changes: Partial<typeof config> = {},
  around: (probes: DoctorProbes) => DoctorProbes = (probes) => probes,
): Promise<readonly Finding[]> {
  const clock = { nowMs: () => Date.now() };
  return diagnose(around(doctorProbes({ ...config, ...changes }, clock)), [patient], Date.now());
}

/** The one thing that is wrong. */
async function wrong(...given: Parameters<typeof look>): Promise<Finding> {
  const findings = (await look(...given)).filter(({ state }) => state === 'failed');
  assert.deepEqual(
    findings.map(({ check }) => check),
    findings.slice(0, 1).map(({ check }) => check),
    'nothing else is called wrong',
  );
  const only = findings[0];
  assert.ok(only, 'it was not found');
  assert.ok(only.causes.length > 0 && only.todo.length > 0, 'causes and what to do are told');
  return only;
}

function told({ check, found, causes, todo }: Finding): string {
  return [check, found.en, ...causes.map(({ en }) => en), ...todo.map(({ en }) => en)].join('\n');
}

test('a set-up that is right has nothing wrong, in either language', async () => {
  const findings = await look();
  assert.deepEqual(
    findings.filter(({ state }) => state === 'failed' || state === 'warning'),
    [],
  );
  const checks = findings.map(({ check }) => check);
  for (const check of ['database', 'schema', 'redis', 'pay-host', 'clock', 'public-url', 'app-secret', 'signed-query'])
    assert.ok(checks.includes(check as Finding['check']), check);
  assert.match(formatFindings(findings, 'zh').join('\n'), /微信支付应答了签名查询/);
});

describe('each usual mistake is named', () => {
  test('1: another APIv2 key', async () => {
    patient.merchant = { ...patient.merchant, apiKey: 'x'.repeat(32) };
    assert.match(told(await wrong()), /signed-query\n.*SIGN_ERROR[\s\S]*not the APIv2 key[\s\S]*APIv2密钥/);
  });

  test('2: a key that is not whole', async () => {
    patient.merchant = { ...patient.merchant, apiKey: patient.merchant.apiKey.slice(1) };
    const findings = (await look()).filter(({ state }) => state === 'failed');
    assert.match(findings.map(told).join('\n'), /key-length\n.*it has 31 characters/);
  });

  test('3: the certificate of another merchant', async () => {
    const other = makeMerchantP12('1900000999');
    patient.merchant = { ...patient.merchant, ...other };
    const findings = (await look()).filter(({ state }) => state === 'failed');
    assert.match(findings.map(told).join('\n'), /certificate\nthe certificate is of merchant 1900000999, not of/);
  });

  test('4: a certificate that WeChat Pay does not take', async () => {
    const stale = makeMerchantP12(patient.merchant.mchId);
    patient.merchant = { ...patient.merchant, ...stale };
    assert.match(told(await wrong()), /CA_ERROR[\s\S]*14 days after[\s\S]*API证书/);
  });

  test('5: certificate and key of two downloads', async () => {
    const { privateKeyPem } = makeMerchantP12(patient.merchant.mchId);
    patient.merchant = { ...patient.merchant, privateKeyPem };
    const findings = (await look()).filter(({ state }) => state === 'failed');
    assert.match(findings.map(told).join('\n'), /certificate\nthe private key does not fit the certificate/);
  });

  test('6: an AppID that is not bound to the merchant', async () => {
    world.simulator.payRules.illegalAppIds = [];
    patient.account = { ...patient.account, appId: 'wx0000000000000000' };
    const findings = (await look()).filter(({ check }) => check === 'signed-query');
    assert.match(findings.map(told).join('\n'), /PARAM_ERROR[\s\S]*not bound to this merchant[\s\S]*AppID账号管理/);
  });

  test('7: the AppID of a mini program', async () => {
    world.simulator.payRules.illegalAppIds = [patient.account.appId];
    assert.match(told(await wrong()), /ILLEGAL_APPID[\s\S]*mini program/);
  });

  test('8: the product was not opened', async () => {
    world.simulator.payRules.productOpen = false;
    assert.match(told(await wrong()), /NO_AUTH[\s\S]*is not opened for this merchant[\s\S]*90 days/);
  });

  test('9: sending by API is switched off', async () => {
    world.simulator.payRules.apiSwitchOn = false;
    assert.match(told(await wrong()), /API_METHOD_CLOSED[\s\S]*通过API发放/);
  });

  test('10: our address is not on the merchant’s IP list', async () => {
    world.simulator.payRules.allowedAddresses = ['203.0.113.7'];
    assert.match(told(await wrong()), /NO_AUTH[\s\S]*not on the red packet IP list[\s\S]*IP设置/);
  });

  test('11: another AppSecret', async () => {
    patient.account = { ...patient.account, appSecret: 'f'.repeat(32) };
    assert.match(told(await wrong()), /app-secret\nWeChat says 40\d{3}[\s\S]*WECHAT_APP_SECRET is another one/);
  });

  test('12: our address is not on the account’s IP list', async () => {
    world.simulator.tokens.rules.allowedAddresses = ['203.0.113.7'];
    assert.match(told(await wrong()), /40164[\s\S]*not on the account’s IP list[\s\S]*IP白名单/);
  });

  test('13: another token than the service has, or a PUBLIC_URL that leads elsewhere', async () => {
    const { token } = patient.account;
    patient.account = { ...patient.account, token: 'another-token' };
    assert.match(told(await wrong()), /public-url\n.*status 403[\s\S]*token of the account is another one/);
    patient.account = { ...patient.account, token };
    assert.match(told(await wrong({ publicUrl: 'http://127.0.0.1:9' })), /public-url\n.*ECONNREFUSED/);
  });

  test('14: a clock that is wrong', async () => {
    const off = (probes: DoctorProbes): DoctorProbes => ({
      ...probes,
      payHost: async () => {
        const found = await probes.payHost();
        return found.kind === 'ok' ? { ...found, aheadMs: found.aheadMs - 600_000 } : found;
      },
    });
    assert.match(told(await wrong({}, off)), /clock\nthis server’s clock is \d+ s ahead of WeChat Pay’s[\s\S]*ntp/);
  });

  test('15: database, Redis or WeChat Pay cannot be reached', async () => {
    const databaseUrl = 'postgres://u:hush-hush@127.0.0.1:9/x';
    const database = await wrong({ databaseUrl });
    assert.match(told(database), /database\nPostgreSQL cannot be reached/);
    assert.doesNotMatch(told(database), /hush-hush/);
    assert.match(told(await wrong({ redisUrl: 'redis://127.0.0.1:9' })), /redis\n.*ECONNREFUSED/);
    const hosts = { ...config.hosts, payUrl: 'https://127.0.0.1:9' };
    const findings = (await look({ hosts })).filter(({ state }) => state === 'failed');
    assert.match(findings.map(told).join('\n'), /pay-host\n.*ECONNREFUSED[\s\S]*signed-query\n.*not-connected/);
  });

  test('16: a certificate that ends soon', async () => {
    const soonMs = config.merchant.certificateNotAfterMs - 10 * 86_400_000;
    const probes = doctorProbes(config, { nowMs: () => Date.now() });
    const found = (await diagnose(probes, [patient], soonMs)).find(({ check }) => check === 'certificate');
    assert.deepEqual([found?.state, found?.found.en], ['warning', 'the certificate ends in 10 days']);
  });
});

test('a SECRETS_KEY under which no account opens is named', async () => {
  const findings = await diagnose(doctorProbes(config, { nowMs: () => Date.now() }), [], Date.now());
  const wrongOnes = findings.filter(({ state }) => state === 'failed').map(told);
  assert.equal(wrongOnes.length, 1);
  assert.match(wrongOnes[0] ?? '', /configuration\nno account can be read[\s\S]*SECRETS_KEY is another one/);
});

test('NO_AUTH has three meanings, which its text tells apart', () => {
  assert.equal(noAuthMeaning('IP地址非你在商户平台设置的可用IP地址'), 'address');
  assert.equal(noAuthMeaning('没有权限使用此API，请登录商户平台开通产品'), 'product');
  assert.equal(noAuthMeaning('发放失败，此请求可能存在风险，已被微信拦截'), 'risk');
});

describe('npm run cli -- doctor', () => {
  test('names every variable that is wrong before anything is asked', async () => {
    const { code, lines } = await runCommand(['doctor'], { WECHAT_PAY_API_KEY: 'short', LANG: 'zh_CN.UTF-8' });
    const text = lines.join('\n');
    assert.equal(code, 1);
    assert.match(text, /FAILED {3}configuration \(WECHAT_PAY_API_KEY\): WECHAT_PAY_API_KEY needs 32 letters or digits/);
    assert.match(text, /configuration \(WECHAT_PAY_CERT_P12\)/);
    assert.match(text, /处理办法/);
    assert.doesNotMatch(text, /short/);
  });

  test('looks at the environment and at every account of the database', async () => {
    const { simulator } = world;
    const env = {
      PUBLIC_URL: world.publicUrl,
      DATABASE_URL: world.database.url,
      REDIS_URL: 'redis://127.0.0.1:9',
      SECRETS_KEY: SECRETS_KEY.toString('hex'),
      ALLOW_TEST_HOSTS: '1',
      WECHAT_API_URL: simulator.httpUrl,
      WECHAT_PAY_URL: simulator.payUrl,
      WECHAT_APP_ID: simulator.account.appId,
      WECHAT_APP_SECRET: simulator.account.appSecret,
      WECHAT_TOKEN: simulator.account.token,
      WECHAT_ENCODING_AES_KEY: simulator.account.encodingAesKey,
      WECHAT_PAY_MCH_ID: simulator.merchant.mchId,
      WECHAT_PAY_API_KEY: simulator.merchant.apiKey,
      WECHAT_PAY_CERT_PEM: simulator.merchant.certPem,
      WECHAT_PAY_KEY_PEM: simulator.merchant.keyPem,
      WECHAT_PAY_SEND_NAME: '红包演示',
      WECHAT_PAY_CLIENT_IP: '127.0.0.1',
    };
    const { lines } = await runCommand(['doctor'], env);
    const text = lines.join('\n');
    assert.match(text, /ok {7}app-secret \(main\)/);
    assert.match(text, /FAILED {3}redis \(REDIS_URL\)/);
    assert.match(text, /ok {7}certificate \(main\): of merchant \d+, serial [0-9A-F]+, \d+ days left/);
    // The simulator's root is no one's; a test host's own has to be named.
    assert.match(text, /FAILED {3}pay-host/);
    for (const secret of [simulator.account.appSecret, simulator.merchant.apiKey]) assert.ok(!text.includes(secret));
  });
});

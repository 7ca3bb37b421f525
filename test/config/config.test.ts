import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { loadCertificate, loadConfig, loadVariables } from '../../src/config.ts';
import type { Config, Environment } from '../../src/config.ts';
import { variables } from '../../src/config-variables.ts';
import { makeMerchantP12 } from '../support/merchant-p12.ts';

const room = mkdtempSync(join(tmpdir(), 'hongbao-config-'));
after(() => rmSync(room, { recursive: true, force: true }));
const NOW_MS = Date.parse('2026-11-21T12:00:00+08:00');
const merchant = makeMerchantP12('1900000109');

function file(name: string, content: string | Buffer): string {
  const path = join(room, name);
  writeFileSync(path, content);
  return path;
}

const good: Environment = {
  PUBLIC_URL: 'https://hongbao.example.com/',
  DATABASE_URL: 'postgres://hongbao:pw@db:5432/hongbao',
  REDIS_URL: 'redis://cache:6379',
  SECRETS_KEY: Buffer.alloc(32, 7).toString('base64'),
  WECHAT_APP_ID: 'wx0123456789abcdef',
  WECHAT_APP_SECRET: '0123456789abcdef0123456789abcdef',
  WECHAT_TOKEN: 'abc',
  WECHAT_ENCODING_AES_KEY: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
  WECHAT_PAY_MCH_ID: '1900000109',
  WECHAT_PAY_API_KEY: 'ABCDEF0123456789ABCDEF0123456789',
  WECHAT_PAY_CERT_P12_FILE: file('cert.p12', merchant.p12),
  WECHAT_PAY_SEND_NAME: '十个汉字的商户名称呀',
  WECHAT_PAY_CLIENT_IP: '203.0.113.7',
};

function configOf(env: Environment): Config {
  const loaded = loadConfig(env, NOW_MS);
  assert.ok('config' in loaded, 'faults' in loaded ? loaded.faults.join('\n') : '');
  return loaded.config;
}

function faultsOf(changes: Environment): readonly string[] {
  const loaded = loadConfig({ ...good, ...changes }, NOW_MS);
  return 'faults' in loaded ? loaded.faults : [];
}

describe('a whole configuration', () => {
  test('is read with the defaults for what is left out, and cannot be changed afterwards', () => {
    const config = configOf(good);
    assert.equal(config.publicUrl, 'https://hongbao.example.com');
    assert.deepEqual(
      [config.port, config.role, config.logLevel, config.proxyHops, config.metricsToken, config.account.messageMode],
      [8080, 'all', 'info', 0, null, 'safe'],
    );
    assert.deepEqual(config.hosts, {
      apiUrl: 'https://api.weixin.qq.com',
      openUrl: 'https://open.weixin.qq.com',
      mpUrl: 'https://mp.weixin.qq.com',
      resUrl: 'https://res.wx.qq.com',
      payUrl: 'https://api.mch.weixin.qq.com',
      payBackupUrl: null,
      payCaPem: null,
    });
    assert.equal(config.alarmWebhook, null);
    assert.deepEqual([config.pageTrustFen, config.followersPerMinute], [100, 3000]);
    assert.deepEqual(config.requestLimits, { person: { draw: 5, view: 10 }, address: { draw: 300, view: 600 } });
    assert.equal(configOf({ ...good, PAGE_TRUST_FEN: '0' }).pageTrustFen, 0);
    assert.equal(configOf({ ...good, PAGE_SHARE_CARD: '0' }).hosts.resUrl, null);
    assert.equal(
      configOf({ ...good, WECHAT_RES_URL: 'https://res2.wx.qq.com' }).hosts.resUrl,
      'https://res2.wx.qq.com',
    );
    assert.match(
      faultsOf({ WECHAT_RES_URL: 'https://wx.qq.com.example' })[0] ?? '',
      /^WECHAT_RES_URL needs a host of WeChat/,
    );
    assert.equal(configOf({ ...good, FOLLOWERS_PER_MINUTE: '0' }).followersPerMinute, 0);
    assert.match(faultsOf({ PAGE_TRUST_FEN: '1.5' })[0] ?? '', /^PAGE_TRUST_FEN needs a whole number/);
    assert.equal(config.secretsKey.length, 32);
    assert.match(config.merchant.privateKeyPem, /BEGIN PRIVATE KEY/);
    assert.equal(config.merchant.certificateNotAfterMs, Date.parse('2031-01-01T00:00:00Z'));
    assert.ok(Object.isFrozen(config) && Object.isFrozen(config.hosts) && Object.isFrozen(config.merchant));
  });

  test('takes the certificate as p12 in base64, as PEM text or with written-out line ends', () => {
    const { WECHAT_PAY_CERT_P12_FILE: _, ...without } = good;
    const forms: Environment[] = [
      { WECHAT_PAY_CERT_P12: merchant.p12.toString('base64') },
      {
        WECHAT_PAY_CERT_PEM: merchant.certificatePem,
        WECHAT_PAY_KEY_PEM_FILE: file('key.pem', merchant.privateKeyPem),
      },
      {
        WECHAT_PAY_CERT_PEM: merchant.certificatePem.replaceAll(/\r?\n/g, '\\n'),
        WECHAT_PAY_KEY_PEM: merchant.privateKeyPem.replaceAll('\n', '\\n'),
      },
    ];
    const opened = forms.map((form) => configOf({ ...without, ...form }).merchant);
    for (const one of opened) assert.deepEqual(one, configOf(good).merchant);
  });

  test('takes each secret from a file, without the line end', () => {
    const names = Object.entries(variables).filter(([, variable]) => variable.secret);
    for (const [name] of names) {
      const value = good[name];
      if (value === undefined) continue;
      const { [name]: _, ...without } = good;
      assert.deepEqual(configOf({ ...without, [`${name}_FILE`]: file(name, `${value}\n`) }), configOf(good));
    }
  });

  test('takes the secrets key as hex too', () => {
    assert.equal(configOf({ ...good, SECRETS_KEY: 'ab'.repeat(32) }).secretsKey.toString('hex'), 'ab'.repeat(32));
  });
});

describe('a faulty configuration', () => {
  test('with nothing set names every variable that is needed, in one go, with how to make it', () => {
    const loaded = loadConfig({}, NOW_MS);
    assert.ok('faults' in loaded);
    assert.deepEqual(
      loaded.faults.map((fault) => fault.split(' ')[0]),
      [
        'PUBLIC_URL',
        'DATABASE_URL',
        'REDIS_URL',
        'SECRETS_KEY',
        'WECHAT_APP_ID',
        'WECHAT_APP_SECRET',
        'WECHAT_TOKEN',
        'WECHAT_ENCODING_AES_KEY',
        'WECHAT_PAY_MCH_ID',
        'WECHAT_PAY_API_KEY',
        'WECHAT_PAY_CERT_P12',
        'WECHAT_PAY_SEND_NAME',
        'WECHAT_PAY_CLIENT_IP',
      ],
    );
    for (const fault of loaded.faults) assert.match(fault, /^[A-Z0-9_]+ is missing: .{10}/);
    assert.ok(loaded.faults.includes('SECRETS_KEY is missing: make one: openssl rand -base64 32'));
  });

  const wrong: readonly (readonly [name: string, value: string, says: RegExp])[] = [
    ['PORT', '80a', /^PORT needs a whole number from 0 to 65535, not "80a"$/],
    ['PORT', '65536', /^PORT needs a whole number/],
    ['PUBLIC_URL', 'https://a.example/path', /^PUBLIC_URL needs scheme and host only/],
    ['PUBLIC_URL', 'http://a.example', /^PUBLIC_URL needs https; .* ALLOW_TEST_HOSTS=1$/],
    ['DATABASE_URL', 'mysql://a/b', /^DATABASE_URL needs postgres:\/\/user/],
    ['REDIS_URL', 'localhost', /^REDIS_URL needs redis:/],
    ['REDIS_URL', 'redis://a:6379,b:6379', /^REDIS_URL needs redis:.*nodes of a cluster$/],
    ['SECRETS_KEY', 'c2hvcnQ=', /^SECRETS_KEY needs 32 random bytes/],
    ['SECRETS_KEY', 'not base64!', /^SECRETS_KEY needs 32 random bytes/],
    ['LOG_LEVEL', 'loud', /^LOG_LEVEL needs one of debug, info, warn, error, not "loud"$/],
    ['ROLE', 'boss', /^ROLE needs one of all, web, worker/],
    ['PROXY_HOPS', '-1', /^PROXY_HOPS needs a whole number from 0 to 10/],
    ['METRICS_TOKEN', 'short', /^METRICS_TOKEN needs 16 to 128/],
    ['ALLOW_TEST_HOSTS', 'yes', /^ALLOW_TEST_HOSTS needs 0 or 1/],
    ['WECHAT_API_URL', 'https://weixin.qq.com.evil.example', /^WECHAT_API_URL needs a host of WeChat's own/],
    ['WECHAT_OPEN_URL', 'http://open.weixin.qq.com', /^WECHAT_OPEN_URL needs a host of WeChat's own/],
    ['WECHAT_PAY_URL', 'https://127.0.0.1:9000', /^WECHAT_PAY_URL .* accepted only with ALLOW_TEST_HOSTS=1$/],
    [
      'WECHAT_PAY_CA_FILE',
      file('root.pem', merchant.certificatePem),
      /^WECHAT_PAY_CA_FILE is accepted only with ALLOW_TEST_HOSTS=1$/,
    ],
    ['WECHAT_APP_ID', 'wx12', /^WECHAT_APP_ID needs wx and 16 letters or digits, not "wx12"$/],
    ['WECHAT_APP_SECRET', 'short', /^WECHAT_APP_SECRET needs 32 letters or digits$/],
    ['WECHAT_TOKEN', 'ab', /^WECHAT_TOKEN needs 3 to 32 letters or digits$/],
    ['WECHAT_TOKEN', 'a'.repeat(33), /^WECHAT_TOKEN needs 3 to 32/],
    ['WECHAT_ENCODING_AES_KEY', 'a'.repeat(42), /^WECHAT_ENCODING_AES_KEY needs 43/],
    ['WECHAT_MESSAGE_MODE', 'secret', /^WECHAT_MESSAGE_MODE needs one of plain, compatible, safe/],
    ['WECHAT_PAY_MCH_ID', '19000001090', /^WECHAT_PAY_MCH_ID needs 8 to 10 digits/],
    ['WECHAT_PAY_API_KEY', 'a'.repeat(31), /^WECHAT_PAY_API_KEY needs 32 letters or digits/],
    ['WECHAT_PAY_SEND_NAME', '十一个汉字的商户名称呀!', /^WECHAT_PAY_SEND_NAME needs at most 32 bytes/],
    ['WECHAT_PAY_CLIENT_IP', '::1', /^WECHAT_PAY_CLIENT_IP needs an IPv4 address/],
    ['WECHAT_PAY_CERT_P12_FILE', '/nowhere.p12', /^WECHAT_PAY_CERT_P12_FILE names a file that cannot be read: ENOENT/],
    ['WECHAT_PAY_CERT_P12', 'AAAA', /^WECHAT_PAY_CERT_P12 and WECHAT_PAY_CERT_P12_FILE are both set: keep one$/],
    ['SECRETS_KEY_FILE', '/nowhere', /^SECRETS_KEY and SECRETS_KEY_FILE are both set: keep one$/],
    ['WECHAT_PAY_KEY_PEM', merchant.privateKeyPem, /^WECHAT_PAY_CERT_P12 and WECHAT_PAY_CERT_PEM or .* both set/],
  ];
  for (const [name, value, says] of wrong) {
    test(`${name}=${value.slice(0, 40).replaceAll('\n', ' ')} is one fault that says so`, () => {
      const faults = faultsOf({ [name]: value });
      assert.equal(faults.length, 1, faults.join('\n'));
      assert.match(faults[0] ?? '', says);
    });
  }

  test('never repeats a secret', () => {
    const secrets = { WECHAT_APP_SECRET: 'MyS3cret!', SECRETS_KEY: 'MyS3cret!', DATABASE_URL: 'MyS3cret!' };
    assert.doesNotMatch(faultsOf(secrets).join('\n'), /MyS3cret/);
    assert.equal(faultsOf(secrets).length, 3);
  });

  test('says when the p12 belongs to another merchant, is no p12, or ran out', () => {
    assert.match(
      faultsOf({ WECHAT_PAY_MCH_ID: '1900000110' }).join(),
      /^WECHAT_PAY_CERT_P12 cannot be opened: .*(password|merchant)/i,
    );
    assert.match(
      faultsOf({ WECHAT_PAY_CERT_P12_FILE: file('x', 'not a p12') }).join(),
      /^WECHAT_PAY_CERT_P12 cannot be opened/,
    );
    const later = loadConfig(good, Date.parse('2032-01-01T00:00:00Z'));
    assert.match('faults' in later ? later.faults.join() : '', /^WECHAT_PAY_CERT_P12 cannot be opened: .*ran out/);
  });

  test('names the missing half of a PEM pair', () => {
    const { WECHAT_PAY_CERT_P12_FILE: _, ...without } = good;
    const half = loadConfig({ ...without, WECHAT_PAY_CERT_PEM: merchant.certificatePem }, NOW_MS);
    assert.deepEqual(half, { faults: ['WECHAT_PAY_KEY_PEM is missing: it belongs with WECHAT_PAY_CERT_PEM'] });
  });
});

describe('hosts', () => {
  test("other than WeChat's are accepted with ALLOW_TEST_HOSTS=1, an extra root too", () => {
    const config = configOf({
      ...good,
      ALLOW_TEST_HOSTS: '1',
      PUBLIC_URL: 'http://127.0.0.1:8080',
      WECHAT_API_URL: 'http://127.0.0.1:9000',
      WECHAT_PAY_URL: 'https://127.0.0.1:9001',
      WECHAT_PAY_CA_FILE: file('ca.pem', merchant.certificatePem),
    });
    assert.equal(config.testHostsAllowed, true);
    assert.equal(config.hosts.apiUrl, 'http://127.0.0.1:9000');
    assert.equal(config.hosts.payCaPem, merchant.certificatePem);
  });

  test("of WeChat's for disasters need no leave", () => {
    assert.equal(
      configOf({ ...good, WECHAT_PAY_URL: 'https://api2.mch.weixin.qq.com' }).hosts.payUrl,
      'https://api2.mch.weixin.qq.com',
    );
  });
});

describe('payouts', () => {
  test('may have a second host of WeChat Pay and a robot that is told of alarms', () => {
    const robot = 'https://oapi.dingtalk.com/robot/send?access_token=secret';
    const config = configOf({
      ...good,
      WECHAT_PAY_BACKUP_URL: 'https://api2.mch.weixin.qq.com',
      ALARM_WEBHOOK_URL_FILE: file('robot', robot),
      ALARM_WEBHOOK_SECRET: 'SEC0123',
    });
    assert.equal(config.hosts.payBackupUrl, 'https://api2.mch.weixin.qq.com');
    assert.deepEqual(config.alarmWebhook, { url: robot, preset: null, secret: 'SEC0123' });
    const faulty = loadConfig({
      ...good,
      WECHAT_PAY_BACKUP_URL: 'https://pay.example.com',
      ALARM_WEBHOOK_PRESET: 'slack',
    });
    assert.ok('faults' in faulty);
    assert.match(faulty.faults.join('\n'), /ALARM_WEBHOOK_PRESET needs one of[^]*WECHAT_PAY_BACKUP_URL .*api2\.mch/);
  });

  test('see a certificate renewed in its file, and what is wrong with one that does not open', () => {
    const read = loadCertificate(good, Date.now());
    assert.ok('config' in read);
    assert.equal(read.config.certificatePem, configOf(good).merchant.certificatePem);
    const broken = loadCertificate({ ...good, WECHAT_PAY_CERT_P12_FILE: file('broken.p12', 'nothing') }, Date.now());
    assert.ok('faults' in broken);
    assert.match(broken.faults.join('\n'), /^WECHAT_PAY_CERT_P12 cannot be opened: /);
  });
});

describe('a command', () => {
  test('is asked only for the variables it needs', () => {
    const only = { DATABASE_URL: good['DATABASE_URL'] };
    assert.deepEqual(loadVariables(only, ['DATABASE_URL']), { config: only });
    assert.deepEqual(loadVariables({}, ['DATABASE_URL']), {
      faults: ['DATABASE_URL is missing: set it to postgres://user:password@host:5432/database'],
    });
    const local = { PUBLIC_URL: 'http://127.0.0.1:8080' };
    assert.ok('faults' in loadVariables(local, ['PUBLIC_URL']));
    assert.ok('config' in loadVariables({ ...local, ALLOW_TEST_HOSTS: '1' }, ['PUBLIC_URL']));
  });
});

describe('.env.example', () => {
  const lines = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8').split('\n');
  const entries = lines.flatMap((line, index) => {
    const found = /^(#?)([A-Z][A-Z0-9_]*)=(.*)$/.exec(line);
    return found === null
      ? []
      : [{ optional: found[1] === '#', name: found[2] ?? '', value: found[3] ?? '', says: lines[index - 1] ?? '' }];
  });

  test('lists exactly the variables that are read, in the same order', () => {
    assert.deepEqual(
      entries.map((entry) => entry.name),
      Object.keys(variables),
    );
  });

  test('explains each in one sentence and marks the secrets', () => {
    for (const { name, says } of entries) {
      assert.match(says, /^# [A-Z][^.]*(\S\.\S[^.]*)*\.$/, name);
      const isSecret = variables[name as keyof typeof variables].secret;
      assert.equal(says.startsWith('# Secret'), isSecret, name);
    }
  });

  test('shows the defaults behind a # and leaves the rest to be filled in', () => {
    for (const { name, optional, value } of entries) {
      const { fallback } = variables[name as keyof typeof variables];
      // The certificate has two forms, so none is needed by itself; the usual one is shown as needed.
      if (name !== 'WECHAT_PAY_CERT_P12') assert.equal(optional, fallback !== undefined, name);
      if (typeof fallback === 'string') assert.equal(value, fallback, name);
    }
  });
});

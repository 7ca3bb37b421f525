import assert from 'node:assert/strict';
import { createCipheriv, generateKeyPairSync, sign } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Merchant } from '../../../src/flows/ports/accounts.ts';
import type { NoticeKeys } from '../../../src/flows/ports/payments.ts';
import { paymentDoor } from '../../../src/pay/payments/payment-door.ts';
import { isVerifier } from '../../../src/pay/payments/verifier.ts';
import { signatureFits } from '../../../src/pay/payments/xml-notice.ts';
import { signFields } from '../../../src/pay/sign.ts';
import { NOON_MS } from '../../support/builders.ts';

/** The official signature page's key and fields. */
const API_KEY = '192006250b4c09247ec02edce69f6a2d';
const SAMPLE = {
  appid: 'wxd930ea5d5a258f4f',
  body: 'test',
  device_info: '1000',
  mch_id: '10000100',
  nonce_str: 'ibuaiVcKdpRxkhJA',
};
const merchant = { mchId: '10000100', subMchId: null, apiKey: API_KEY } as Merchant;
const API_V3_KEY = 'a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb';
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PUBLIC_PEM = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const keys: NoticeKeys = { apiV3Key: API_V3_KEY, verifiers: { PUB_KEY_ID_1: PUBLIC_PEM }, forwardKey: null };

const paid: Readonly<Record<string, string>> = {
  return_code: 'SUCCESS',
  result_code: 'SUCCESS',
  appid: 'wx0000000000000001',
  mch_id: '10000100',
  openid: 'oTest0123456789012345678901',
  total_fee: '8800',
  fee_type: 'CNY',
  transaction_id: '4200000000202611210000000001',
  out_trade_no: 'S20261121000001',
  time_end: '20261121120000',
  nonce_str: 'n',
};

/** `undefined` leaves a field out. */
function xmlOf(changes: Readonly<Record<string, string | undefined>> = {}): Buffer {
  const kept = Object.entries({ ...paid, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const fields = Object.fromEntries(kept);
  const whole = { ...fields, sign: signFields(fields, API_KEY) };
  return Buffer.from(
    `<xml>${Object.entries(whole)
      .map(([name, value]) => `<${name}>${value}</${name}>`)
      .join('')}</xml>`,
  );
}

describe('a version 2 notice', () => {
  it('has a signature as the official page computes it, by either algorithm', () => {
    const md5 = '9A0A8659F005D6984697E2CA0A9CF3B7';
    const hmac = '6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6';
    for (const right of [md5, hmac]) {
      assert.ok(signatureFits({ ...SAMPLE, sign: right }, API_KEY));
      assert.ok(!signatureFits({ ...SAMPLE, sign: right, body: 'tost' }, API_KEY));
      assert.ok(!signatureFits({ ...SAMPLE, sign: right }, 'another-key'));
      assert.ok(!signatureFits({ ...SAMPLE, sign: right.slice(1) }, API_KEY));
    }
    assert.ok(!signatureFits(SAMPLE, API_KEY));
  });

  it('tells the payment with every fact', () => {
    const notice = paymentDoor.openXml({ merchant, body: xmlOf() });
    assert.equal(notice.kind, 'paid');
    assert.deepEqual(notice.kind === 'paid' && { ...notice.order }, {
      mchId: '10000100',
      subMchId: null,
      appId: paid['appid'],
      transactionId: paid['transaction_id'],
      tradeNumber: paid['out_trade_no'],
      openid: paid['openid'],
      amountFen: 8800,
      paidAtMs: NOON_MS,
    });
  });

  it('is refused where a fact is absent, odd, or another merchant’s', () => {
    const codeOf = (changes: Readonly<Record<string, string | undefined>>): unknown => {
      try {
        return paymentDoor.openXml({ merchant, body: xmlOf(changes) }).kind;
      } catch (error) {
        return (error as { code?: string }).code;
      }
    };
    const facts = ['appid', 'openid', 'total_fee', 'fee_type', 'transaction_id', 'out_trade_no', 'time_end'];
    for (const name of facts) assert.equal(codeOf({ [name]: undefined }), 'notice-faulty', name);
    for (const amount of ['0', '-1', '1.5', '1e3', '088', '99999999999999999'])
      assert.equal(codeOf({ total_fee: amount }), 'notice-faulty', amount);
    assert.equal(codeOf({ fee_type: 'USD' }), 'notice-faulty');
    assert.equal(codeOf({ mch_id: '10000101' }), 'wrong-merchant');
    assert.equal(codeOf({ sub_mch_id: '10000102' }), 'wrong-merchant');
    assert.equal(codeOf({ sub_mch_id: '' }), 'paid');
    assert.equal(codeOf({ result_code: 'FAIL' }), 'other');
    assert.equal(codeOf({ result_code: undefined }), 'other');
    assert.equal(codeOf({ return_code: undefined }), 'other');
  });
});

describe('a version 3 notice', () => {
  const sealed = (plain: object, apiV3Key = API_V3_KEY): string => {
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(apiV3Key), Buffer.from('uluk4a9R25RW'));
    cipher.setAAD(Buffer.from('associatedData'));
    const bytes = Buffer.concat([cipher.update(JSON.stringify(plain), 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return bytes.toString('base64');
  };
  const plain = {
    mchid: '10000100',
    appid: 'wx0000000000000001',
    transaction_id: '4200000000202611210000000001',
    out_trade_no: 'S20261121000001',
    trade_state: 'SUCCESS',
    success_time: '2026-11-21T12:00:00+08:00',
    payer: { openid: 'oTest0123456789012345678901' },
    amount: { total: 8800, currency: 'CNY' },
  };
  const open = (
    ciphertext: string,
    change: { serial?: string; nowMs?: number; keys?: NoticeKeys; signed?: string } = {},
  ) => {
    const resource = {
      algorithm: 'AEAD_AES_256_GCM',
      ciphertext,
      nonce: 'uluk4a9R25RW',
      associated_data: 'associatedData',
    };
    const body = Buffer.from(JSON.stringify({ event_type: 'TRANSACTION.SUCCESS', resource }));
    const seconds = String(NOON_MS / 1000);
    const signature = sign(
      'sha256',
      Buffer.from(`${seconds}\nonce\n${change.signed ?? body.toString()}\n`),
      privateKey,
    );
    const headers = {
      'wechatpay-timestamp': seconds,
      'wechatpay-nonce': 'once',
      'wechatpay-serial': change.serial ?? 'PUB_KEY_ID_1',
      'wechatpay-signature': signature.toString('base64'),
    };
    return paymentDoor.openJson({ merchant, keys: change.keys ?? keys, headers, body, nowMs: change.nowMs ?? NOON_MS });
  };

  it('tells the same as version 2', () => {
    const notice = open(sealed(plain));
    const other = paymentDoor.openXml({ merchant, body: xmlOf() });
    assert.deepEqual(notice, other);
  });

  it('opens the published ciphertext, and says that what is inside is no payment', () => {
    assert.throws(() => open('ulwSiIajGClcvcOYvOQ7+l+0PAbzzwI='), {
      code: 'notice-faulty',
      message: /resource: is not JSON/,
    });
  });

  it('is refused when the signature, its age, the key or the merchant is another', () => {
    assert.throws(() => open(sealed(plain), { signed: 'something else' }), { code: 'sign-invalid' });
    for (const serial of ['PUB_KEY_ID_2', '', 'constructor'])
      assert.throws(() => open(sealed(plain), { serial }), { code: 'sign-invalid' });
    for (const awayMs of [-300_001, 300_001])
      assert.throws(() => open(sealed(plain), { nowMs: NOON_MS + awayMs }), { code: 'notice-too-old' });
    assert.throws(() => open(sealed(plain), { keys: { ...keys, apiV3Key: null } }), { code: 'notice-not-configured' });
    assert.throws(() => open(sealed(plain, 'b'.repeat(32))), { code: 'notice-faulty', message: /does not open/ });
    assert.throws(() => open(sealed({ ...plain, mchid: '1' })), { code: 'wrong-merchant' });
    assert.throws(() => open(sealed({ ...plain, amount: { total: 8800 } })), { code: 'notice-faulty' });
    assert.throws(() => open(sealed({ ...plain, amount: { total: '8800', currency: 'CNY' } })), {
      code: 'notice-faulty',
    });
    assert.throws(() => open(sealed({ ...plain, payer: null })), { code: 'notice-faulty' });
    assert.equal(open(sealed({ ...plain, trade_state: 'NOTPAY' })).kind, 'other');
    assert.throws(() => open('AAAA'), { code: 'notice-faulty' });
  });
});

describe('a key of WeChat Pay', () => {
  it('is a public key or a certificate, and no private one', () => {
    assert.ok(isVerifier(PUBLIC_PEM));
    assert.ok(!isVerifier(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()));
    assert.ok(!isVerifier('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'));
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
    assert.ok(!isVerifier(small.publicKey.export({ type: 'spki', format: 'pem' }).toString()));
  });
});

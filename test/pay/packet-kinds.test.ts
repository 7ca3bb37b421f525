import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fen } from '../../src/base/fen.ts';
import { openid } from '../../src/base/ids.ts';
import type { OrderNumber } from '../../src/base/ids.ts';
import { createPayoutMachine } from '../../src/flows/payout-machine.ts';
import type {
  Attempt,
  CouponRequest,
  GroupPacketRequest,
  MiniPacketRequest,
  QueryOutcome,
} from '../../src/flows/ports/payouts.ts';
import { withoutSecrets } from '../../src/http/presenters/raw-answer.ts';
import { couponFaults, couponXml, readCouponAnswer } from '../../src/pay/coupons/coupon.ts';
import { groupStanding } from '../../src/pay/group-shares.ts';
import { signMiniClaim } from '../../src/pay/mini-claim.ts';
import { payRails } from '../../src/pay/pay-rails.ts';
import { readQueryAnswer, readSendAnswer } from '../../src/pay/red-packet-answer.ts';
import { redPacketFaults, sendRedPacketXml } from '../../src/pay/red-packet-request.ts';
import { NOON_MS } from '../support/builders.ts';
import { redPacket } from '../support/red-packets.ts';
import { merchantWith } from '../support/tls-server.ts';

const MATERIAL = { apiKey: '192006250b4c09247ec02edce69f6a2d', nonce: 'abc' };

function groupPacket(changes: Partial<GroupPacketRequest> = {}): GroupPacketRequest {
  const { clientIp: _, rail: __, ...rest } = redPacket({ amountFen: fen(1000) });
  return { ...rest, rail: 'group-packet', shares: 5, ...changes };
}

function miniPacket(changes: Partial<MiniPacketRequest> = {}): MiniPacketRequest {
  const { clientIp: _, riskInfo: __, rail: ___, ...rest } = redPacket();
  return { ...rest, rail: 'mini-packet', ...changes };
}

const fieldsOf = (xml: string): readonly string[] =>
  [...xml.matchAll(/<(\w+)>/g)].map(([, name]) => name ?? '').slice(1);

describe('requests', () => {
  test('each kind sends the fields of its own page and none of another', () => {
    const common = ['act_name', 'mch_billno', 'mch_id', 'nonce_str', 're_openid', 'remark', 'send_name', 'sign'];
    const others = ['total_amount', 'total_num', 'wishing', 'wxappid'];
    const sorted = (xml: string): readonly string[] => fieldsOf(xml).toSorted();
    const withAll = (...own: string[]): readonly string[] => [...common, ...others, ...own].toSorted();
    assert.deepEqual(sorted(sendRedPacketXml(groupPacket(), MATERIAL)), withAll('amt_type'));
    assert.deepEqual(sorted(sendRedPacketXml(miniPacket(), MATERIAL)), withAll('notify_way'));
    assert.deepEqual(sorted(sendRedPacketXml(redPacket(), MATERIAL)), withAll('client_ip'));
    assert.match(sendRedPacketXml(groupPacket(), MATERIAL), /<total_num>5<\/total_num>/);
  });

  test('a shared packet has 3 to 20 shares of a yuan at least, and of 200 yuan on average without a scene', () => {
    const faults = (changes: Partial<GroupPacketRequest>): readonly string[] =>
      redPacketFaults(groupPacket(changes)).map(({ path }) => path);
    assert.deepEqual(faults({}), []);
    assert.deepEqual(faults({ shares: 2 }), ['shares']);
    assert.deepEqual(faults({ shares: 21 }), ['shares']);
    assert.deepEqual(faults({ amountFen: fen(499) }), ['sceneId']);
    assert.deepEqual(faults({ amountFen: fen(100_000) }), []);
    assert.deepEqual(faults({ amountFen: fen(100_005) }), ['sceneId']);
    assert.deepEqual(faults({ amountFen: fen(499_901), shares: 20, sceneId: 'PRODUCT_2' }), ['amountFen']);
  });

  test('a claim in a mini program is signed in each of the four ways', () => {
    const packet = { appId: 'wxmini', packageInfo: 'sendid=1&ver=8', apiKey: 'k' };
    const signs = (['encoded-lower', 'encoded-upper', 'raw-lower', 'raw-upper'] as const).map(
      (form) => signMiniClaim(packet, { nowMs: NOON_MS, nonce: 'n' }, form).paySign,
    );
    assert.equal(new Set(signs).size, 4);
    assert.equal(signs[0]?.toUpperCase(), signs[1]);
    assert.equal(signs[2]?.toUpperCase(), signs[3]);
    const claim = signMiniClaim(packet, { nowMs: NOON_MS, nonce: 'n' }, 'raw-lower');
    assert.equal(claim.package, 'sendid%3D1%26ver%3D8');
    assert.equal(claim.timeStamp, String(NOON_MS / 1000));
  });
});

const xml = (fields: Readonly<Record<string, string | number>>, more = ''): string => {
  const all = { return_code: 'SUCCESS', result_code: 'SUCCESS', err_code: 'SUCCESS', ...fields };
  return `<xml>${Object.entries(all)
    .map(([name, value]) => `<${name}>${String(value)}</${name}>`)
    .join('')}${more}</xml>`;
};
const ids = { mch_billno: 'test0000000000000000000001', mch_id: '1900000109' };

describe('answers', () => {
  test('a packet of a mini program is paid only with what the person takes it with', () => {
    const paid = { ...ids, wxappid: 'wx0000000000000001', re_openid: 'oTest0000000000000000000001', total_amount: 100 };
    const without = readSendAnswer(xml({ ...paid, send_listid: '1' }), miniPacket());
    assert.deepEqual([without.kind, 'code' in without && without.code], ['unknown', 'answer-partial']);
    const whole = readSendAnswer(xml({ ...paid, send_listid: '1', package: 'sendid=1&amp;ver=8' }), miniPacket());
    assert.deepEqual(whole, { kind: 'paid', railNumber: '1', packageInfo: 'sendid=1&ver=8' });
  });

  const query = (fields: Readonly<Record<string, string | number>>, shares: readonly number[] = []): QueryOutcome => {
    const list = shares.map((share) => `<hbinfo><openid>o</openid><amount>${share}</amount></hbinfo>`).join('');
    const group = { ...ids, total_amount: 1000, hb_type: 'GROUP', total_num: 5, ...fields };
    return readQueryAnswer(xml(group, list === '' ? '' : `<hblist>${list}</hblist>`), {
      ...groupPacket(),
    });
  };
  const told = (answer: QueryOutcome): readonly unknown[] =>
    answer.kind === 'found'
      ? [answer.status, answer.returnedFen, answer.deliveredFen ?? null]
      : [answer.kind, 'code' in answer ? answer.code : null];

  test('RECEIVED ends a shared packet only with shares that come to all of it', () => {
    assert.deepEqual(told(query({ status: 'RECEIVED' })), ['SENT', 0, null]);
    assert.deepEqual(told(query({ status: 'RECEIVED' }, [400, 500])), ['SENT', 0, null]);
    assert.deepEqual(told(query({ status: 'RECEIVED' }, [400, 500, 100])), ['RECEIVED', 0, null]);
    assert.deepEqual(told(query({ status: 'RECEIVED', refund_amount: 100 }, [400, 500])), ['REFUND', 100, 900]);
  });

  test('REFUND tells by its amount, or by the shares listed, what came back', () => {
    assert.deepEqual(told(query({ status: 'REFUND', refund_amount: 1000 })), ['REFUND', 1000, null]);
    assert.deepEqual(told(query({ status: 'REFUND', refund_amount: 300 })), ['REFUND', 300, 700]);
    assert.deepEqual(told(query({ status: 'REFUND' }, [700])), ['REFUND', 300, 700]);
    assert.deepEqual(told(query({ status: 'REFUND' })), ['unknown', 'answer-not-ours']);
    assert.deepEqual(told(query({ status: 'REFUND', refund_amount: 300 }, [600])), ['unknown', 'answer-not-ours']);
    assert.deepEqual(told(query({ status: 'REFUND', refund_amount: 1001 })), ['unknown', 'answer-not-ours']);
    assert.deepEqual(told(query({ status: 'SENT' }, [600, 600])), ['unknown', 'answer-not-ours']);
    assert.deepEqual(told(query({ status: 'REFUND', refund_amount: '3 yuan' })), ['unknown', 'answer-partial']);
    assert.deepEqual(told(query({ status: 'SENT', hb_type: 'NORMAL' })), ['unknown', 'answer-not-ours']);
    assert.deepEqual(told(query({ status: 'SENT', total_num: 4 })), ['unknown', 'answer-not-ours']);
  });
});

describe('coupons', () => {
  const request: CouponRequest = {
    rail: 'coupon',
    stockId: '98765432',
    orderNumber: 'test1' as OrderNumber,
    appId: 'wx0000000000000001',
    mchId: '1900000109',
    openid: openid('oTest0000000000000000000001'),
    amountFen: fen(0),
  };
  const echo = {
    appid: 'wx0000000000000001',
    mch_id: '1900000109',
    openid: request.openid,
    coupon_stock_id: '98765432',
  };
  const counted = { ret_code: 'SUCCESS', success_count: 1, failed_count: 0, coupon_id: '1234567890' };
  const given = { ...echo, ...counted, err_code: '' };
  const read = (fields: Readonly<Record<string, string | number>>): string => {
    const answer = readCouponAnswer(xml(fields), request, MATERIAL.apiKey);
    return 'code' in answer
      ? `${answer.kind} ${answer.code}`
      : `${answer.kind} ${'railNumber' in answer ? answer.railNumber : ''}`;
  };

  test('a request has the fields of its page and its order number is the trade number', () => {
    const names = fieldsOf(couponXml(request, MATERIAL)).toSorted();
    assert.deepEqual(
      names,
      [
        'appid',
        'coupon_stock_id',
        'mch_id',
        'nonce_str',
        'openid',
        'openid_count',
        'partner_trade_no',
        'sign',
      ].toSorted(),
    );
    assert.deepEqual(couponFaults(request), []);
    assert.deepEqual(couponFaults({ ...request, stockId: '9-8' }), ['stockId']);
  });

  test('given needs every word of it, refused a clear one, and all else is unknown', () => {
    assert.equal(read(given), 'paid 1234567890');
    for (const name of ['ret_code', 'success_count', 'coupon_id', 'openid', 'coupon_stock_id', 'mch_id'])
      assert.match(read({ ...given, [name]: '' }), /^unknown/, name);
    assert.equal(read({ ...given, openid: 'oOther' }), 'unknown answer-not-ours');
    assert.equal(read({ ...given, sign: 'F'.repeat(32) }), 'unknown answer-not-ours');
    const failed = {
      ...echo,
      result_code: 'FAIL',
      ret_code: 'FAILED',
      success_count: 0,
      failed_count: 1,
      err_code: 'X',
    };
    assert.equal(read(failed), 'refused SEND_FAILED');
    assert.equal(read({ ...failed, failed_count: 0 }), 'unknown X');
    assert.equal(read({ ...echo, result_code: 'FAIL', err_code: 'SYSTEMERROR' }), 'unknown SYSTEMERROR');
    assert.equal(read({ ...echo, result_code: 'FAIL', err_code: 'FREQ_LIMIT' }), 'refused FREQ_LIMIT');
    assert.equal(read({ return_code: 'FAIL', return_msg: '签名错误' }), 'unknown SUCCESS');
  });

  test('whatever is answered, a coupon is only ever sent again under its number, never asked about, until a person looks', () => {
    const machine = createPayoutMachine();
    const outcomes = [
      { kind: 'unknown', code: 'SYSTEMERROR', message: '' },
      { kind: 'unknown', code: 'PROCESSING', message: '' },
      { kind: 'refused', code: 'SEND_FAILED', message: '' },
      { kind: 'refused', code: 'PARAM_ERROR', message: '' },
      { kind: 'refused', code: 'FREQ_LIMIT', message: '' },
    ] as const;
    const states = outcomes.map((outcome) => {
      const facts = { state: 'unknown', attempts: [attempt(1, 'send')], rail: 'coupon' } as const;
      const step = machine(facts, { kind: 'answered', number: 1, atMs: NOON_MS + 2000, outcome });
      assert.ok(!step.actions.some((action) => action.kind === 'wait' && action.call === 'query'), outcome.code);
      return step.state;
    });
    assert.deepEqual(states, ['unknown', 'parked', 'parked', 'parked', 'waiting']);
  });
});

/** What is asked when, of a shared packet whose friends take their shares one by one: the last one is the end. */
const histories = fc.record({
  shares: fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 3, maxLength: 20 }),
  takenAtQuery: fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }),
  firstShareReceived: fc.boolean(),
  listed: fc.boolean(),
  returnsToBudget: fc.boolean(),
  repeats: fc.nat(2),
});

test('however friends take their shares, the books of a shared packet have every fen once', () => {
  const machine = createPayoutMachine();
  fc.assert(
    fc.property(histories, ({ shares, takenAtQuery, firstShareReceived, listed, returnsToBudget, repeats }) => {
      const amountFen = fen(shares.reduce((sum, share) => sum + share, 0));
      const counts = takenAtQuery.map((count) => Math.min(count, shares.length)).toSorted((one, other) => one - other);
      const last = counts.at(-1) ?? 0;
      const takenOf = (count: number): number => shares.slice(0, count).reduce((sum, share) => sum + share, 0);
      const ended = last === shares.length;
      const told = [
        ...counts.map((count) => ({ count, end: false })),
        ...Array(repeats + 1).fill({ count: last, end: true }),
      ];
      let state = 'unknown' as Parameters<typeof machine>[0]['state'];
      const attempts: Attempt[] = [attempt(1, 'send')];
      const books = { 'in-flight': Number(amountFen), delivered: 0, returned: 0, budget: 0 };
      told.forEach(({ count, end }: { count: number; end: boolean }, index) => {
        const taken = takenOf(count);
        const all = count === shares.length;
        const status = all || (!end && firstShareReceived && count > 0) ? 'RECEIVED' : end ? 'REFUND' : 'SENT';
        const refundFen = status === 'REFUND' ? amountFen - taken : null;
        const takenFen = listed || status === 'RECEIVED' ? taken : null;
        const standing = groupStanding({ status, amountFen, takenFen, refundFen });
        assert.ok(!('fault' in standing), JSON.stringify(standing));
        const number = index + 2;
        attempts.push(attempt(number, 'query'));
        const outcome = { kind: 'found', reason: '', openedAtMs: null, ...standing } as const;
        const facts = { state, attempts: [...attempts], returnsToBudget, rail: 'group-packet' } as const;
        const step = machine(facts, { kind: 'answered', number, atMs: NOON_MS + number * 1000, outcome });
        attempts[number - 1] = { ...attempt(number, 'query'), answeredAtMs: NOON_MS + number * 1000, outcome };
        for (const action of step.actions) {
          assert.notEqual(action.kind, 'contradiction');
          if (action.kind !== 'book') continue;
          const part = Number(action.partFen ?? amountFen);
          assert.ok(part > 0);
          const [from, to] = MOVES[action.booking] ?? [];
          assert.ok(from !== undefined && to !== undefined);
          books[from] -= part;
          books[to] += part;
        }
        state = step.state;
      });
      const takenFen = takenOf(last);
      const back = returnsToBudget ? 'budget' : 'returned';
      assert.deepEqual(books, {
        'in-flight': 0,
        delivered: takenFen,
        returned: 0,
        budget: 0,
        [back]: amountFen - takenFen,
      });
      assert.equal(state, ended || takenFen > 0 ? 'received' : 'returned');
    }),
    { numRuns: 2000 },
  );
});

const MOVES: Readonly<Record<string, readonly ['in-flight' | 'returned', 'delivered' | 'returned' | 'budget']>> = {
  received: ['in-flight', 'delivered'],
  returned: ['in-flight', 'returned'],
  reopened: ['returned', 'budget'],
};

function attempt(number: number, kind: Attempt['kind']): Attempt {
  return { number, kind, startedAtMs: NOON_MS + number * 1000 - 100, answeredAtMs: null, outcome: null };
}

test('what a packet is taken with in a mini program is blacked out of an answer that is shown', () => {
  const shown = withoutSecrets('<xml><package><![CDATA[sendid=12&ver=8]]></package><mch_id>1</mch_id></xml>');
  assert.ok(!shown.includes('sendid'));
  assert.match(shown, /<mch_id>1<\/mch_id>/);
});

test('an app id that its merchant is not bound to is refused before anything is called, for each kind', async () => {
  let calls = 0;
  const count = async (): Promise<never> => {
    calls += 1;
    throw new Error('called');
  };
  const rail = { send: count, query: count, cancel: count };
  const rails = payRails({ redPackets: rail, transfers: rail });
  const merchant = {
    ...merchantWith('', ''),
    boundApps: { accounts: ['wxaccount'], miniPrograms: ['wxmini'] },
  };
  for (const [request, wanted] of [
    [redPacket({ appId: 'wxother' }), /wxother is not bound to merchant 1900000109/],
    [groupPacket({ appId: 'wxmini' }), /wxmini is a mini program/],
    [miniPacket({ appId: 'wxaccount' }), /wxaccount is not among the mini programs bound to merchant/],
  ] as const) {
    const answer = await rails.send(merchant, request);
    assert.ok(answer.kind === 'refused' && answer.code === 'REQUEST_INVALID');
    assert.match(answer.message, wanted);
  }
  assert.equal(calls, 0);
  await assert.rejects(rails.send(merchant, redPacket({ appId: 'wxaccount' })), /called/);
  await assert.rejects(rails.send(merchant, miniPacket({ appId: 'wxmini' })), /called/);
});

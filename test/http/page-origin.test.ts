import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkOf } from '../../src/http/page-origin.ts';

test('an IPv4 address stands for itself, however it is written', () => {
  assert.equal(networkOf('203.0.113.7'), '203.0.113.7');
  assert.equal(networkOf('::ffff:203.0.113.7'), '203.0.113.7');
});

test('an IPv6 address stands for its network, of which one subscriber may take every address', () => {
  for (const ip of ['2001:db8:0:1::1', '2001:0DB8::1:a:b:c:d', '2001:db8:0:1:ffff::', '2001:db8:0:1::203.0.113.7']) {
    assert.equal(networkOf(ip), '2001:db8:0:1::/64', ip);
  }
  assert.equal(networkOf('::1'), '0:0:0:0::/64');
  assert.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
  assert.notEqual(networkOf('2001:db8:0:2::1'), networkOf('2001:db8:0:1::1'));
});

test('what is no address is not known', () => {
  for (const text of ['', 'unknown', '203.0.113', '1.2.3.4.5', 'a:b', "'; drop table"])
    assert.equal(networkOf(text), null);
});

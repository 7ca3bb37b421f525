import { createHmac, timingSafeEqual } from 'node:crypto';
import { WrongRequest } from '../../base/errors.ts';
import type { ForwardedPayment, NoticeDelivery } from '../../flows/ports/payments.ts';
import { faulty, readAppId, readTransactionId } from './paid-order.ts';
import { readPayXml } from './xml-notice.ts';

const AGE_MAX_MS = 5 * 60_000;

/**
 * Opens what a shop's own system forwards: the version 2 notice as it came, or JSON with `transactionId` and `appId`,
 * signed as `Hongbao-Signature: <hex HMAC-SHA256 of "<Hongbao-Timestamp>\n<body>" by the forward key>`. It only says
 * what to ask WeChat Pay about. Throws as PaymentDoor says.
 */
export function openForwardedCopy({ keys, headers, body, nowMs }: NoticeDelivery): ForwardedPayment {
  if (keys.forwardKey === null) {
    throw new WrongRequest('notice-not-configured', 'set a forward key for this merchant first', { status: 409 });
  }
  const seconds = headers['hongbao-timestamp'] ?? '';
  const right = createHmac('sha256', keys.forwardKey).update(`${seconds}\n`).update(body).digest();
  const given = Buffer.from(headers['hongbao-signature'] ?? '', 'hex');
  if (given.length !== right.length || !timingSafeEqual(given, right)) {
    throw new WrongRequest('sign-invalid', 'the signature is not of this merchant’s forward key', { status: 401 });
  }
  if (!(Math.abs(nowMs - Number(seconds) * 1000) <= AGE_MAX_MS)) {
    throw new WrongRequest('notice-too-old', 'the timestamp is more than 5 minutes away from now', { status: 401 });
  }
  return readCopy(body.toString('utf8').trim());
}

function readCopy(text: string): ForwardedPayment {
  if (text.startsWith('<')) {
    const fields = readPayXml(text);
    return { transactionId: readTransactionId(fields['transaction_id']), appId: readAppId(fields['appid']) };
  }
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (cause) {
    throw faulty('body', 'is neither XML nor JSON', cause);
  }
  const { transactionId, appId } = (read ?? {}) as Readonly<Record<string, unknown>>;
  return { transactionId: readTransactionId(asText(transactionId)), appId: readAppId(asText(appId)) };
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

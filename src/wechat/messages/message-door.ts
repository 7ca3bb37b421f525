import { WrongRequest } from '../../base/errors.ts';
import type { Account } from '../../flows/ports/accounts.ts';
import type { InboundMessage, MessageDoor } from '../../flows/ports/messages.ts';
import { answerUrlCheck, openEnvelope, sealReply } from './envelope.ts';
import { parseInboundMessage } from './inbound-message.ts';
import { mayReply } from './may-reply.ts';
import { renderReply } from './reply.ts';
import type { ReplyAddress } from './reply.ts';

/** The Official Account's side of the callback: opens deliveries, renders and seals replies. Holds nothing. */
export const messageDoor: MessageDoor = {
  answerUrlCheck,
  open(input) {
    const { account, nowMs } = input;
    const envelope = openEnvelope(input);
    const claimed = input.query['openid'];
    const message = parseInboundMessage(envelope.xml, typeof claimed === 'string' ? claimed : undefined);
    refuseOtherReceiver(account, message);
    const { keyUsed } = envelope;
    const address: ReplyAddress = {
      toUser: message.fromUser,
      fromUser: message.toUser,
      createTimeSeconds: Math.floor(nowMs / 1000),
      answers: message.kind === 'event' ? 'event' : 'message',
    };
    return {
      message,
      delivery: `${envelope.timestamp}:${envelope.nonce}:${envelope.signature}`,
      mayReply: mayReply(message),
      renderReply: (reply) => renderReply(typeof reply === 'string' ? { type: 'text', text: reply } : reply, address),
      // Compatible mode takes either form; sealing whatever came sealed fits every mode.
      seal: (replyXml) => (keyUsed === null ? replyXml : sealReply({ account, keyUsed, replyXml, nowMs })),
    };
  },
};

/** A plain signature names no receiver, so accounts with one token would take each other's messages. */
function refuseOtherReceiver({ originalId }: Account, { toUser }: InboundMessage): void {
  if (originalId === undefined || originalId === null || originalId === toUser) return;
  throw new WrongRequest('wrong-account', 'the message is meant for another account', { status: 403 });
}

import type { MessageDoor } from '../../flows/ports/messages.ts';
import { answerUrlCheck, openEnvelope, sealReply } from './envelope.ts';
import { parseInboundMessage } from './inbound-message.ts';
import { renderTextReply } from './reply.ts';

/** The Official Account's side of the callback: opens deliveries, renders and seals replies. Holds nothing. */
export const messageDoor: MessageDoor = {
  answerUrlCheck,
  open(input) {
    const { account, nowMs } = input;
    const envelope = openEnvelope(input);
    const claimed = input.query['openid'];
    const message = parseInboundMessage(envelope.xml, typeof claimed === 'string' ? claimed : undefined);
    const { keyUsed } = envelope;
    return {
      message,
      delivery: `${envelope.timestamp}:${envelope.nonce}:${envelope.signature}`,
      renderReply: (text) =>
        renderTextReply({
          toUser: message.fromUser,
          fromUser: message.toUser,
          createTimeSeconds: Math.floor(nowMs / 1000),
          text,
        }),
      // Compatible mode takes either form; sealing whatever came sealed fits every mode.
      seal: (replyXml) => (keyUsed === null ? replyXml : sealReply({ account, keyUsed, replyXml, nowMs })),
    };
  },
};

import type { InboundMessage } from '../../flows/ports/messages.ts';

/**
 * Whether a reply to it reaches the person. WeChat does not publish which events take one; those that surely do are
 * following, scanning, tapping a menu button and scanning by a menu button. Everything else is answered `success`.
 */
export function mayReply(message: InboundMessage): boolean {
  if (message.kind !== 'event') return true;
  switch (message.event) {
    case 'subscribe':
    case 'scan':
    case 'click':
    case 'scancode_waitmsg':
      return true;
    default:
      return false;
  }
}

import { OutsideTrouble } from '../base/errors.ts';
import type { AccountId } from '../base/ids.ts';
import { shortOpenid } from '../base/logger.ts';
import type { Logger } from '../base/logger.ts';
import { chooseByText } from '../rules/trigger.ts';
import type { DrawBatcher } from './draw-batcher.ts';
import type { ActivityDirectory, DrawStore } from './ports/draws.ts';
import type { InboundMessage, ReceiveMessage } from './ports/messages.ts';

const BUSY_TEXT = '现在参与的人太多，请稍后再发一次';

/**
 * Returns the flow of a follower's message: a text that an activity listens to becomes one draw whose reply is stored
 * with it; a repeat of a message gets the stored reply; anything else gets the account's fallback text and leaves no
 * trace. Events and other kinds of message have nothing to say yet.
 */
export function createReceiveMessage(options: {
  readonly activities: ActivityDirectory;
  readonly batcher: Pick<DrawBatcher, 'draw'>;
  readonly draws: Pick<DrawStore, 'storedReply'>;
  readonly logger: Logger;
}): ReceiveMessage {
  const { activities, batcher, draws, logger } = options;
  return async ({ account, message, renderReply }) => {
    if (message.kind !== 'text') {
      noteUnknown(account.id, message, logger);
      return { reply: null };
    }
    const activity = chooseByText(message.content, await activities.live(account.id));
    if (activity === undefined) {
      // The first delivery may have met an activity that has ended since: its reply still stands.
      const stored = await draws.storedReply(account.id, message.key);
      return { reply: stored ?? (account.fallbackText === '' ? null : renderReply(account.fallbackText)) };
    }
    try {
      const { reply } = await batcher.draw({
        activity,
        openid: message.fromUser,
        key: message.key,
        render: (text) => renderReply(text),
      });
      return { reply };
    } catch (error) {
      if (!(error instanceof OutsideTrouble)) throw error;
      logger.warn(
        { account: account.id, openid: shortOpenid(message.fromUser), code: error.code },
        'message-told-busy',
      );
      return { reply: renderReply(BUSY_TEXT) };
    }
  };
}

/** What WeChat has added since is answered with nothing, and worth a look at what it is. */
function noteUnknown(account: AccountId, message: InboundMessage, logger: Logger): void {
  if (message.kind === 'other') logger.info({ account, msgType: message.msgType.slice(0, 64) }, 'message-kind-unknown');
  if (message.kind === 'event' && message.event === 'other') {
    logger.info({ account, name: message.name.slice(0, 64) }, 'event-unknown');
  }
}

import type { Account } from '../../src/flows/ports/accounts.ts';
import type { LateReplies } from '../../src/flows/chat/late-replies.ts';
import type { InboundMessage, ReceiveMessage } from '../../src/flows/ports/messages.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { SimulatorOptions } from '../../src/simulator/simulator-options.ts';
import { anAccount } from '../wechat/builders.ts';
import { runCallback } from './running-callback.ts';

interface Options {
  readonly simulator?: SimulatorOptions;
  readonly account?: Partial<Account>;
  /** What the flow does with a message; unless told it repeats a text and says 收到 to everything else. */
  readonly receive?: ReceiveMessage;
  readonly answerDeadlineMs?: number;
  /** What is said of a delivery that lapses; unless told that there will be a repeat. */
  readonly lapsed?: LateReplies['lapsed'];
}

/** Our callback under the simulator's WeChat, with real sockets; `heard` is what reached the flow. */
export async function underSimulatedWechat(context: Parameters<typeof runCallback>[0], options: Options = {}) {
  const mode = options.simulator?.mode ?? 'safe';
  const simulator = await startSimulator({ seed: `callback-${mode}`, ...options.simulator, mode });
  context.after(() => simulator.close());
  const { appId, originalId, appSecret, token, encodingAesKey } = simulator.account;
  const identity = { appId, originalId, appSecret, token, encodingAesKey, messageMode: mode };
  const account = anAccount({ ...identity, ...options.account });
  const heard: InboundMessage[] = [];
  const receive = options.receive ?? repeat;
  const { url } = await runCallback(context, {
    account,
    receiveMessage: (input) => {
      heard.push(input.message);
      return receive(input);
    },
    late: { lapsed: options.lapsed ?? (async () => 'wait-for-repeat') },
    clock: simulator.clock,
    ...(options.answerDeadlineMs === undefined ? {} : { answerDeadlineMs: options.answerDeadlineMs }),
  });
  simulator.setCallbackUrl(`${url}/wechat/main`);
  const openid = simulator.followers.list()[0]?.openid ?? '';
  return { simulator, heard, openid, url };
}

/** The contents of the texts among messages. */
export function textsOf(messages: readonly InboundMessage[]): readonly string[] {
  return messages.flatMap((message) => (message.kind === 'text' ? [message.content] : []));
}

const repeat: ReceiveMessage = async ({ message, renderReply }) => ({
  kind: 'reply',
  xml: renderReply(message.kind === 'text' ? `听到了：${message.content}` : '收到'),
});

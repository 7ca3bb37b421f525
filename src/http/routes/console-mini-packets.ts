import type { TakeInMiniProgram } from '../../flows/take-in-mini-program.ts';
import { miniPacketsAnswer } from '../contract/console-mini-packets.ts';
import { readPerson } from './console-people.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface MiniPacketRouteDependencies {
  readonly takeInMiniProgram: TakeInMiniProgram;
}

/** What the own server of a mini program asks for once it knows, by its log-in, whose phone it is. */
export function miniPacketRoutes({ takeInMiniProgram }: MiniPacketRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'takableMiniPackets',
      method: 'GET',
      path: '/people/:account/:openid/mini-packets',
      access: 'people.view',
      summary: 'Packets that somebody can take in the mini program now, each with its signed claim',
      answer: miniPacketsAnswer,
      handle: async ({ params }) => {
        const { account, openid } = readPerson(params);
        return { packets: [...(await takeInMiniProgram(account, openid))] };
      },
    }),
  ];
}

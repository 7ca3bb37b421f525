import type { KeepPictures } from '../../flows/settings/keep-pictures.ts';
import type { KeepVerificationFiles } from '../../flows/settings/keep-verification-files.ts';
import type { OperateAccounts } from '../../flows/settings/operate-accounts.ts';
import type { OperateMenu } from '../../flows/settings/operate-menu.ts';
import type { OperateReplies } from '../../flows/settings/operate-replies.ts';
import type { OperateScenes } from '../../flows/settings/operate-scenes.ts';
import { accountRoutes } from './console-accounts.ts';
import { menuRoutes } from './console-menu.ts';
import { pictureRoutes } from './console-pictures.ts';
import { replyRoutes } from './console-replies.ts';
import type { ConsoleRoute } from './console-route.ts';
import { sceneRoutes } from './console-scenes.ts';
import { verificationFileAdmin } from './console-verification-files.ts';

export interface SettingRouteDependencies {
  readonly settings: {
    readonly accounts: OperateAccounts;
    readonly replies: OperateReplies;
    readonly menu: OperateMenu;
    readonly scenes: OperateScenes;
    readonly verificationFiles: KeepVerificationFiles;
    readonly pictures: KeepPictures;
  };
  readonly publicUrl: string;
}

/** Everything operators set for an Official Account. */
export function settingRoutes({ settings, publicUrl }: SettingRouteDependencies): readonly ConsoleRoute[] {
  return [
    ...accountRoutes(settings),
    ...replyRoutes(settings),
    ...menuRoutes(settings),
    ...sceneRoutes(settings),
    ...verificationFileAdmin({ ...settings, publicUrl }),
    ...pictureRoutes(settings),
  ];
}

import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { Router } from 'koa-router';
import type { Logger } from '../../src/base/logger.ts';
import type { AccountDirectory } from '../../src/flows/ports/accounts.ts';
import type { SettingRouteDependencies } from '../../src/http/routes/console-settings.ts';
import { verificationFileRoutes } from '../../src/http/routes/verification-files.ts';
import { createAccountDirectory } from '../../src/store/account-store.ts';
import { ProcessMemory } from '../../src/store/process-memory.ts';
import { createSecretBox } from '../../src/store/sealed-secret.ts';
import type { SecretBox } from '../../src/store/sealed-secret.ts';
import { openWechatApi, settingFlows } from '../../src/wiring-wechat.ts';
import { wallClock } from './draws.ts';

/** What operators set for accounts, joined as in production. */
export interface TestSettings {
  readonly flows: SettingRouteDependencies['settings'];
  readonly box: SecretBox;
  readonly accounts: AccountDirectory;
  readonly publicFiles: Router;
  close(): Promise<void>;
}

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9';

/** Joins the flows over a database and the WeChat at `wechatUrl`, with keys sealed under a key of their own. */
export function settingsOver(given: {
  readonly pool: pg.Pool;
  readonly publicUrl: string;
  readonly logger: Logger;
  readonly wechatUrl?: string;
}): TestSettings {
  const { pool, publicUrl, logger, wechatUrl = NOWHERE } = given;
  const box = createSecretBox(randomBytes(32));
  const memory = new ProcessMemory();
  const config = { publicUrl, hosts: { apiUrl: wechatUrl, openUrl: wechatUrl, mpUrl: wechatUrl } };
  const api = openWechatApi({ config, logger, memory, clock: wallClock });
  const accounts = createAccountDirectory({ pool, box, logger });
  const { settings, files } = settingFlows({ config, pool, box, clock: wallClock, logger, memory, accounts }, api);
  return {
    flows: settings,
    box,
    accounts,
    publicFiles: verificationFileRoutes({ files }),
    close: () => api.close(),
  };
}

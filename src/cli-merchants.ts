import { merchantId } from './base/ids.ts';
import { done, failed, withPool, withVariables } from './cli-command.ts';
import type { Outcome } from './cli-command.ts';
import { loadCertificate } from './config.ts';
import type { Environment } from './config.ts';
import { addMerchant } from './store/added-merchant.ts';
import { openInstallation } from './store/installation-store.ts';
import { createSecretBox } from './store/sealed-secret.ts';
import { systemLuck } from './wiring-payouts.ts';

const USAGE = 'merchant:add takes a name of its own such as second: small letters, digits and hyphens, not main';
const NAMES = [
  'DATABASE_URL',
  'SECRETS_KEY',
  'WECHAT_PAY_MCH_ID',
  'WECHAT_PAY_API_KEY',
  'WECHAT_PAY_SEND_NAME',
  'WECHAT_PAY_CLIENT_IP',
] as const;

/** Adds another company's merchant, as WECHAT_PAY_* describe it for this one command; `main` is the configuration's. */
export async function runAddMerchant(words: readonly string[], env: Environment): Promise<Outcome> {
  const [name = ''] = words;
  if (words.length !== 1 || name === 'main' || !/^[a-z0-9-]{1,32}$/.test(name)) return failed(USAGE);
  return withVariables(env, NAMES, (values) => {
    const nowMs = Date.now();
    const certificate = loadCertificate(env, nowMs);
    if ('faults' in certificate) return Promise.resolve(failed(...certificate.faults));
    const { certificatePem, privateKeyPem, notAfterMs: certificateNotAfterMs } = certificate.config;
    const merchant = {
      id: merchantId(name),
      mchId: values.WECHAT_PAY_MCH_ID,
      apiKey: values.WECHAT_PAY_API_KEY,
      sendName: values.WECHAT_PAY_SEND_NAME,
      clientIp: values.WECHAT_PAY_CLIENT_IP,
      certificatePem,
      privateKeyPem,
      certificateNotAfterMs,
    };
    return withPool(values.DATABASE_URL, async (pool) => {
      const box = createSecretBox(values.SECRETS_KEY);
      await openInstallation({ pool, box, luck: systemLuck, nowMs });
      const added = await addMerchant(pool, box, { merchant, nowMs });
      return done(
        added
          ? `The merchant ${name} (${merchant.mchId}) was added.`
          : `The secrets of the merchant ${name} were renewed.`,
        'Link it to its Official Account in the console, and enter there which app ids are bound to it.',
      );
    });
  });
}

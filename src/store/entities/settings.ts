import { EntitySchema } from 'typeorm';
import { check, key, NULLABLE, smallint, text, time } from './columns.ts';

export interface InstallationRow {
  readonly id: number;
  readonly orderPrefix: string;
  readonly secretsCheck: string;
  readonly createdAt: Date;
}

export const installationEntity = new EntitySchema<InstallationRow>({
  name: 'installation',
  columns: {
    id: smallint('id', { ...key('installation_pk'), default: 1 }),
    orderPrefix: text('order_prefix'),
    secretsCheck: text('secrets_check'),
    createdAt: time('created_at'),
  },
  checks: [check('installation_is_one_row')],
});

export interface MerchantRow {
  readonly id: string;
  readonly mchId: string;
  readonly apiKeySealed: string;
  readonly certificatePem: string;
  readonly privateKeySealed: string;
  readonly sendName: string;
  readonly clientIp: string;
  readonly state: string;
  readonly stoppedReason: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const merchantEntity = new EntitySchema<MerchantRow>({
  name: 'merchant',
  columns: {
    id: text('id', key('merchant_pk')),
    mchId: text('mch_id'),
    apiKeySealed: text('api_key_sealed'),
    certificatePem: text('certificate_pem'),
    privateKeySealed: text('private_key_sealed'),
    sendName: text('send_name'),
    clientIp: text('client_ip'),
    state: text('state', { default: 'open' }),
    stoppedReason: text('stopped_reason', NULLABLE),
    createdAt: time('created_at'),
    updatedAt: time('updated_at'),
  },
  uniques: [{ name: 'merchant_mch_id_once', columns: ['mchId'] }],
  checks: [check('merchant_state_known')],
});

export interface AccountRow {
  readonly id: string;
  readonly appId: string;
  readonly appSecretSealed: string;
  readonly tokenSealed: string;
  readonly aesKeySealed: string;
  readonly previousAesKeySealed: string | null;
  readonly messageMode: string;
  readonly merchantId: string | null;
  readonly fallbackText: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const accountEntity = new EntitySchema<AccountRow>({
  name: 'account',
  columns: {
    id: text('id', key('account_pk')),
    appId: text('app_id'),
    appSecretSealed: text('app_secret_sealed'),
    tokenSealed: text('token_sealed'),
    aesKeySealed: text('aes_key_sealed'),
    previousAesKeySealed: text('previous_aes_key_sealed', NULLABLE),
    messageMode: text('message_mode'),
    merchantId: text('merchant_id', NULLABLE),
    fallbackText: text('fallback_text', { default: '' }),
    createdAt: time('created_at'),
    updatedAt: time('updated_at'),
  },
  uniques: [{ name: 'account_app_id_once', columns: ['appId'] }],
  checks: [check('account_mode_known')],
  foreignKeys: [
    { name: 'account_merchant', target: 'merchant', columnNames: ['merchantId'], referencedColumnNames: ['id'] },
  ],
});

import { EntitySchema } from 'typeorm';
import { bigint, check, flag, integer, key, NULLABLE, smallint, text, time } from './columns.ts';

export interface InstallationRow {
  readonly id: number;
  readonly orderPrefix: string;
  readonly secretsCheck: string;
  readonly createdAt: Date;
  readonly sendingStoppedAt: Date | null;
  readonly sendingStoppedReason: string | null;
}

export const installationEntity = new EntitySchema<InstallationRow>({
  name: 'installation',
  columns: {
    id: smallint('id', { ...key('installation_pk'), default: 1 }),
    orderPrefix: text('order_prefix'),
    secretsCheck: text('secrets_check'),
    createdAt: time('created_at'),
    sendingStoppedAt: time('sending_stopped_at', NULLABLE),
    sendingStoppedReason: text('sending_stopped_reason', NULLABLE),
  },
  checks: [check('installation_is_one_row'), check('installation_stop_whole')],
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
  readonly amountMinFen: number;
  readonly amountMaxFen: number;
  readonly scenes: readonly string[];
  readonly personDayPackets: number;
  readonly personDayFen: number;
  readonly dayFen: number;
  readonly spacingUs: number;
  readonly callsMax: number;
  readonly subMchId: string | null;
  readonly msgAppId: string | null;
  readonly consumeMchId: string | null;
  readonly riskInfo: boolean;
  readonly rail: string;
  readonly transferRedPacketLook: boolean;
  readonly groupPackets: boolean;
  readonly appIds: readonly string[];
  readonly miniAppIds: readonly string[];
  readonly miniClaim: string;
  readonly certificateNotAfter: Date | null;
  readonly stoppedAt: Date | null;
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
    amountMinFen: integer('amount_min_fen', { default: 100 }),
    amountMaxFen: integer('amount_max_fen', { default: 20_000 }),
    scenes: text('scenes', { array: true, default: '{}' }),
    personDayPackets: integer('person_day_packets', { default: 10 }),
    personDayFen: bigint('person_day_fen', { default: 100_000 }),
    dayFen: bigint('day_fen', { default: 100_000_000 }),
    spacingUs: integer('spacing_us', { default: 34_500 }),
    callsMax: integer('calls_max', { default: 16 }),
    subMchId: text('sub_mch_id', NULLABLE),
    msgAppId: text('msg_app_id', NULLABLE),
    consumeMchId: text('consume_mch_id', NULLABLE),
    riskInfo: flag('risk_info', { default: false }),
    rail: text('rail', { default: 'red-packet' }),
    groupPackets: flag('group_packets', { default: false }),
    appIds: text('app_ids', { array: true, default: '{}' }),
    miniAppIds: text('mini_app_ids', { array: true, default: '{}' }),
    miniClaim: text('mini_claim', { default: 'encoded-lower' }),
    transferRedPacketLook: flag('transfer_red_packet_look', { default: false }),
    certificateNotAfter: time('certificate_not_after', NULLABLE),
    stoppedAt: time('stopped_at', NULLABLE),
  },
  uniques: [{ name: 'merchant_mch_id_once', columns: ['mchId'] }],
  checks: [
    check('merchant_state_known'),
    check('merchant_rail_known'),
    check('merchant_mini_claim_known'),
    check('merchant_amounts_in_order'),
    check('merchant_caps_positive'),
    check('merchant_pace_bounded'),
  ],
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
  readonly originalId: string | null;
  readonly kind: string;
  readonly customerMessages: boolean;
  readonly tokenEndpoint: string;
  readonly welcomeText: string;
  readonly myAwardsKeyword: string;
  readonly paysThrough: string | null;
  readonly retentionDays: number | null;
  readonly revision: number;
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
    originalId: text('original_id', NULLABLE),
    kind: text('kind', { default: 'service' }),
    customerMessages: flag('customer_messages', { default: true }),
    tokenEndpoint: text('token_endpoint', { default: 'stable' }),
    welcomeText: text('welcome_text', { default: '' }),
    myAwardsKeyword: text('my_awards_keyword', { default: '我的红包' }),
    paysThrough: text('pays_through', NULLABLE),
    retentionDays: integer('retention_days', NULLABLE),
    revision: integer('revision', { default: 1 }),
  },
  uniques: [
    { name: 'account_app_id_once', columns: ['appId'] },
    { name: 'account_original_id_once', columns: ['originalId'] },
  ],
  checks: [
    check('account_mode_known'),
    check('account_kind_known'),
    check('account_token_endpoint_known'),
    check('account_pays_through_another'),
    check('account_retention_bounded'),
  ],
  foreignKeys: [
    { name: 'account_pays_through', target: 'account', columnNames: ['paysThrough'], referencedColumnNames: ['id'] },
    { name: 'account_merchant', target: 'merchant', columnNames: ['merchantId'], referencedColumnNames: ['id'] },
  ],
});

import { EntitySchema } from 'typeorm';
import { bigint, check, flag, key, NULLABLE, text, time } from './columns.ts';

export interface OperatorRow {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly createdAt: Date;
  readonly disabledAt: Date | null;
  readonly passwordHash: string | null;
  readonly totpSealed: string | null;
  readonly totpLastStep: number | null;
}

export const operatorEntity = new EntitySchema<OperatorRow>({
  name: 'operator',
  columns: {
    id: text('id', key('operator_pk')),
    name: text('name'),
    role: text('role', { default: 'owner' }),
    createdAt: time('created_at'),
    disabledAt: time('disabled_at', NULLABLE),
    passwordHash: text('password_hash', NULLABLE),
    totpSealed: text('totp_sealed', NULLABLE),
    totpLastStep: bigint('totp_last_step', NULLABLE),
  },
  uniques: [{ name: 'operator_name_once', columns: ['name'] }],
  checks: [check('operator_role_known'), check('operator_credentials_whole')],
});

export interface LoginLinkRow {
  readonly tokenHash: string;
  readonly operatorId: string;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
  readonly purpose: string;
  readonly totpSealed: string | null;
}

export const loginLinkEntity = new EntitySchema<LoginLinkRow>({
  name: 'login_link',
  columns: {
    tokenHash: text('token_hash', key('login_link_pk')),
    operatorId: text('operator_id'),
    expiresAt: time('expires_at'),
    usedAt: time('used_at', NULLABLE),
    purpose: text('purpose', { default: 'log-in' }),
    totpSealed: text('totp_sealed', NULLABLE),
  },
  checks: [check('login_link_purpose_known')],
  foreignKeys: [
    { name: 'login_link_operator', target: 'operator', columnNames: ['operatorId'], referencedColumnNames: ['id'] },
  ],
});

export interface OperatorSessionRow {
  readonly tokenHash: string;
  readonly operatorId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly id: string;
  readonly lastSeenAt: Date;
  readonly address: string;
  readonly browser: string;
}

export const operatorSessionEntity = new EntitySchema<OperatorSessionRow>({
  name: 'operator_session',
  columns: {
    tokenHash: text('token_hash', key('operator_session_pk')),
    operatorId: text('operator_id'),
    createdAt: time('created_at'),
    expiresAt: time('expires_at'),
    id: text('id'),
    lastSeenAt: time('last_seen_at'),
    address: text('address'),
    browser: text('browser'),
  },
  uniques: [{ name: 'operator_session_id_once', columns: ['id'] }],
  indices: [{ name: 'operator_session_by_operator', columns: ['operatorId'] }],
  foreignKeys: [
    {
      name: 'operator_session_operator',
      target: 'operator',
      columnNames: ['operatorId'],
      referencedColumnNames: ['id'],
    },
  ],
});

export interface OauthLoginRow {
  readonly accountId: string;
  readonly codeHash: string;
  readonly stateHash: string;
  readonly openid: string | null;
  readonly snapshot: boolean | null;
  readonly refusal: string | null;
  readonly createdAt: Date;
}

export const oauthLoginEntity = new EntitySchema<OauthLoginRow>({
  name: 'oauth_login',
  columns: {
    accountId: text('account_id', key('oauth_login_pk')),
    codeHash: text('code_hash', key('oauth_login_pk')),
    stateHash: text('state_hash'),
    openid: text('openid', NULLABLE),
    snapshot: flag('snapshot', NULLABLE),
    refusal: text('refusal', NULLABLE),
    createdAt: time('created_at'),
  },
  uniques: [{ name: 'oauth_login_state_once', columns: ['accountId', 'stateHash'] }],
  checks: [check('oauth_login_settled_whole')],
  indices: [{ name: 'oauth_login_by_age', columns: ['createdAt'] }],
});

import type pg from 'pg';
import { assert, WrongRequest } from '../base/errors.ts';
import type { MerchantId } from '../base/ids.ts';
import type { MerchantSettings, MerchantStore, MerchantView, SendingStop } from '../flows/ports/merchants.ts';
import { asOutsideTrouble } from './database-trouble.ts';
import { inTransaction } from './transaction.ts';

const MERCHANT = `
  select id, mch_id as "mchId", send_name as "sendName", state, stopped_reason as "stoppedReason",
    (extract(epoch from stopped_at) * 1000)::float8 as "stoppedAtMs",
    jsonb_build_object('amountMinFen', amount_min_fen, 'amountMaxFen', amount_max_fen, 'scenes', to_jsonb(scenes),
      'personDayPackets', person_day_packets, 'personDayFen', person_day_fen, 'dayFen', day_fen,
      'spacingMs', (spacing_us / 1000.0)::float8, 'callsMax', calls_max) as limits,
    sub_mch_id as "subMchId", msg_app_id as "msgAppId", consume_mch_id as "consumeMchId", risk_info as "riskInfo",
    rail, transfer_red_packet_look as "transferRedPacketLook", group_packets as "groupPackets", app_ids as "appIds",
    mini_app_ids as "miniAppIds", mini_claim as "miniClaim",
    (extract(epoch from certificate_not_after) * 1000)::float8 as "certificateNotAfterMs"
  from merchant`;

const CHANGE = `
  update merchant set amount_min_fen = $2, amount_max_fen = $3, scenes = $4, person_day_packets = $5, person_day_fen = $6,
    day_fen = $7, spacing_us = $8, calls_max = $9, sub_mch_id = $10, msg_app_id = $11, consume_mch_id = $12,
    risk_info = $13, rail = $14, transfer_red_packet_look = $15, group_packets = $16, app_ids = $17, mini_app_ids = $18,
    mini_claim = $19, updated_at = $20
  where id = $1`;

const SENDING_STOP = `
  select sending_stopped_reason as reason, (extract(epoch from sending_stopped_at) * 1000)::float8 as "sinceMs"
  from installation where sending_stopped_at is not null`;

/** Merchants in Postgres as operators see and change them; stopping and resuming them is the payout store's. */
export function createMerchantStore(pool: pg.Pool): MerchantStore {
  return {
    async list() {
      return (await orTrouble(pool.query<MerchantView>(`${MERCHANT} order by id`))).rows;
    },
    async find(id) {
      return (await orTrouble(pool.query<MerchantView>(`${MERCHANT} where id = $1`, [id]))).rows[0];
    },
    change: (id, nowMs, decide) => orTrouble(change(pool, { id, nowMs }, decide)),
    async sendingStop() {
      return (await orTrouble(pool.query<SendingStop>(SENDING_STOP))).rows[0] ?? null;
    },
  };
}

async function change(
  pool: pg.Pool,
  { id, nowMs }: { readonly id: MerchantId; readonly nowMs: number },
  decide: (before: MerchantSettings) => MerchantSettings,
): Promise<MerchantView> {
  return inTransaction(pool, async (client) => {
    const before = (await client.query<MerchantView>(`${MERCHANT} where id = $1 for no key update`, [id])).rows[0];
    if (before === undefined)
      throw new WrongRequest('merchant-not-found', `there is no merchant ${id}`, { status: 404 });
    const { limits, ...others } = before;
    await client.query(CHANGE, [id, ...columnsOf(decide({ ...limits, ...others })), new Date(nowMs)]);
    const after = (await client.query<MerchantView>(`${MERCHANT} where id = $1`, [id])).rows[0];
    assert(after !== undefined, 'a changed merchant can be read');
    return after;
  });
}

/** The settings in the order of CHANGE. */
function columnsOf(settings: MerchantSettings): readonly unknown[] {
  return [
    settings.amountMinFen,
    settings.amountMaxFen,
    settings.scenes,
    settings.personDayPackets,
    settings.personDayFen,
    settings.dayFen,
    Math.round(settings.spacingMs * 1000),
    settings.callsMax,
    settings.subMchId,
    settings.msgAppId,
    settings.consumeMchId,
    settings.riskInfo,
    settings.rail,
    settings.transferRedPacketLook,
    settings.groupPackets,
    settings.appIds,
    settings.miniAppIds,
    settings.miniClaim,
  ];
}

async function orTrouble<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asOutsideTrouble(error);
  }
}

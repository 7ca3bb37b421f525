import { cleanText } from '../../base/clean-text.ts';
import { WrongRequest } from '../../base/errors.ts';
import type { MerchantId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { BalanceKind, MerchantBalances, MerchantMoney } from '../ports/merchant-balances.ts';
import type { Operator } from '../ports/operators.ts';
import type { Clock } from '../ports/time-and-luck.ts';

/** A merchant's money with when it ends. */
export interface BalanceForecast extends MerchantMoney {
  /** What leaves in an hour at the pace of the last one. */
  readonly hourFen: number;
  /** Unix ms at which nothing is left at this pace; null while nothing leaves or the balance is not known. */
  readonly emptyAtMs: number | null;
}

/**
 * How long the money lasts. WeChat Pay tells these merchants no balance
 * (https://pay.weixin.qq.com/doc/v2/merchant/4011974053), so it is what finance enters, less what our books say has left.
 */
export interface ForecastBalance {
  all(): Promise<readonly BalanceForecast[]>;
  /** Throws WrongRequest `merchant-not-found` (404). */
  enter(
    operator: Operator,
    merchant: MerchantId,
    entry: { readonly kind: Exclude<BalanceKind, 'empty'>; readonly amountFen: number; readonly note: string },
  ): Promise<readonly BalanceForecast[]>;
}

const HOUR_MS = 3_600_000;

/** Builds the flow over what was entered. */
export function createForecastBalance(options: {
  readonly balances: MerchantBalances;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): ForecastBalance {
  const { balances, clock, logger } = options;
  const all = async (): Promise<readonly BalanceForecast[]> => {
    const nowMs = clock.nowMs();
    return (await balances.all(nowMs)).map((money) => forecastOf(money, nowMs));
  };
  return {
    all,
    async enter(operator, merchant, { kind, amountFen, note }) {
      const entry = { kind, amountFen, note: cleanText(note), operator: operator.id, nowMs: clock.nowMs() };
      if (!(await balances.enter(merchant, entry))) {
        throw new WrongRequest('merchant-not-found', 'there is no such merchant', { status: 404 });
      }
      logger.info({ merchant, kind, amountFen, operator: operator.id }, 'balance-entered');
      return all();
    },
  };
}

/** Says when the money ends if it goes on leaving as it did. A balance of nothing has ended already. */
export function forecastOf(money: MerchantMoney, nowMs: number): BalanceForecast {
  const hourFen = Math.max(0, Math.round((money.leftFen * HOUR_MS) / money.leftWithinMs));
  const lasting = money.balanceFen === null || hourFen === 0 ? null : Math.max(0, money.balanceFen) / hourFen;
  return { ...money, hourFen, emptyAtMs: lasting === null ? null : Math.round(nowMs + lasting * HOUR_MS) };
}

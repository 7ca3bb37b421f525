import type { z } from 'zod';
import { WrongRequest } from '../../base/errors.ts';
import { merchantId } from '../../base/ids.ts';
import type { MerchantId } from '../../base/ids.ts';
import type { BalanceForecast, ForecastBalance } from '../../flows/numbers/forecast-balance.ts';
import { balancesAnswer, enterBalanceRequest } from '../contract/console-balances.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface BalanceRouteDependencies {
  readonly forecastBalance: ForecastBalance;
}

/** Merchants' money, and when it ends. */
export function balanceRoutes({ forecastBalance }: BalanceRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'listBalances',
      method: 'GET',
      path: '/balances',
      access: 'payments.view',
      summary: 'What each merchant has left by what finance entered and our books, and until when it lasts',
      answer: balancesAnswer,
      handle: async () => shown(await forecastBalance.all()),
    }),
    consoleRoute({
      name: 'enterBalance',
      method: 'POST',
      path: '/merchants/:id/balance',
      access: 'payments.operate',
      summary: 'Enter a top-up, or the balance as the merchant platform shows it',
      body: enterBalanceRequest,
      answer: balancesAnswer,
      handle: async ({ params, body, operator }) =>
        shown(await forecastBalance.enter(operator, readMerchant(params['id'] ?? ''), body)),
    }),
  ];
}

function shown(merchants: readonly BalanceForecast[]): z.input<typeof balancesAnswer> {
  return { merchants: merchants.map((one) => ({ ...one, entries: [...one.entries] })) };
}

function readMerchant(text: string): MerchantId {
  try {
    return merchantId(text);
  } catch (cause) {
    throw new WrongRequest('merchant-not-found', 'there is no such merchant', { status: 404, cause });
  }
}

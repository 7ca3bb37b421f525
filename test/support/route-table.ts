import { apiRouteTable } from '../../src/http/routes/api-routes.ts';
import { consoleRouteTable } from '../../src/http/routes/console.ts';
import type { ConsoleDependencies } from '../../src/http/routes/console.ts';
import type { ConsoleRoute } from '../../src/http/routes/console-route.ts';

/** Returns the console's routes to be looked at: none of them can be called, because nothing stands behind them. */
export function routesToRead(): readonly ConsoleRoute[] {
  const nothing: object = new Proxy({}, { get: (_target, _name, itself: object) => itself });
  return consoleRouteTable(nothing as ConsoleDependencies);
}

/** Returns those that programs with a token find, to be looked at. */
export function apiRoutesToRead(): readonly ConsoleRoute[] {
  return apiRouteTable(routesToRead());
}

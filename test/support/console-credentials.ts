import assert from 'node:assert/strict';
import { Secret, TOTP } from 'otpauth';
import type { Role } from '../../src/flows/ports/operators.ts';
import { createOperatorWithSetUpLink } from '../../src/store/operator-store.ts';
import { Caller } from './console.ts';
import type { TestConsole } from './console.ts';

export const GOOD_PASSWORD = 'correct horse battery';

/** An operator who has set themselves up, and what they log in with. */
export interface ReadyOperator {
  readonly caller: Caller;
  readonly name: string;
  readonly totpSecret: string;
  readonly recoveryCodes: readonly string[];
}

/** The code an authenticator shows, some steps from now. */
export function codeOf(totpSecret: string, stepsFromNow = 0): string {
  return new TOTP({ secret: Secret.fromBase32(totpSecret) }).generate({
    timestamp: Date.now() + stepsFromNow * 30_000,
  });
}

/** Goes through the set-up as a person does. The code of the present step is spent by it. */
export async function setUpOperator(server: TestConsole, name: string, role: Role = 'owner'): Promise<ReadyOperator> {
  const { token } = await createOperatorWithSetUpLink({ pool: server.pool, name, role, nowMs: Date.now() });
  return finishSetUp(server, token);
}

/** Spends a set-up link. */
export async function finishSetUp(server: TestConsole, token: string): Promise<ReadyOperator> {
  const caller = new Caller(server);
  const begun = await caller.post('/set-up/begin', { token });
  assert.equal(begun.status, 200, JSON.stringify(begun.body));
  const { name, totpSecret } = begun.body;
  const done = await caller.post('/set-up/finish', { token, password: GOOD_PASSWORD, code: codeOf(totpSecret, -1) });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  return { caller, name, totpSecret, recoveryCodes: done.body.recoveryCodes };
}

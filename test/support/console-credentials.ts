import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
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

const STEP_MS = 30_000;
/** A code is typed and checked within this time, also on a machine that is slow. */
const TYPING_MS = 5000;

/** The code an authenticator shows, some steps from now. */
export function codeOf(totpSecret: string, stepsFromNow = 0): string {
  return new TOTP({ secret: Secret.fromBase32(totpSecret) }).generate({
    timestamp: Date.now() + stepsFromNow * STEP_MS,
  });
}

/** The code of the step before, which is still taken; not so shortly before a step ends that it has grown too old. */
export async function codeBefore(totpSecret: string): Promise<string> {
  const leftMs = STEP_MS - (Date.now() % STEP_MS);
  if (leftMs < TYPING_MS) await sleep(leftMs);
  return codeOf(totpSecret, -1);
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
  const code = await codeBefore(totpSecret);
  const done = await caller.post('/set-up/finish', { token, password: GOOD_PASSWORD, code });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  return { caller, name, totpSecret, recoveryCodes: done.body.recoveryCodes };
}

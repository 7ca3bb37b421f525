import type { AccountDirectory } from '../ports/accounts.ts';
import type { DoctorProbes } from '../ports/doctor.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import { diagnose } from './diagnose.ts';
import type { Patient } from './diagnose.ts';
import type { Finding } from './finding.ts';

/** A diagnosis and when it was made, Unix ms. */
export interface Diagnosis {
  readonly atMs: number;
  readonly findings: readonly Finding[];
}

/** Asks for a diagnosis of every account; never throws for what is wrong with them. Throws OutsideTrouble. */
export type SeeDoctor = () => Promise<Diagnosis>;

/** Whoever asks again so soon sees the last answer: each diagnosis calls WeChat once for every account. */
const KEPT_MS = 10_000;

/** Builds what the console asks: one diagnosis at a time in this process, shared by all who ask meanwhile. */
export function createSeeDoctor(parts: {
  readonly accounts: AccountDirectory;
  readonly probes: DoctorProbes;
  readonly clock: Pick<Clock, 'nowMs'>;
}): SeeDoctor {
  const { accounts, probes, clock } = parts;
  let last: { readonly beganMs: number; readonly diagnosis: Promise<Diagnosis> } | null = null;
  return () => {
    const nowMs = clock.nowMs();
    if (last !== null && nowMs - last.beganMs < KEPT_MS) return last.diagnosis;
    const diagnosis = patientsOf(accounts).then(async (patients) => ({
      atMs: nowMs,
      findings: await diagnose(probes, patients, nowMs),
    }));
    last = { beganMs: nowMs, diagnosis };
    diagnosis.catch(() => (last = null));
    return diagnosis;
  };
}

/** Every account with the merchant that pays for it. */
export async function patientsOf(accounts: AccountDirectory): Promise<readonly Patient[]> {
  return Promise.all(
    (await accounts.accounts()).map(async (account) => ({
      account,
      merchant: account.merchantId === null ? null : ((await accounts.merchant(account.merchantId)) ?? null),
    })),
  );
}

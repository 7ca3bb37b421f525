import type { Config } from './config.ts';
import { createSeeDoctor } from './flows/doctor/see-doctor.ts';
import type { SeeDoctor } from './flows/doctor/see-doctor.ts';
import type { AccountDirectory } from './flows/ports/accounts.ts';
import type { DoctorProbes } from './flows/ports/doctor.ts';
import type { Clock } from './flows/ports/time-and-luck.ts';
import { payProbes } from './pay/doctor-probes.ts';
import { storeProbes } from './store/doctor-probes.ts';
import { wechatProbes } from './wechat/doctor-probes.ts';

type DoctorConfig = Pick<Config, 'databaseUrl' | 'redisUrl' | 'publicUrl'> & {
  readonly hosts: Pick<Config['hosts'], 'apiUrl' | 'payUrl' | 'payCaPem'>;
};

/**
 * Joins what the doctor looks with. `clock` is what the service runs by; this server's own clock is held against the others.
 * An empty address of Redis means that there is none.
 */
export function doctorProbes(config: DoctorConfig, clock: Pick<Clock, 'nowMs'>): DoctorProbes {
  const { databaseUrl, redisUrl, publicUrl, hosts } = config;
  const nowMs = (): number => Date.now();
  return {
    ...storeProbes({ databaseUrl, redisUrl: redisUrl === '' ? null : redisUrl, nowMs }),
    ...payProbes({ payUrl: hosts.payUrl, extraCaPem: hosts.payCaPem, nowMs }),
    ...wechatProbes({ apiUrl: hosts.apiUrl, publicUrl, nowMs: () => clock.nowMs() }),
  };
}

/** What the console asks. */
export function doctorFlows(parts: {
  readonly config: DoctorConfig;
  readonly accounts: AccountDirectory;
  readonly clock: Clock;
}): { readonly seeDoctor: SeeDoctor } {
  const { config, accounts, clock } = parts;
  return { seeDoctor: createSeeDoctor({ accounts, probes: doctorProbes(config, clock), clock }) };
}

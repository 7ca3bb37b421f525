import { accountId, merchantId } from './base/ids.ts';
import { done, takesNothing } from './cli-command.ts';
import type { Outcome } from './cli-command.ts';
import { loadConfig } from './config.ts';
import type { Config, Environment } from './config.ts';
import { diagnose } from './flows/doctor/diagnose.ts';
import type { Patient } from './flows/doctor/diagnose.ts';
import { said, trouble } from './flows/doctor/finding.ts';
import type { Finding, Said } from './flows/doctor/finding.ts';
import { formatFindings } from './flows/doctor/format-findings.ts';
import { patientsOf } from './flows/doctor/see-doctor.ts';
import { createLogger } from './logging.ts';
import { createAccountDirectory } from './store/account-store.ts';
import { createPool, pendingMigrations } from './store/database.ts';
import { createSecretBox } from './store/sealed-secret.ts';
import { doctorProbes } from './wiring-doctor.ts';

/**
 * Looks at the set-up with the environment the service is started with, and at the accounts and merchants in its database.
 * In Chinese where LANG or LC_ALL says so. Ends with exit code 1 when something has failed.
 */
export async function runDoctor(words: readonly string[], env: Environment): Promise<Outcome> {
  if (words.length > 0) return takesNothing('doctor');
  const language = /^zh/i.test(env['LC_ALL'] || env['LANG'] || '') ? 'zh' : 'en';
  const loaded = loadConfig(env);
  const findings =
    'faults' in loaded
      ? loaded.faults.map(configurationFinding)
      : await diagnose(
          doctorProbes(loaded.config, { nowMs: () => Date.now() }),
          await patients(loaded.config),
          Date.now(),
        );
  return outcome(findings, language);
}

function outcome(findings: readonly Finding[], language: keyof Said): Outcome {
  const lines = formatFindings(findings, language);
  const failed = findings.filter(({ state }) => state === 'failed').length;
  if (failed === 0) return done(...lines);
  return { code: 1, lines, faults: [`${failed} of ${findings.length} checks failed; nothing was sent or changed.`] };
}

function configurationFinding(fault: string): Finding {
  const [about = ''] = /^[A-Z][A-Z0-9_]+/.exec(fault) ?? [];
  const causes = [
    said('the variable is missing, mistyped, or from another page', '变量缺失、填写有误，或取自别的页面'),
  ];
  const todo = [
    said(
      'set it as said, see .env.example and docs/go-live.md; the other checks run once all variables can be read',
      '按提示设置，参见 .env.example 与 docs/go-live.md；变量都可读后才进行其余检查',
    ),
  ];
  return trouble({ check: 'configuration', about }, said(fault, fault), { causes, todo });
}

/** The account of the environment first, as the service would use it; then those that were added in the console. */
async function patients(config: Config): Promise<readonly Patient[]> {
  const others = await otherPatients(config).catch(() => []);
  return [configuredPatient(config), ...others];
}

async function otherPatients(config: Config): Promise<readonly Patient[]> {
  if ((await pendingMigrations(config.databaseUrl)).length > 0) return [];
  const logger = createLogger('error');
  const pool = createPool({ url: config.databaseUrl, connectionsMax: 1, name: 'hongbao-doctor' }, logger);
  try {
    const accounts = createAccountDirectory({ pool, box: createSecretBox(config.secretsKey), logger });
    const all = await patientsOf(accounts);
    // What the environment sets is looked at as it is there, which is what the next start goes by.
    return all.flatMap(({ account, merchant }) =>
      account.id === 'main' ? [] : [{ account, merchant: merchant?.id === 'main' ? mainMerchant(config) : merchant }],
    );
  } finally {
    await pool.end();
  }
}

function configuredPatient(config: Config): Patient {
  return {
    account: {
      ...config.account,
      id: accountId('main'),
      originalId: null,
      kind: 'service',
      previousEncodingAesKey: null,
      merchantId: merchantId('main'),
      customerMessages: true,
      tokenEndpoint: 'stable',
      welcomeText: '',
      fallbackText: '',
      myAwardsKeyword: '',
      paysThrough: null,
      retentionDays: null,
    },
    merchant: mainMerchant(config),
  };
}

function mainMerchant({ merchant }: Config): NonNullable<Patient['merchant']> {
  const limits = { amountMinFen: 100, amountMaxFen: 20_000, scenes: [], personDayPackets: 10, personDayFen: 100_000 };
  return {
    ...merchant,
    id: merchantId('main'),
    state: 'open',
    stoppedReason: null,
    subMchId: null,
    msgAppId: null,
    consumeMchId: null,
    limits: { ...limits, dayFen: 100_000_000, spacingMs: 34, callsMax: 16 },
  };
}

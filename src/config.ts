import { readFileSync } from 'node:fs';
import { openMerchantCertificate } from './pay/merchant-certificate.ts';
import type { MerchantCertificate } from './pay/merchant-certificate.ts';
import { variables } from './config-variables.ts';
import type { VariableName, VariableValues } from './config-variables.ts';
import type { RequestLimitRates } from './flows/limit-requests.ts';

/** The environment as given: process.env, or a test's own. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** All a production start is told from outside. Secrets are inside: never log it. */
export interface Config {
  /** 0 takes any free port. */
  readonly port: number;
  /** Origin by which the outside reaches us, without a slash at the end. */
  readonly publicUrl: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** 32 bytes. */
  readonly secretsKey: Buffer;
  readonly logLevel: VariableValues['LOG_LEVEL'];
  readonly role: VariableValues['ROLE'];
  /** How many proxies of ours stand in front and add to X-Forwarded-For. */
  readonly proxyHops: number;
  /** Null when /metrics is to stay closed. */
  readonly metricsToken: string | null;
  /** A page of an activity that can award more than this, in fen, takes draws of proven followers only. */
  readonly pageTrustFen: number;
  /** How many requests of a person and of an address are taken in a second; twice as many at once. */
  readonly requestLimits: RequestLimitRates;
  /** Most followers this process asks WeChat about in a minute; 0 for none. */
  readonly followersPerMinute: number;
  /** Where alarms go beside log, metric and console; null for nowhere else. */
  readonly alarmWebhook: AlarmWebhook | null;
  readonly testHostsAllowed: boolean;
  readonly hosts: Hosts;
  readonly account: ConfiguredAccount;
  readonly merchant: ConfiguredMerchant;
}

/** A chat robot or a service that takes alarms. */
export interface AlarmWebhook {
  /** Holds the robot's key: never log it. */
  readonly url: string;
  /** Null lets the host tell. */
  readonly preset: VariableValues['ALARM_WEBHOOK_PRESET'];
  readonly secret: string | null;
}

/** The outside hosts, each an origin. */
export interface Hosts {
  readonly apiUrl: string;
  readonly openUrl: string;
  /** Where pictures of scene codes come from. */
  readonly mpUrl: string;
  /** Where pages load WeChat's script for share cards from; null where they load none. */
  readonly resUrl: string | null;
  readonly payUrl: string;
  /** Called when `payUrl` cannot be connected to; null when only that one is used. */
  readonly payBackupUrl: string | null;
  /** PEM of an extra root for a test host; null for the system's own roots. */
  readonly payCaPem: string | null;
}

/** The first Official Account, `main`. */
export interface ConfiguredAccount {
  readonly appId: string;
  readonly appSecret: string;
  readonly token: string;
  readonly encodingAesKey: string;
  readonly messageMode: VariableValues['WECHAT_MESSAGE_MODE'];
}

/** The first merchant, `main`. */
export interface ConfiguredMerchant {
  readonly mchId: string;
  readonly apiKey: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** Unix ms after which WeChat Pay refuses the certificate. */
  readonly certificateNotAfterMs: number;
  readonly sendName: string;
  readonly clientIp: string;
}

export type Loaded<Value> = { readonly config: Value } | { readonly faults: readonly string[] };

/** One thing wrong: the variable's name, and what to say after it. */
type Fault = readonly [name: VariableName, text: string];

const HOST_NAMES = [
  'WECHAT_API_URL',
  'WECHAT_OPEN_URL',
  'WECHAT_MP_URL',
  'WECHAT_RES_URL',
  'WECHAT_PAY_URL',
  'WECHAT_PAY_BACKUP_URL',
] as const;
const EXAMPLES: Readonly<Record<(typeof HOST_NAMES)[number], string>> = {
  WECHAT_API_URL: 'https://api.weixin.qq.com',
  WECHAT_OPEN_URL: 'https://open.weixin.qq.com',
  WECHAT_MP_URL: 'https://mp.weixin.qq.com',
  WECHAT_RES_URL: 'https://res.wx.qq.com',
  WECHAT_PAY_URL: 'https://api.mch.weixin.qq.com',
  WECHAT_PAY_BACKUP_URL: 'https://api2.mch.weixin.qq.com',
};
const ALLOW = 'is accepted only with ALLOW_TEST_HOSTS=1';

/**
 * Reads the whole configuration. Returns it frozen, or every fault there is at once, each a sentence that begins with
 * the variable's name and says what is wrong and how to get a good value; secrets are never repeated.
 */
export function loadConfig(env: Environment, nowMs: number = Date.now()): Loaded<Config> {
  const names = Object.keys(variables) as VariableName[];
  const { values, faults } = readEach(env, names);
  faults.push(...hostFaults(values));
  const payCaPem = readCa(values, faults);
  const certificate = readCertificate({ values, env, nowMs }, faults);
  if (faults.length > 0 || certificate === null) return { faults: sentences(faults, names) };
  return { config: assemble(values as VariableValues, payCaPem, certificate) };
}

/** Reads only the variables named, for commands that need no more. Same faults as loadConfig. */
export function loadVariables<Name extends VariableName>(
  env: Environment,
  names: readonly Name[],
): Loaded<Pick<VariableValues, Name>> {
  const { values, faults } = readEach(env, names);
  faults.push(...hostFaults({ ALLOW_TEST_HOSTS: env['ALLOW_TEST_HOSTS'] === '1', ...values }));
  if (faults.length > 0) return { faults: sentences(faults, names) };
  return { config: Object.freeze(values as Pick<VariableValues, Name>) };
}

const CERTIFICATE_NAMES = [
  'WECHAT_PAY_MCH_ID',
  'WECHAT_PAY_CERT_P12',
  'WECHAT_PAY_CERT_PEM',
  'WECHAT_PAY_KEY_PEM',
] as const;

/** Reads only the merchant's certificate, as a file may have been renewed since the start. Same faults as loadConfig. */
export function loadCertificate(env: Environment, nowMs: number): Loaded<MerchantCertificate> {
  const { values, faults } = readEach(env, CERTIFICATE_NAMES);
  const certificate = readCertificate({ values, env, nowMs }, faults);
  if (faults.length > 0 || certificate === null) return { faults: sentences(faults, CERTIFICATE_NAMES) };
  return { config: certificate };
}

function readEach(
  env: Environment,
  names: readonly VariableName[],
): { values: Partial<VariableValues>; faults: Fault[] } {
  const values: Record<string, unknown> = {};
  const faults: Fault[] = [];
  for (const name of names) {
    const { schema, secret, fallback, make } = variables[name];
    const given = secret ? givenSecret(env, name) : { text: present(env[name]) };
    const text = 'fault' in given ? undefined : (given.text ?? fallback);
    if ('fault' in given) faults.push([name, given.fault]);
    else if (text === undefined) faults.push([name, ` is missing: ${make}`]);
    else if (text === null) values[name] = null;
    else {
      const read = schema.safeParse(text);
      if (read.success) values[name] = read.data;
      else faults.push([name, ` ${read.error.issues[0]?.message}${secret ? '' : `, not ${JSON.stringify(text)}`}`]);
    }
  }
  return { values: values as Partial<VariableValues>, faults };
}

type Given = { readonly text: string | undefined } | { readonly fault: string };

/** A secret stands in its variable or in the file named by `<name>_FILE`, never in both. */
function givenSecret(env: Environment, name: VariableName): Given {
  const direct = present(env[name]);
  const path = present(env[`${name}_FILE`]);
  if (path === undefined) return { text: direct };
  if (direct !== undefined) return { fault: ` and ${name}_FILE are both set: keep one` };
  try {
    const bytes = readFileSync(path);
    // The p12 is the one secret that is not text.
    const text = name === 'WECHAT_PAY_CERT_P12' ? bytes.toString('base64') : bytes.toString('utf8').trim();
    return text === '' ? { fault: `_FILE names an empty file: ${path}` } : { text };
  } catch (error) {
    return { fault: `_FILE names a file that cannot be read: ${reason(error)}` };
  }
}

function hostFaults(values: Partial<VariableValues>): readonly Fault[] {
  if (values.ALLOW_TEST_HOSTS === true) return [];
  const faults: Fault[] = [];
  if (values.PUBLIC_URL?.startsWith('http:')) faults.push(['PUBLIC_URL', ` needs https; plain http ${ALLOW}`]);
  for (const name of HOST_NAMES) {
    const url = values[name];
    if (url === undefined || url === null || isWeChatsOwn(url)) continue;
    faults.push([name, ` needs a host of WeChat's own, such as ${EXAMPLES[name]}; ${url} ${ALLOW}`]);
  }
  if (typeof values.WECHAT_PAY_CA_FILE === 'string') faults.push(['WECHAT_PAY_CA_FILE', ` ${ALLOW}`]);
  return faults;
}

/** WeChat names several hosts for disasters, all under one domain, such as api2.mch.weixin.qq.com; its scripts have a domain of their own. */
function isWeChatsOwn(origin: string): boolean {
  return /^https:\/\/(?:(?:[a-z0-9-]+\.)+weixin|res2?\.wx)\.qq\.com$/.test(origin);
}

function readCa(values: Partial<VariableValues>, faults: Fault[]): string | null {
  const path = values.WECHAT_PAY_CA_FILE ?? null;
  if (path === null) return null;
  try {
    const text = readFileSync(path, 'utf8');
    if (!text.includes('-----BEGIN CERTIFICATE-----'))
      faults.push(['WECHAT_PAY_CA_FILE', ' names a file without a PEM certificate']);
    return text;
  } catch (error) {
    faults.push(['WECHAT_PAY_CA_FILE', ` names a file that cannot be read: ${reason(error)}`]);
    return null;
  }
}

/** Opens the merchant's certificate from either form. Null when it cannot be: the fault is noted then. */
function readCertificate(
  given: { readonly values: Partial<VariableValues>; readonly env: Environment; readonly nowMs: number },
  faults: Fault[],
): MerchantCertificate | null {
  const { values, env, nowMs } = given;
  const p12 = values.WECHAT_PAY_CERT_P12;
  const certificatePem = values.WECHAT_PAY_CERT_PEM;
  const privateKeyPem = values.WECHAT_PAY_KEY_PEM;
  const isGiven = (name: string): boolean =>
    [env[name], env[`${name}_FILE`]].some((text) => present(text) !== undefined);
  const hasP12 = isGiven('WECHAT_PAY_CERT_P12');
  const hasCert = isGiven('WECHAT_PAY_CERT_PEM');
  const hasKey = isGiven('WECHAT_PAY_KEY_PEM');
  if (hasP12 && (hasCert || hasKey)) {
    faults.push(['WECHAT_PAY_CERT_P12', ' and WECHAT_PAY_CERT_PEM or WECHAT_PAY_KEY_PEM are both set: keep one form']);
  } else if (!hasP12 && !hasCert && !hasKey) {
    const either = 'set WECHAT_PAY_CERT_P12_FILE to apiclient_cert.p12 from the WeChat Pay merchant page';
    faults.push(['WECHAT_PAY_CERT_P12', ` is missing: ${either}, or set WECHAT_PAY_CERT_PEM and WECHAT_PAY_KEY_PEM`]);
  } else if (!hasP12 && !hasKey) {
    faults.push(['WECHAT_PAY_KEY_PEM', ' is missing: it belongs with WECHAT_PAY_CERT_PEM']);
  } else if (!hasP12 && !hasCert) {
    faults.push(['WECHAT_PAY_CERT_PEM', ' is missing: it belongs with WECHAT_PAY_KEY_PEM']);
  } else if (p12 && values.WECHAT_PAY_MCH_ID !== undefined) {
    const source = { p12, mchId: values.WECHAT_PAY_MCH_ID };
    return noting(faults, 'WECHAT_PAY_CERT_P12', () => openMerchantCertificate(source, nowMs));
  } else if (certificatePem && privateKeyPem) {
    const source = { certificatePem, privateKeyPem };
    return noting(faults, 'WECHAT_PAY_CERT_PEM', () => openMerchantCertificate(source, nowMs));
  }
  return null;
}

/** Returns what the work returns; notes a fault under the variable's name and returns null when it throws. */
function noting<Value>(faults: Fault[], name: VariableName, work: () => Value): Value | null {
  try {
    return work();
  } catch (error) {
    faults.push([name, ` cannot be opened: ${reason(error)}`]);
    return null;
  }
}

function assemble(values: VariableValues, payCaPem: string | null, certificate: MerchantCertificate): Config {
  return Object.freeze({
    port: values.PORT,
    publicUrl: values.PUBLIC_URL,
    databaseUrl: values.DATABASE_URL,
    redisUrl: values.REDIS_URL,
    secretsKey: values.SECRETS_KEY,
    logLevel: values.LOG_LEVEL,
    role: values.ROLE,
    proxyHops: values.PROXY_HOPS,
    metricsToken: values.METRICS_TOKEN,
    pageTrustFen: values.PAGE_TRUST_FEN,
    requestLimits: Object.freeze({
      person: Object.freeze({ draw: values.PERSON_DRAWS_PER_SECOND, view: values.PERSON_VIEWS_PER_SECOND }),
      address: Object.freeze({ draw: values.ADDRESS_DRAWS_PER_SECOND, view: values.ADDRESS_VIEWS_PER_SECOND }),
    }),
    followersPerMinute: values.FOLLOWERS_PER_MINUTE,
    alarmWebhook:
      values.ALARM_WEBHOOK_URL === null
        ? null
        : Object.freeze({
            url: values.ALARM_WEBHOOK_URL,
            preset: values.ALARM_WEBHOOK_PRESET,
            secret: values.ALARM_WEBHOOK_SECRET,
          }),
    testHostsAllowed: values.ALLOW_TEST_HOSTS,
    hosts: Object.freeze({
      apiUrl: values.WECHAT_API_URL,
      openUrl: values.WECHAT_OPEN_URL,
      mpUrl: values.WECHAT_MP_URL,
      resUrl: values.PAGE_SHARE_CARD ? values.WECHAT_RES_URL : null,
      payUrl: values.WECHAT_PAY_URL,
      payBackupUrl: values.WECHAT_PAY_BACKUP_URL,
      payCaPem,
    }),
    account: Object.freeze({
      appId: values.WECHAT_APP_ID,
      appSecret: values.WECHAT_APP_SECRET,
      token: values.WECHAT_TOKEN,
      encodingAesKey: values.WECHAT_ENCODING_AES_KEY,
      messageMode: values.WECHAT_MESSAGE_MODE,
    }),
    merchant: Object.freeze({
      mchId: values.WECHAT_PAY_MCH_ID,
      apiKey: values.WECHAT_PAY_API_KEY,
      certificatePem: certificate.certificatePem,
      privateKeyPem: certificate.privateKeyPem,
      certificateNotAfterMs: certificate.notAfterMs,
      sendName: values.WECHAT_PAY_SEND_NAME,
      clientIp: values.WECHAT_PAY_CLIENT_IP,
    }),
  });
}

/** In the order of `.env.example`, so that a reader can go down both lists. */
function sentences(faults: readonly Fault[], names: readonly VariableName[]): readonly string[] {
  const sorted = faults.toSorted(([one], [other]) => names.indexOf(one) - names.indexOf(other));
  return sorted.map(([name, text]) => `${name}${text}`);
}

/** An empty variable counts as absent: it is how shells and compose files leave one out. */
function present(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import type { ChangesAnswer, VersionsAnswer } from '../../../http/contract/console-versions.ts';
import type { AccountsAnswer, SessionAnswer } from '../../../http/contract/console-session.ts';
import type { ActivitiesAnswer, ActivityAnswer } from '../../../http/contract/console-activities.ts';
import type { AwardsAnswer, BooksAnswer, DrawsAnswer } from '../../../http/contract/console-lists.ts';
import type {
  AlarmsAnswer,
  MerchantChanges,
  OpenState,
  PaymentsAnswer,
} from '../../../http/contract/console-payments.ts';
import type { FoundPayoutAnswer, PayoutAnswer, PayoutsAnswer } from '../../../http/contract/console-payouts.ts';
import type { ReconciliationAnswer, ReconciliationDaysAnswer } from '../../../http/contract/console-reconciliation.ts';
import type {
  ReissueAnswer,
  ReissueDecision,
  ReissueLine,
  ReissuePreviewAnswer,
  ReissuesAnswer,
  ReissueSelection,
} from '../../../http/contract/console-reissues.ts';
import type { Problem } from '../../../http/contract/console-problem.ts';
import { draftsApi } from './drafts-api.ts';
import type { DraftsApi } from './drafts-api.ts';
import { forecastApi } from './forecast-api.ts';
import type { ForecastApi } from './forecast-api.ts';
import { accessApi } from './access-api.ts';
import type { AccessApi } from './access-api.ts';
import { moneyApi } from './money-api.ts';
import type { MoneyApi } from './money-api.ts';
import { listsApi } from './lists-api.ts';
import type { ListsApi } from './lists-api.ts';
import { numbersApi } from './numbers-api.ts';
import type { NumbersApi } from './numbers-api.ts';
import { operationsApi } from './operations-api.ts';
import type { OperationsApi } from './operations-api.ts';
import { programsApi } from './programs-api.ts';
import type { ProgramsApi } from './programs-api.ts';
import { settingsApi } from './settings-api.ts';
import type { SettingsApi } from './settings-api.ts';

const TIMEOUT_MS = 20_000;
/** A file of a million lines is uploaded and checked before it is answered. */
const FILE_TIMEOUT_MS = 600_000;

/** The service refused or failed; `code` is its machine word, `offline` when it did not answer at all. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly faults: Problem['faults'];

  constructor(status: number, problem: Problem) {
    super(problem.message);
    this.status = status;
    this.code = problem.code;
    this.faults = problem.faults;
  }
}

export interface ActivityEdit {
  readonly slug: string;
  readonly name: string;
  readonly draft: Readonly<Record<string, unknown>>;
}

/** The console's API. Every method throws ApiProblem. */
export interface Api {
  readonly logIn: (token: string) => Promise<SessionAnswer>;
  readonly logOut: () => Promise<unknown>;
  readonly me: () => Promise<SessionAnswer>;
  readonly accounts: () => Promise<AccountsAnswer>;
  readonly activities: (after: string | null) => Promise<ActivitiesAnswer>;
  /** For choosing one: the thousand changed last. */
  readonly everyActivity: () => Promise<ActivitiesAnswer['activities']>;
  readonly activity: (id: string) => Promise<ActivityAnswer>;
  readonly createActivity: (edit: ActivityEdit & { readonly accountId: string }) => Promise<ActivityAnswer>;
  readonly editActivity: (id: string, edit: ActivityEdit & { readonly revision: number }) => Promise<ActivityAnswer>;
  readonly publishActivity: (id: string, revision: number) => Promise<ActivityAnswer>;
  readonly turnActivity: (id: string, turn: 'pause' | 'resume' | 'stop') => Promise<ActivityAnswer>;
  readonly versions: (id: string) => Promise<VersionsAnswer>;
  readonly changes: (id: string, pair: { from: number | 'draft'; to: number | 'draft' }) => Promise<ChangesAnswer>;
  readonly draws: (id: string, after: string | null) => Promise<DrawsAnswer>;
  readonly awards: (id: string, after: string | null) => Promise<AwardsAnswer>;
  readonly books: (id: string, after: string | null) => Promise<BooksAnswer>;
  readonly payments: PaymentsApi;
  readonly access: AccessApi;
  readonly lists: ListsApi;
  readonly money: MoneyApi;
  readonly drafts: DraftsApi;
  readonly numbers: NumbersApi;
  readonly forecast: ForecastApi;
  readonly programs: ProgramsApi;
  readonly settings: SettingsApi;
  readonly operations: OperationsApi;
}

/** Which payout: the account it belongs to and its order number. */
export interface PayoutPlace {
  readonly accountId: string;
  readonly orderNumber: string;
}

/** The part of the API that deals with paying out. */
export interface PaymentsApi {
  readonly alarms: () => Promise<AlarmsAnswer>;
  readonly dismissAlarm: (id: number) => Promise<AlarmsAnswer>;
  readonly show: () => Promise<PaymentsAnswer>;
  readonly stopSending: (reason: string) => Promise<PaymentsAnswer>;
  readonly resumeSending: () => Promise<PaymentsAnswer>;
  readonly stopMerchant: (id: string, reason: string) => Promise<PaymentsAnswer>;
  readonly resumeMerchant: (id: string) => Promise<PaymentsAnswer>;
  readonly changeMerchant: (id: string, changes: MerchantChanges) => Promise<PaymentsAnswer>;
  readonly payouts: (
    wanted: { readonly state: OpenState; readonly merchant: string | null },
    after: string | null,
  ) => Promise<PayoutsAnswer>;
  readonly findPayout: (number: string) => Promise<FoundPayoutAnswer>;
  readonly payout: (place: PayoutPlace) => Promise<PayoutAnswer>;
  readonly orderPayout: (place: PayoutPlace, order: 'retry' | 'ask' | 'cancel') => Promise<PayoutAnswer>;
  readonly previewReissue: (selection: ReissueSelection) => Promise<ReissuePreviewAnswer>;
  readonly requestReissue: (selection: ReissueSelection, why: string) => Promise<ReissueLine>;
  readonly reissues: (after: string | null) => Promise<ReissuesAnswer>;
  readonly reissue: (id: string) => Promise<ReissueAnswer>;
  readonly decideReissue: (id: string, decision: ReissueDecision) => Promise<ReissueAnswer>;
  readonly reconciliationDays: (after: string | null) => Promise<ReconciliationDaysAnswer>;
  readonly reconciliation: (day: string) => Promise<ReconciliationAnswer>;
}

type Ask = <Result>(method: string, path: string, body?: unknown) => Promise<Result>;

/** Builds the client; `onSignedOut` is told when the service no longer knows this session. */
export function createApi(onSignedOut: () => void): Api {
  const ask: Ask = async <Result>(method: string, path: string, body?: unknown): Promise<Result> => {
    const answer = await send(method, path, body);
    const read: unknown = await answer.json().catch(() => null);
    if (answer.ok) return read as Result;
    const problem = isProblem(read) ? read : { code: 'internal', message: answer.statusText, faults: [] };
    if (problem.code === 'not-signed-in') onSignedOut();
    throw new ApiProblem(answer.status, problem);
  };
  const page = (id: string, list: string, after: string | null): string =>
    `/activities/${id}/${list}${after === null ? '' : `?after=${encodeURIComponent(after)}`}`;
  const activities = (after: string | null): Promise<ActivitiesAnswer> =>
    ask('GET', `/activities?limit=200${after === null ? '' : `&after=${encodeURIComponent(after)}`}`);
  return {
    logIn: (token) => ask('POST', '/login', { token }),
    logOut: () => ask('POST', '/logout', {}),
    me: () => ask('GET', '/me'),
    accounts: () => ask('GET', '/accounts'),
    activities,
    everyActivity: () => loadEvery(activities),
    activity: (id) => ask('GET', `/activities/${id}`),
    createActivity: (edit) => ask('POST', '/activities', edit),
    editActivity: (id, edit) => ask('PUT', `/activities/${id}`, edit),
    publishActivity: (id, revision) => ask('POST', `/activities/${id}/publish`, { revision }),
    turnActivity: (id, turn) => ask('POST', `/activities/${id}/${turn}`, {}),
    versions: (id) => ask('GET', `/activities/${id}/versions`),
    changes: (id, { from, to }) => ask('GET', `/activities/${id}/changes?from=${from}&to=${to}`),
    draws: (id, after) => ask('GET', page(id, 'draws', after)),
    awards: (id, after) => ask('GET', page(id, 'awards', after)),
    books: (id, after) => ask('GET', page(id, 'books', after)),
    payments: paymentsApi(ask),
    lists: listsApi(ask),
    money: moneyApi(ask),
    access: accessApi(ask),
    drafts: draftsApi(ask),
    numbers: numbersApi(ask),
    forecast: forecastApi(ask),
    programs: programsApi(ask),
    settings: settingsApi(ask),
    operations: operationsApi(ask),
  };
}

async function loadEvery(load: Api['activities']): Promise<ActivitiesAnswer['activities']> {
  const all: ActivitiesAnswer['activities'] = [];
  let after: string | null = null;
  for (let pages = 0; pages < 5; pages += 1) {
    const { activities, next }: ActivitiesAnswer = await load(after);
    all.push(...activities);
    if (next === null) break;
    after = next;
  }
  return all;
}

function paymentsApi(ask: Ask): PaymentsApi {
  const payout = ({ accountId, orderNumber }: PayoutPlace): string => `/payouts/${accountId}/${orderNumber}`;
  const query = (fields: Readonly<Record<string, string | null>>): string => {
    const given = Object.entries(fields).filter((field): field is [string, string] => field[1] !== null);
    return new URLSearchParams(given).toString();
  };
  return {
    alarms: () => ask('GET', '/alarms'),
    dismissAlarm: (id) => ask('POST', `/alarms/${id}/dismiss`, {}),
    show: () => ask('GET', '/payments'),
    stopSending: (reason) => ask('POST', '/payments/stop', { reason }),
    resumeSending: () => ask('POST', '/payments/resume', {}),
    stopMerchant: (id, reason) => ask('POST', `/merchants/${id}/stop`, { reason }),
    resumeMerchant: (id) => ask('POST', `/merchants/${id}/resume`, {}),
    changeMerchant: (id, changes) => ask('PATCH', `/merchants/${id}`, changes),
    payouts: (wanted, after) => ask('GET', `/payouts?${query({ ...wanted, after })}`),
    findPayout: (number) => ask('GET', `/payouts/find?${query({ number })}`),
    payout: (place) => ask('GET', payout(place)),
    orderPayout: (place, order) => ask('POST', `${payout(place)}/${order}`, {}),
    previewReissue: (selection) => ask('POST', '/reissues/preview', { selection }),
    requestReissue: (selection, why) => ask('POST', '/reissues', { selection, why }),
    reissues: (after) => ask('GET', `/reissues?${query({ after })}`),
    reissue: (id) => ask('GET', `/reissues/${id}`),
    decideReissue: (id, decision) => ask('POST', `/reissues/${id}/decision`, { decision }),
    reconciliationDays: (after) => ask('GET', `/reconciliations?${query({ after })}`),
    reconciliation: (day) => ask('GET', `/reconciliations/${day}`),
  };
}

async function send(method: string, path: string, body: unknown): Promise<Response> {
  try {
    return await fetch(`/api/console${path}`, {
      method,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(body instanceof Blob ? FILE_TIMEOUT_MS : TIMEOUT_MS),
      ...(body instanceof Blob
        ? { headers: { 'content-type': body.type.startsWith('image/') ? body.type : 'text/csv' }, body }
        : body === undefined
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw new ApiProblem(0, { code: 'offline', message: String(cause), faults: [] });
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value && 'faults' in value;
}

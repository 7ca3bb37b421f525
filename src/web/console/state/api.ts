import type { AccountsAnswer, SessionAnswer } from '../../../http/contract/console-session.ts';
import type { ActivitiesAnswer, ActivityAnswer } from '../../../http/contract/console-activities.ts';
import type { AwardsAnswer, BooksAnswer, DrawsAnswer } from '../../../http/contract/console-lists.ts';
import type { Problem } from '../../../http/contract/console-problem.ts';

const TIMEOUT_MS = 20_000;

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
  readonly activities: () => Promise<ActivitiesAnswer>;
  readonly activity: (id: string) => Promise<ActivityAnswer>;
  readonly createActivity: (edit: ActivityEdit & { readonly accountId: string }) => Promise<ActivityAnswer>;
  readonly editActivity: (id: string, edit: ActivityEdit & { readonly revision: number }) => Promise<ActivityAnswer>;
  readonly publishActivity: (id: string, revision: number) => Promise<ActivityAnswer>;
  readonly stopActivity: (id: string) => Promise<ActivityAnswer>;
  readonly draws: (id: string, after: string | null) => Promise<DrawsAnswer>;
  readonly awards: (id: string, after: string | null) => Promise<AwardsAnswer>;
  readonly books: (id: string, after: string | null) => Promise<BooksAnswer>;
}

/** Builds the client; `onSignedOut` is told when the service no longer knows this session. */
export function createApi(onSignedOut: () => void): Api {
  const ask = async <Result>(method: string, path: string, body?: unknown): Promise<Result> => {
    const answer = await send(method, path, body);
    const read: unknown = await answer.json().catch(() => null);
    if (answer.ok) return read as Result;
    const problem = isProblem(read) ? read : { code: 'internal', message: answer.statusText, faults: [] };
    if (problem.code === 'not-signed-in') onSignedOut();
    throw new ApiProblem(answer.status, problem);
  };
  const page = (id: string, list: string, after: string | null): string =>
    `/activities/${id}/${list}${after === null ? '' : `?after=${encodeURIComponent(after)}`}`;
  return {
    logIn: (token) => ask('POST', '/login', { token }),
    logOut: () => ask('POST', '/logout', {}),
    me: () => ask('GET', '/me'),
    accounts: () => ask('GET', '/accounts'),
    activities: () => ask('GET', '/activities'),
    activity: (id) => ask('GET', `/activities/${id}`),
    createActivity: (edit) => ask('POST', '/activities', edit),
    editActivity: (id, edit) => ask('PUT', `/activities/${id}`, edit),
    publishActivity: (id, revision) => ask('POST', `/activities/${id}/publish`, { revision }),
    stopActivity: (id) => ask('POST', `/activities/${id}/stop`, {}),
    draws: (id, after) => ask('GET', page(id, 'draws', after)),
    awards: (id, after) => ask('GET', page(id, 'awards', after)),
    books: (id, after) => ask('GET', page(id, 'books', after)),
  };
}

async function send(method: string, path: string, body: unknown): Promise<Response> {
  try {
    return await fetch(`/api/console${path}`, {
      method,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw new ApiProblem(0, { code: 'offline', message: String(cause), faults: [] });
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value && 'faults' in value;
}

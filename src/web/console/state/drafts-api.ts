import type { PoolsAnswer } from '../../../http/contract/console-codes.ts';
import type { LookAtDraftAnswer, RuleFormAnswer, TryDraftAnswer } from '../../../http/contract/console-try.ts';

/** A draft as it stands in the editor. */
export interface DraftGiven {
  readonly accountId: string;
  readonly name: string;
  readonly draft: Readonly<Record<string, unknown>>;
}

/** The part of the API that shows and plays drafts. Every method throws ApiProblem. */
export interface DraftsApi {
  readonly form: () => Promise<RuleFormAnswer>;
  readonly look: (given: DraftGiven) => Promise<LookAtDraftAnswer>;
  readonly play: (
    given: DraftGiven & { readonly way: TryDraftAnswer['ways'][number] | null; readonly days: number },
  ) => Promise<TryDraftAnswer>;
  /** Orders a pool of entry codes. */
  readonly makeCodes: (
    account: string,
    pool: { readonly id: string; readonly name: string; readonly count: number },
  ) => Promise<unknown>;
  /** Whether a pool can be published with. */
  readonly codesReady: (account: string, pool: string) => Promise<boolean>;
}

/** Builds it over what asks. */
export function draftsApi(ask: <Result>(method: string, path: string, body?: unknown) => Promise<Result>): DraftsApi {
  return {
    form: () => ask('GET', '/rule-form'),
    look: ({ accountId, name, draft }) => ask('POST', '/drafts/look', { accountId, name, draft }),
    play: ({ accountId, name, draft, way, days }) => ask('POST', '/drafts/try', { accountId, name, draft, way, days }),
    makeCodes: (account, pool) =>
      ask('POST', `/accounts/${account}/code-pools`, { ...pool, purpose: 'entry', prefix: '' }),
    codesReady: async (account, pool) => {
      const answer = await ask<PoolsAnswer>('GET', `/accounts/${account}/code-pools`);
      return answer.rows.find(({ id }) => id === pool)?.state === 'ready';
    },
  };
}

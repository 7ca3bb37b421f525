import type { ApiTokensAnswer, MadeTokenAnswer } from '../../../http/contract/console-api.ts';
import type {
  AddedWebhookAnswer,
  ChangeWebhookRequest,
  DeliveriesAnswer,
  RotatedSecretAnswer,
  WebhooksAnswer,
} from '../../../http/contract/console-webhooks.ts';

export type WebhookLine = WebhooksAnswer['webhooks'][number];
export type WebhookEvent = WebhookLine['events'][number];
export type DeliveryLine = DeliveriesAnswer['rows'][number];

/** Where events are told: an account's endpoint. */
export interface WebhookPlace {
  readonly account: string;
  readonly id: string;
}

/** What an endpoint is. */
export interface WebhookContent {
  readonly name: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
}

/** The part of the API about other programs: what lets them in, and where they are told of events. Throws ApiProblem. */
export interface ProgramsApi {
  readonly tokens: () => Promise<ApiTokensAnswer>;
  readonly makeToken: (token: {
    readonly name: string;
    readonly scopes: readonly string[];
    readonly expiresAtMs: number | null;
  }) => Promise<MadeTokenAnswer>;
  readonly revokeToken: (id: string) => Promise<unknown>;
  readonly webhooks: (account: string) => Promise<WebhooksAnswer>;
  readonly addWebhook: (account: string, content: WebhookContent) => Promise<AddedWebhookAnswer>;
  readonly changeWebhook: (place: WebhookPlace, changes: ChangeWebhookRequest) => Promise<unknown>;
  readonly rotateSecret: (place: WebhookPlace) => Promise<RotatedSecretAnswer>;
  readonly removeWebhook: (place: WebhookPlace) => Promise<unknown>;
  readonly deliveries: (
    place: WebhookPlace,
    state: DeliveryLine['state'] | null,
    after: string | null,
  ) => Promise<DeliveriesAnswer>;
  readonly redeliver: (place: WebhookPlace, which: number | 'parked') => Promise<unknown>;
}

/** Builds it over what asks. */
export function programsApi(
  ask: <Result>(method: string, path: string, body?: unknown) => Promise<Result>,
): ProgramsApi {
  const all = (account: string): string => `/accounts/${encodeURIComponent(account)}/webhooks`;
  const at = ({ account, id }: WebhookPlace, rest = ''): string => `${all(account)}/${encodeURIComponent(id)}${rest}`;
  return {
    tokens: () => ask('GET', '/api-tokens'),
    makeToken: (token) => ask('POST', '/api-tokens', token),
    revokeToken: (id) => ask('POST', `/api-tokens/${encodeURIComponent(id)}/revoke`, {}),
    webhooks: (account) => ask('GET', all(account)),
    addWebhook: (account, content) => ask('POST', all(account), content),
    changeWebhook: (place, changes) => ask('PATCH', at(place), changes),
    rotateSecret: (place) => ask('POST', at(place, '/rotate'), {}),
    removeWebhook: (place) => ask('DELETE', at(place)),
    deliveries: (place, state, after) => {
      const query = new URLSearchParams({
        ...(state === null ? {} : { state }),
        ...(after === null ? {} : { after }),
      });
      return ask('GET', at(place, `/deliveries?${query.toString()}`));
    },
    redeliver: (place, which) =>
      ask('POST', at(place, which === 'parked' ? '/redeliver-parked' : `/deliveries/${which}/redeliver`), {}),
  };
}

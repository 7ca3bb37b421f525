import { cleanText } from '../../base/clean-text.ts';
import { WrongRequest } from '../../base/errors.ts';
import type { AccountId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { Page, PageRequest } from '../ports/console-reads.ts';
import type { Operator } from '../ports/operators.ts';
import type { Clock, Luck } from '../ports/time-and-luck.ts';
import type {
  DeliveryLine,
  EndpointKey,
  WebhookChanges,
  WebhookEndpoint,
  WebhookSecrets,
  WebhookSender,
  WebhookStore,
} from '../ports/webhooks.ts';

const NAME_LENGTH_MAX = 40;
const URL_LENGTH_MAX = 500;
/** For so long both secrets sign after one was changed. */
const BOTH_SIGN_MS = 86_400_000;

/** What owners do about where events are told. */
export interface OperateWebhooks {
  list(account: AccountId): Promise<readonly WebhookEndpoint[]>;
  /** Returns the secret, this once. Throws WrongRequest `webhook-faulty` (400), `account-not-found` (404), `webhooks-many` (409). */
  add(
    operator: Operator,
    account: AccountId,
    input: Pick<WebhookEndpoint, 'name' | 'url' | 'events'>,
  ): Promise<{ readonly id: string; readonly secret: string }>;
  /** Throws WrongRequest `webhook-faulty` (400) or, as the others do, `webhook-not-found` (404). */
  change(operator: Operator, key: EndpointKey, changes: WebhookChanges): Promise<void>;
  /** Returns another secret; for a day the one before signs, too. */
  rotate(operator: Operator, key: EndpointKey): Promise<{ readonly secret: string; readonly previousUntilMs: number }>;
  remove(operator: Operator, key: EndpointKey): Promise<void>;
  deliveries(key: EndpointKey, state: DeliveryLine['state'] | null, page: PageRequest): Promise<Page<DeliveryLine>>;
  /** Lets one delivery, or the parked ones, be tried anew, and returns how many. Throws WrongRequest `delivery-not-found` (404). */
  redeliver(operator: Operator, key: EndpointKey, which: number | 'parked'): Promise<number>;
}

/** Builds the flow. Every change is logged with who made it, never a secret. */
export function createOperateWebhooks(options: {
  readonly webhooks: WebhookStore;
  readonly sender: Pick<WebhookSender, 'fault'>;
  readonly secrets: WebhookSecrets;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly luck: Pick<Luck, 'randomId'>;
  readonly logger: Logger;
}): OperateWebhooks {
  const { webhooks, sender, secrets, clock, luck, logger } = options;
  const say = (operator: Operator, key: EndpointKey, event: string): void =>
    logger.info({ operator: operator.id, account: key.account, webhook: key.id }, event);
  return {
    list: (account) => webhooks.endpoints(account),
    add: async (operator, account, input) => {
      const key = { account, id: luck.randomId() };
      const { name = '', url = '', events = [] } = checked(input, sender);
      const secret = secrets.newSecret();
      await webhooks.add(key, { name, url, events, secret, madeBy: operator.id, nowMs: clock.nowMs() });
      say(operator, key, 'webhook-added');
      return { id: key.id, secret };
    },
    change: async (operator, key, changes) => {
      found(await webhooks.change(key, checked(changes, sender), clock.nowMs()));
      say(operator, key, 'webhook-changed');
    },
    rotate: async (operator, key) => {
      const nowMs = clock.nowMs();
      const rotated = { secret: secrets.newSecret(), previousUntilMs: nowMs + BOTH_SIGN_MS };
      found(await webhooks.rotate(key, { ...rotated, nowMs }));
      say(operator, key, 'webhook-secret-changed');
      return rotated;
    },
    remove: async (operator, key) => {
      found(await webhooks.remove(key, clock.nowMs()));
      say(operator, key, 'webhook-removed');
    },
    deliveries: (key, state, page) => webhooks.deliveries(key, state, page),
    redeliver: async (operator, key, which) => {
      const many = await webhooks.redeliver(key, which, clock.nowMs());
      if (which !== 'parked' && many === 0) {
        throw new WrongRequest('delivery-not-found', 'there is no such delivery that was settled', { status: 404 });
      }
      say(operator, key, 'webhook-redelivery-ordered');
      return many;
    },
  };
}

function found(done: boolean): void {
  if (!done) throw new WrongRequest('webhook-not-found', 'there is no such endpoint', { status: 404 });
}

function checked(changes: WebhookChanges, sender: Pick<WebhookSender, 'fault'>): WebhookChanges {
  const faults: { path: string; message: string }[] = [];
  const { url, events } = changes;
  const name = changes.name === undefined ? undefined : cleanText(changes.name).trim();
  if (name !== undefined && (name.length < 1 || name.length > NAME_LENGTH_MAX)) {
    faults.push({ path: 'name', message: `a name takes 1 to ${NAME_LENGTH_MAX} characters` });
  }
  const fault = url === undefined ? null : url.length > URL_LENGTH_MAX ? 'the address is too long' : sender.fault(url);
  if (fault !== null) faults.push({ path: 'url', message: fault });
  if (events?.length === 0) faults.push({ path: 'events', message: 'choose at least one event' });
  if (faults.length > 0) throw new WrongRequest('webhook-faulty', 'the endpoint has faults: see `faults`', { faults });
  return {
    ...changes,
    ...(name === undefined ? {} : { name }),
    ...(events === undefined ? {} : { events: [...new Set(events)] }),
  };
}

import { WrongRequest } from '../../base/errors.ts';
import type { AccountId, ActivityId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { cleanDraft } from '../rule-draft.ts';
import type { Account } from '../ports/accounts.ts';
import type { KeywordReplies } from '../ports/keyword-replies.ts';
import type { MenuDraft, MenuDrafts } from '../ports/menu-drafts.ts';
import type { MenuButton, Menus } from '../ports/menus.ts';
import type { ActivityStore, Operator } from '../ports/operators.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import type { FieldFault } from './account-checks.ts';
import { linkedActivityIds, resolveLinks, withLinks } from './menu-links.ts';
import type { LinkableActivity } from './menu-links.ts';
import { menuWarnings } from './menu-warnings.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import { openedAccount } from './opened-account.ts';
import type { AccountSources } from './opened-account.ts';
import { refuseStale } from './stale-revision.ts';
import { inOperatorWords } from './wechat-words.ts';

/** A menu with what its author should know. */
export interface ShownMenu extends Omit<MenuDraft, 'updatedAtMs'> {
  /** Null before the first save; the revision is 0 then. */
  readonly updatedAtMs: number | null;
  /** Whether the draft is not, or no longer, what WeChat was given. */
  readonly unpublished: boolean;
  readonly warnings: readonly FieldFault[];
}

export type LiveMenu = Awaited<ReturnType<Menus['read']>>;

/**
 * What operators do with the menu under an account's chat. Each throws WrongRequest `account-not-found` (404),
 * `revision-stale` (409, with the menu there is), `menu-wrong` (400, by path) or what WeChat says in operators' words.
 */
export interface OperateMenu {
  draft(account: AccountId): Promise<ShownMenu>;
  /** `buttons` come from outside. */
  save(operator: Operator, input: { account: AccountId; revision: number; buttons: unknown }): Promise<ShownMenu>;
  /** Gives WeChat the draft. Throws WrongRequest `menu-missing` (409) before the first save. */
  publish(operator: Operator, input: { account: AccountId; revision: number }): Promise<ShownMenu>;
  /** Removes the menu at WeChat, conditional ones with it; the draft stays. */
  remove(operator: Operator, account: AccountId): Promise<ShownMenu>;
  /** Returns what WeChat has, null for nothing. */
  live(account: AccountId): Promise<LiveMenu>;
}

interface Options extends AccountSources {
  readonly drafts: MenuDrafts;
  readonly menus: Pick<Menus, 'check' | 'read' | 'replace' | 'remove'>;
  readonly activities: Pick<ActivityStore, 'find'>;
  readonly replies: Pick<KeywordReplies, 'words'>;
  readonly oneAtATime: OneAtATime;
  /** Where people reach us. */
  readonly publicUrl: string;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}

const NO_DRAFT: MenuDraft = { buttons: [], revision: 0, updatedAtMs: 0, publishedAtMs: null };

/** Builds the flow over drafts and WeChat's menus. */
export function createOperateMenu(options: Options): OperateMenu {
  const { drafts, menus, clock, logger } = options;
  const { show, read, find } = createDraftReader(options);
  const alone = <Result>(account: AccountId, work: (opened: Account) => Promise<Result>): Promise<Result> =>
    options.oneAtATime(`menu:${account}`, async () => {
      const opened = await openedAccount(options, account);
      return inOperatorWords(logger, () => work(opened));
    });
  return {
    draft: show,
    async save(operator, { account, revision, buttons }) {
      await options.replies.words(account);
      const cleaned = cleanDraft({ buttons })['buttons'];
      const checked = await read(account, cleaned);
      const draft = { account, buttons: withLinks(cleaned, checked), seen: revision, nowMs: clock.nowMs() };
      if (!(await drafts.save(draft))) refuseStale('this menu', await show(account), revision);
      logger.info({ operator: operator.id, account, fields: ['buttons'] }, 'menu-saved');
      return show(account);
    },
    async publish(operator, { account, revision }) {
      // From before the reading: what is changed while WeChat answers is newer than what was published.
      const atMs = clock.nowMs();
      await alone(account, async (opened) => {
        const draft = await find(account);
        refuseStale('this menu', draft.revision === revision ? draft : await show(account), revision);
        if (draft.revision === 0) throw new WrongRequest('menu-missing', 'save a menu first', { status: 409 });
        await menus.replace(opened, await read(account, draft.buttons));
        await drafts.published(account, atMs);
      });
      logger.info({ operator: operator.id, account, revision }, 'menu-published');
      return show(account);
    },
    async remove(operator, account) {
      await alone(account, async (opened) => {
        await menus.remove(opened);
        await drafts.published(account, null);
      });
      logger.info({ operator: operator.id, account }, 'menu-removed');
      return show(account);
    },
    async live(account) {
      const opened = await openedAccount(options, account);
      return inOperatorWords(logger, () => menus.read(opened));
    },
  };
}

/** What a draft means: its buttons for WeChat, and what it is shown with. */
function createDraftReader({ drafts, menus, activities, replies, publicUrl }: Options) {
  const pageUrl = (slug: string): string => new URL(`/a/${slug}`, publicUrl).href;
  const find = async (account: AccountId): Promise<MenuDraft> => (await drafts.find(account)) ?? NO_DRAFT;

  async function resolve(account: AccountId, buttons: unknown) {
    const known = new Map<string, LinkableActivity>();
    for (const id of new Set(linkedActivityIds(buttons).slice(0, 15))) {
      const activity = await activities.find(id as ActivityId);
      if (activity?.accountId === account) known.set(id, activity);
    }
    return resolveLinks(buttons, known, pageUrl);
  }

  /** Throws WrongRequest `menu-wrong` with every fault by its path. */
  async function read(account: AccountId, given: unknown): Promise<readonly MenuButton[]> {
    const { buttons, faults } = await resolve(account, given);
    const checked = menus.check(buttons);
    const [first] = faults;
    if (first === undefined) return checked;
    throw new WrongRequest('menu-wrong', `${first.path} ${first.message}`, { faults });
  }

  async function show(account: AccountId): Promise<ShownMenu> {
    const words = await replies.words(account);
    const draft = await find(account);
    const { revision, publishedAtMs } = draft;
    const updatedAtMs = revision === 0 ? null : draft.updatedAtMs;
    const unpublished = revision > 0 && (publishedAtMs === null || draft.updatedAtMs > publishedAtMs);
    const { buttons } = await resolve(account, draft.buttons);
    const warnings = revision === 0 ? [] : menuWarnings(menus.check(buttons), words, pageUrl);
    return { ...draft, updatedAtMs, unpublished, warnings };
  }
  return { find, read, show };
}

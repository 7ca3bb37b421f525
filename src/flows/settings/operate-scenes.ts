import { cleanText } from '../../base/clean-text.ts';
import { assert, WrongRequest } from '../../base/errors.ts';
import type { AccountId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { Account } from '../ports/accounts.ts';
import type { Page, PageRequest } from '../ports/console-reads.ts';
import type { Operator } from '../ports/operators.ts';
import type { SceneCodes } from '../ports/scene-codes.ts';
import type { CountedScene, SceneContent, SceneRecord, SceneRecords } from '../ports/scene-records.ts';
import type { Clock, Luck } from '../ports/time-and-luck.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import { openedAccount } from './opened-account.ts';
import type { AccountSources } from './opened-account.ts';
import { accountNotFound } from './operate-accounts.ts';
import { inOperatorWords, wasRefused } from './wechat-words.ts';

/** A code as operators see it. */
export interface ShownScene extends CountedScene {
  /** `unfinished`: the scene is taken, but nobody knows whether WeChat made the code; ask for it again. */
  readonly state: 'works' | 'over' | 'unfinished';
  readonly pictureUrl: string | null;
}

interface Place {
  readonly account: AccountId;
  readonly scene: string;
}

/** What operators do with QR codes that carry a scene. Each throws WrongRequest `scene-not-found` (404). */
export interface OperateScenes {
  list(account: AccountId, page: PageRequest): Promise<Page<ShownScene>>;
  show(place: Place): Promise<ShownScene>;
  /**
   * `scene` null makes one up; `livesSeconds` null for ever. Throws WrongRequest `scene-taken`, `scenes-full` (409) or
   * `activity-unknown` (400), and what WeChat says in operators' words.
   */
  make(
    operator: Operator,
    input: SceneContent & { account: AccountId; scene: string | null; livesSeconds: number | null },
  ): Promise<ShownScene>;
  /** Asks WeChat for the code of an unfinished scene, or anew for one that ends. Throws `scene-lasts` (409). */
  renew(operator: Operator, place: Place, livesSeconds: number): Promise<ShownScene>;
  /** Throws WrongRequest `revision-stale` (409, with what stands now) or `activity-unknown` (400). */
  change(operator: Operator, place: Place, edit: Partial<SceneContent> & { seenAtMs: number }): Promise<ShownScene>;
}

/** https://developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode.html */
const LASTING_MAX = 100_000;

interface Options extends AccountSources {
  readonly records: SceneRecords;
  readonly codes: SceneCodes;
  readonly oneAtATime: OneAtATime;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly luck: Pick<Luck, 'randomId'>;
  readonly logger: Logger;
}

/**
 * Builds the flow. The scene is reserved before WeChat is asked: whether asking twice for a lasting code counts once is
 * not documented, so a code that may have been made is asked for again only when an operator says so.
 */
export function createOperateScenes(options: Options): OperateScenes {
  const { records, codes, clock, luck, logger } = options;
  const shown = (record: CountedScene): ShownScene => ({
    ...record,
    state: stateOf(record, clock.nowMs()),
    pictureUrl: record.code === null ? null : codes.pictureUrl(record.code.ticket),
  });
  const mustFind = async (place: Place): Promise<CountedScene> => {
    const found = await records.find(place, clock.nowMs());
    if (found === undefined) throw new WrongRequest('scene-not-found', 'there is no such code', { status: 404 });
    return found;
  };
  const show = async (place: Place): Promise<ShownScene> => shown(await mustFind(place));
  const alone = <Result>({ account, scene }: Place, work: () => Promise<Result>): Promise<Result> =>
    options.oneAtATime(`scene:${account}:${scene}`, work);
  return {
    show,
    async list(account, page) {
      if ((await options.settings.find(account)) === undefined) throw accountNotFound(account);
      const { rows, next } = await records.list(account, page, clock.nowMs());
      return { rows: rows.map(shown), next };
    },
    async make(operator, { livesSeconds, ...input }) {
      const place = { account: input.account, scene: input.scene ?? luck.randomId().slice(0, 16) };
      const nowMs = clock.nowMs();
      const expiresAtMs = livesSeconds === null ? null : nowMs + livesSeconds * 1000;
      await alone(place, async () => {
        const account = await openedAccount(options, place.account);
        const reserved = { ...place, ...cleanContent(input), expiresAtMs, createdBy: operator.id, nowMs };
        await records.reserve({ ...reserved, lastingMax: LASTING_MAX });
        await askForCode(options, { account, scene: place.scene, livesSeconds });
      });
      logger.info({ operator: operator.id, ...place, lasting: livesSeconds === null }, 'scene-code-made');
      return show(place);
    },
    async renew(operator, place, livesSeconds) {
      await alone(place, async () => {
        const { lasting, code } = await mustFind(place);
        if (lasting && code !== null)
          throw new WrongRequest('scene-lasts', 'this code works for ever', { status: 409 });
        const account = await openedAccount(options, place.account);
        await askForCode(options, { account, scene: place.scene, livesSeconds: lasting ? null : livesSeconds });
      });
      logger.info({ operator: operator.id, ...place }, 'scene-code-renewed');
      return show(place);
    },
    async change(operator, place, { seenAtMs, ...changes }) {
      const { name, reply, activityId } = await mustFind(place);
      const content = cleanContent({ name, reply, activityId, ...changes });
      if (!(await records.change(place, content, { seenAtMs, nowMs: clock.nowMs() }))) {
        throw stale(await show(place));
      }
      logger.info({ operator: operator.id, ...place, fields: Object.keys(changes) }, 'scene-code-changed');
      return show(place);
    },
  };
}

/** Asks WeChat and writes the answer down. A scene goes free again when there is certainly no lasting code of it. */
async function askForCode(
  { records, codes, clock, logger }: Options,
  asked: { readonly account: Account; readonly scene: string; readonly livesSeconds: number | null },
): Promise<void> {
  const { account, scene, livesSeconds } = asked;
  const place = { account: account.id, scene };
  try {
    const askedAtMs = clock.nowMs();
    const code = await inOperatorWords(logger, () =>
      livesSeconds === null
        ? codes.createPermanent(account, scene)
        : codes.createTemporary(account, scene, livesSeconds),
    );
    assert((code.livesSeconds === null) === (livesSeconds === null), 'a code lives as it was asked for');
    const expiresAtMs = code.livesSeconds === null ? null : askedAtMs + code.livesSeconds * 1000;
    await records.fill(place, { ticket: code.ticket, url: code.url, expiresAtMs });
  } catch (error) {
    if (livesSeconds !== null || wasRefused(error)) await records.release(place);
    throw error;
  }
}

function stateOf({ code, expiresAtMs }: SceneRecord, nowMs: number): ShownScene['state'] {
  if (code === null) return 'unfinished';
  return expiresAtMs !== null && expiresAtMs <= nowMs ? 'over' : 'works';
}

function cleanContent({ name, reply, activityId }: SceneContent): SceneContent {
  return { name: cleanText(name).trim(), reply: cleanText(reply), activityId };
}

function stale(present: ShownScene): WrongRequest {
  const message = 'someone changed this code meanwhile: reload it';
  return new WrongRequest('revision-stale', message, { status: 409, present });
}

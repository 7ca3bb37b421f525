import type { SceneCode, SceneCodes } from '../../flows/ports/scene-codes.ts';
import { wrongArgument } from './account-calls.ts';
import type { AccountCalls } from './account-calls.ts';
import type { AnswerFields } from './answer-fields.ts';

const CREATE_PATH = '/cgi-bin/qrcode/create';
const LIVES_SECONDS_MAX = 2_592_000;
const PERMANENT_ID_MAX = 100_000;
const TEMPORARY_ID_MAX = 0xff_ff_ff_ff;
const SCENE_CHARACTERS_MAX = 64;

/**
 * https://developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode.html; `pictureHost` serves the
 * pictures, https://mp.weixin.qq.com in production.
 */
export function createSceneCodes(calls: AccountCalls, pictureHost: string): SceneCodes {
  const pictureUrl = (ticket: string): string =>
    `${pictureHost.replace(/\/$/, '')}/cgi-bin/showqrcode?ticket=${encodeURIComponent(ticket)}`;
  const codeOf = (fields: AnswerFields, livesSeconds: number | null): SceneCode => {
    const ticket = fields.filled('ticket');
    return { ticket, url: fields.filled('url'), pictureUrl: pictureUrl(ticket), livesSeconds };
  };
  return {
    pictureUrl,
    async createTemporary(account, scene, livesSeconds) {
      checkScene(scene, TEMPORARY_ID_MAX);
      if (!Number.isInteger(livesSeconds) || livesSeconds < 1 || livesSeconds > LIVES_SECONDS_MAX) {
        throw wrongArgument('livesSeconds', `must be 1 to ${LIVES_SECONDS_MAX}`);
      }
      const action = typeof scene === 'number' ? 'QR_SCENE' : 'QR_STR_SCENE';
      const json = { expire_seconds: livesSeconds, action_name: action, action_info: sceneInfo(scene) };
      const fields = await calls.read(account, { method: 'POST', path: CREATE_PATH, json });
      return codeOf(fields, fields.whole('expire_seconds'));
    },
    async createPermanent(account, scene) {
      checkScene(scene, PERMANENT_ID_MAX);
      const action = typeof scene === 'number' ? 'QR_LIMIT_SCENE' : 'QR_LIMIT_STR_SCENE';
      const json = { action_name: action, action_info: sceneInfo(scene) };
      // Once only: each one counts for ever.
      return codeOf(await calls.write(account, { method: 'POST', path: CREATE_PATH, json }), null);
    },
  };
}

function sceneInfo(scene: number | string): object {
  return { scene: typeof scene === 'number' ? { scene_id: scene } : { scene_str: scene } };
}

function checkScene(scene: number | string, idMax: number): void {
  if (typeof scene === 'number') {
    if (Number.isInteger(scene) && scene >= 1 && scene <= idMax) return;
    throw wrongArgument('scene', `must be a whole number from 1 to ${idMax}`);
  }
  // What JSON would change on its way would come back as another scene.
  const changed = renderable(scene) !== scene;
  if (changed || scene.length < 1 || scene.length > SCENE_CHARACTERS_MAX) {
    throw wrongArgument('scene', `must have 1 to ${SCENE_CHARACTERS_MAX} characters and no control characters`);
  }
}

function renderable(scene: string): string {
  return scene.toWellFormed().replaceAll(/\p{Cc}/gu, '');
}

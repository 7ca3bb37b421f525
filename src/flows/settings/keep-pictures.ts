import { WrongRequest } from '../../base/errors.ts';
import type { AccountId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { AccountSettings } from '../ports/account-settings.ts';
import type { Operator } from '../ports/operators.ts';
import type { Picture, Pictures } from '../ports/pictures.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import { readPictureForm } from './picture-form.ts';

/** Most bytes of one picture. */
export const PICTURE_BYTES_MAX = 512_000;
const PICTURES_MAX = 500;
// A phone shows no more, and a small file may unfold into one that fills its memory.
const SIDE_MAX = 4096;

/** A picture and where it is on this service, as a rule's look names it. */
export interface KeptPicture extends Picture {
  readonly path: string;
}

/** What operators do with the pictures of an account's pages. */
export interface KeepPictures {
  /** Newest first. */
  list(account: AccountId): Promise<readonly KeptPicture[]>;
  /**
   * Keeps a picture of at most PICTURE_BYTES_MAX bytes; the same one again is the one there is. Throws WrongRequest
   * `picture-wrong` (422), `account-not-found` (404) or `pictures-full` (409) at 500.
   */
  keep(operator: Operator, account: AccountId, file: AsyncIterable<Uint8Array>): Promise<KeptPicture>;
  /** Throws WrongRequest `picture-not-found` (404). Pages that still name it show none in its place. */
  remove(operator: Operator, account: AccountId, hash: string): Promise<readonly KeptPicture[]>;
}

/** Builds the flow over where the pictures are kept. */
export function createKeepPictures(options: {
  readonly pictures: Pictures;
  readonly settings: Pick<AccountSettings, 'find'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): KeepPictures {
  const { pictures, settings, clock, logger } = options;
  const list = async (account: AccountId): Promise<readonly KeptPicture[]> =>
    (await pictures.list(account)).map((picture) => placed(account, picture));
  return {
    list,
    async keep(operator, account, file) {
      const content = await wholeFile(file);
      const form = readPictureForm(content);
      if (form === null) throw wrong('the file is no PNG, JPEG or WebP picture');
      if (Math.max(form.width, form.height) > SIDE_MAX) {
        throw wrong(`the picture has ${form.width} x ${form.height} pixels; a side may have ${SIDE_MAX} at most`);
      }
      if ((await settings.find(account)) === undefined) {
        throw new WrongRequest('account-not-found', 'there is no such account', { status: 404 });
      }
      const kept = await pictures.keep(
        { account, ...form, content, createdBy: operator.id, createdAtMs: clock.nowMs() },
        PICTURES_MAX,
      );
      if (kept === undefined) {
        throw new WrongRequest('pictures-full', `there are ${PICTURES_MAX} pictures: remove old ones`, { status: 409 });
      }
      logger.info({ operator: operator.id, account, hash: kept.hash, bytes: kept.bytes }, 'picture-kept');
      return placed(account, kept);
    },
    async remove(operator, account, hash) {
      if (!(await pictures.remove(account, hash))) {
        throw new WrongRequest('picture-not-found', 'there is no such picture', { status: 404 });
      }
      logger.info({ operator: operator.id, account, hash }, 'picture-removed');
      return list(account);
    },
  };
}

function placed(account: AccountId, picture: Picture): KeptPicture {
  return { ...picture, path: `/pictures/${account}/${picture.hash}.${picture.kind}` };
}

async function wholeFile(file: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of file) {
    bytes += part.length;
    if (bytes > PICTURE_BYTES_MAX) throw wrong(`a picture may have at most ${PICTURE_BYTES_MAX} bytes`);
    parts.push(part);
  }
  const whole = new Uint8Array(bytes);
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

function wrong(message: string): WrongRequest {
  return new WrongRequest('picture-wrong', message, { status: 422 });
}

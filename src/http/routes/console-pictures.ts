import { PICTURE_BYTES_MAX } from '../../flows/settings/keep-pictures.ts';
import type { KeepPictures, KeptPicture } from '../../flows/settings/keep-pictures.ts';
import { pictureAnswer, picturesAnswer } from '../contract/console-pictures.ts';
import { readAccountId } from './console-accounts.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

const PLACE = '/accounts/:account/pictures';

/** Pictures that activity pages show: a logo, a wide picture, the picture of a shared card. */
export function pictureRoutes({ pictures }: { readonly pictures: KeepPictures }): readonly ConsoleRoute[] {
  const all = (found: readonly KeptPicture[]): { pictures: KeptPicture[] } => ({ pictures: [...found] });
  return [
    consoleRoute({
      name: 'listPictures',
      method: 'GET',
      path: PLACE,
      access: 'activities.view',
      summary: 'An account’s pictures for its pages',
      answer: picturesAnswer,
      handle: async ({ params }) => all(await pictures.list(readAccountId(params['account']))),
    }),
    consoleRoute({
      name: 'keepPicture',
      method: 'POST',
      path: PLACE,
      access: 'activities.edit',
      summary: 'Keep a PNG, JPEG or WebP picture of up to 500 KB; the same one again is the one there is',
      file: { types: ['image/png', 'image/jpeg', 'image/webp'], bytesMax: PICTURE_BYTES_MAX },
      answer: pictureAnswer,
      handle: async ({ params, operator, file }) => ({
        picture: await pictures.keep(operator, readAccountId(params['account']), file),
      }),
    }),
    consoleRoute({
      name: 'removePicture',
      method: 'DELETE',
      path: `${PLACE}/:hash`,
      access: 'activities.edit',
      summary: 'Remove a picture; pages that still name it show none in its place',
      answer: picturesAnswer,
      handle: async ({ params, operator }) =>
        all(await pictures.remove(operator, readAccountId(params['account']), params['hash'] ?? '')),
    }),
  ];
}

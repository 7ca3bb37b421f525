import type { z } from 'zod';
import type { VerificationFile } from '../../flows/ports/verification-files.ts';
import type { KeepVerificationFiles } from '../../flows/settings/keep-verification-files.ts';
import { fileAnswer, filesAnswer, putFileRequest } from '../contract/console-verification-files.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

/** The files by which WeChat sees that our domain is the account's. */
export function verificationFileAdmin(dependencies: {
  readonly verificationFiles: KeepVerificationFiles;
  readonly publicUrl: string;
}): readonly ConsoleRoute[] {
  const { verificationFiles: files, publicUrl } = dependencies;
  const shown = (file: VerificationFile): z.input<typeof fileAnswer>['file'] => ({
    ...file,
    url: new URL(`/${file.name}`, publicUrl).href,
  });
  return [
    consoleRoute({
      name: 'listVerificationFiles',
      method: 'GET',
      path: '/verification-files',
      access: 'account.view',
      summary: 'Files by which WeChat sees that the domain is ours',
      answer: filesAnswer,
      handle: async () => ({ files: (await files.list()).map(shown) }),
    }),
    consoleRoute({
      name: 'showVerificationFile',
      method: 'GET',
      path: '/verification-files/:name',
      access: 'account.edit',
      summary: 'One of these files',
      answer: fileAnswer,
      handle: async ({ params }) => ({ file: shown(await files.show(params['name'] ?? '')) }),
    }),
    consoleRoute({
      name: 'putVerificationFile',
      method: 'PUT',
      path: '/verification-files/:name',
      access: 'account.edit',
      summary: 'Put a file at the domain’s root, named and worded as WeChat gave it',
      body: putFileRequest,
      answer: fileAnswer,
      handle: async ({ params, operator, body }) => ({
        file: shown(await files.put(operator, { name: params['name'] ?? '', content: body.content })),
      }),
    }),
    consoleRoute({
      name: 'removeVerificationFile',
      method: 'DELETE',
      path: '/verification-files/:name',
      access: 'account.edit',
      summary: 'Remove such a file',
      answer: filesAnswer,
      handle: async ({ params, operator }) => ({
        files: (await files.remove(operator, params['name'] ?? '')).map(shown),
      }),
    }),
  ];
}

import { WrongRequest } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Operator } from '../ports/operators.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import type { VerificationFile, VerificationFiles } from '../ports/verification-files.ts';

/** What operators do with the files by which WeChat sees that a domain is ours. */
export interface KeepVerificationFiles {
  list(): Promise<readonly VerificationFile[]>;
  /** Throws WrongRequest `file-not-found` (404). */
  show(name: string): Promise<VerificationFile>;
  /** Throws WrongRequest `file-name-wrong` (400) or `files-full` (409) at 50. */
  put(operator: Operator, file: { readonly name: string; readonly content: string }): Promise<VerificationFile>;
  /** Throws WrongRequest `file-not-found` (404). */
  remove(operator: Operator, name: string): Promise<readonly VerificationFile[]>;
}

const NAME = /^MP_verify_[A-Za-z0-9]{16}\.txt$/;
const FILES_MAX = 50;

/** Builds the flow over where the files are kept. */
export function createKeepVerificationFiles(options: {
  readonly files: VerificationFiles;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): KeepVerificationFiles {
  const { files, clock, logger } = options;
  const show = async (name: string): Promise<VerificationFile> => {
    const found = NAME.test(name) ? await files.find(name) : undefined;
    if (found === undefined) throw notFound();
    return found;
  };
  return {
    show,
    list: () => files.list(),
    async put(operator, { name, content }) {
      if (!NAME.test(name)) {
        const message = 'must be MP_verify_, 16 letters or digits and .txt, as WeChat named the file';
        throw new WrongRequest('file-name-wrong', `the name ${message}`, { faults: [{ path: 'name', message }] });
      }
      const file = { name, content, createdBy: operator.id, createdAtMs: clock.nowMs() };
      if (!(await files.put(file, FILES_MAX))) {
        throw new WrongRequest('files-full', `there are ${FILES_MAX} files: remove old ones`, { status: 409 });
      }
      logger.info({ operator: operator.id, name, fields: ['content'] }, 'verification-file-put');
      return show(name);
    },
    async remove(operator, name) {
      if (!NAME.test(name) || !(await files.remove(name))) throw notFound();
      logger.info({ operator: operator.id, name }, 'verification-file-removed');
      return files.list();
    },
  };
}

function notFound(): WrongRequest {
  return new WrongRequest('file-not-found', 'there is no such file', { status: 404 });
}

import { randomBytes } from 'node:crypto';

/** A file as a form field. */
export interface FilePart {
  /** Name of the form field, such as `media`. */
  readonly field: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/**
 * Renders a form of one file and some texts (RFC 7578) as one buffer, because WeChat wants its length ahead. Names lose
 * the characters that could end their header.
 */
export function renderMultipart(
  file: FilePart,
  texts: Readonly<Record<string, string>> = {},
): { readonly contentType: string; readonly body: Buffer } {
  const boundary = `----${randomBytes(16).toString('hex')}`;
  const head = (disposition: string): string => `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n`;
  const chunks = Object.entries(texts).map(([name, text]) => `${head(`name="${quotable(name)}"`)}\r\n${text}\r\n`);
  const name = `name="${quotable(file.field)}"; filename="${quotable(file.fileName)}"`;
  chunks.push(`${head(name)}Content-Type: ${quotable(file.contentType)}\r\n\r\n`);
  const body = Buffer.concat([Buffer.from(chunks.join('')), file.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return { contentType: `multipart/form-data; boundary=${boundary}`, body };
}

function quotable(text: string): string {
  return text.toWellFormed().replaceAll(/["\r\n\\]/g, '_');
}

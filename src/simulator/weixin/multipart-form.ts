import { ApiFault, type ApiCall } from './api-call.ts';

export type FormFile = { fileName: string; contentType: string; bytes: Buffer };
export type Form = { texts: ReadonlyMap<string, string>; files: ReadonlyMap<string, FormFile> };

/** Reads a form with files (RFC 7578). Throws fault 41005 when there is none. */
export function readForm({ method, contentType, bytes }: ApiCall): Form {
  if (method !== 'POST') throw new ApiFault(43002, 'require POST method');
  const boundary = /^multipart\/form-data;\s*boundary="?([^";]{1,70})"?/i.exec(contentType)?.[1];
  if (boundary === undefined) throw new ApiFault(41005, 'media data missing');
  const texts = new Map<string, string>();
  const files = new Map<string, FormFile>();
  for (const part of partsOf(bytes, boundary)) {
    const headEnd = part.indexOf('\r\n\r\n');
    const head = part.subarray(0, Math.max(headEnd, 0)).toString('utf8');
    const content = part.subarray(headEnd + 4);
    const name = /\bname="([^"]*)"/.exec(head)?.[1];
    if (headEnd < 0 || name === undefined) continue;
    const fileName = /\bfilename="([^"]*)"/.exec(head)?.[1];
    if (fileName === undefined) texts.set(name, content.toString('utf8'));
    else files.set(name, { fileName, contentType: /content-type: *([^\r\n]*)/i.exec(head)?.[1] ?? '', bytes: content });
  }
  return { texts, files };
}

function partsOf(bytes: Buffer, boundary: string): Buffer[] {
  const mark = Buffer.from(`--${boundary}`);
  const parts: Buffer[] = [];
  let at = bytes.indexOf(mark);
  while (at >= 0) {
    const next = bytes.indexOf(mark, at + mark.length);
    if (next < 0) break;
    // Between the line end after a mark and the one before the next.
    parts.push(bytes.subarray(at + mark.length + 2, next - 2));
    at = next;
  }
  return parts;
}

import type pg from 'pg';

/** Rows for one table, in the text format of COPY, and the statement that takes them in. */
export interface CopyIn {
  /** `copy <table> (<columns>) from stdin` */
  readonly statement: string;
  readonly rows: string;
}

/** A value of a row: texts are escaped, numbers and flags stand as they are written. */
export type CopyValue = string | number | boolean | null;

/**
 * Writes rows for the columns named in the text format of COPY (https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS):
 * data never becomes SQL, and the server takes it in without planning, many rows to a page at a time.
 */
export function copyIn(table: string, columns: string, rows: readonly (readonly CopyValue[])[]): CopyIn {
  const lines = rows.map((row) => `${row.map(field).join('\t')}\n`);
  return { statement: `copy ${table} (${columns}) from stdin`, rows: lines.join('') };
}

let writtenMs = 0;
let written = new Date(writtenMs).toISOString();

/** Writes a moment as the server reads it, whatever its time zone. Takes Unix ms. */
export function copyTime(atMs: number): string {
  // Writing one out takes some 3 us, and many rows of a batch have the same.
  if (atMs !== writtenMs) {
    written = new Date(atMs).toISOString();
    writtenMs = atMs;
  }
  return written;
}

const SPECIAL = /[\\\n\r\t]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function field(value: CopyValue): string {
  if (value === null) return '\\N';
  if (typeof value !== 'string') return String(value);
  // It would be stored as another character than was sent.
  if (!value.isWellFormed()) throw new RangeError('a text for the database holds half a surrogate pair');
  return SPECIAL.test(value) ? value.replaceAll(/[\\\n\r\t]/g, (character) => ESCAPES[character] ?? '') : value;
}

/** What pg's connection can do beside what its types say (https://github.com/brianc/node-pg-copy-streams uses the same). */
interface CopyConnection {
  readonly stream: { cork(): void; uncork(): void };
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/**
 * One round trip of statements among which are COPYs: their rows are sent right behind the statements, in order. When a
 * statement fails, the server goes past what is left of them
 * (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY). Send it by `runCopying`.
 */
export class CopyingQuery implements pg.Submittable {
  text: string;
  readonly #copies: readonly CopyIn[];
  readonly #done: PromiseWithResolvers<void>;

  constructor(text: string, copies: readonly CopyIn[], done: PromiseWithResolvers<void>) {
    this.text = text;
    this.#copies = copies;
    this.#done = done;
  }

  submit(given: pg.Connection): void {
    const connection = given as unknown as CopyConnection;
    connection.stream.cork();
    connection.query(this.text);
    for (const { rows } of this.#copies) {
      connection.sendCopyFromChunk(Buffer.from(rows));
      connection.endCopyFrom();
    }
    connection.stream.uncork();
  }

  handleError(error: Error): void {
    this.#done.reject(error);
  }

  handleReadyForQuery(): void {
    this.#done.resolve();
  }

  /** The rows are on their way already. */
  handleCopyInResponse(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
}

/** Sends statements with the rows of their COPYs and waits for all. Throws the error of the first that failed. */
export async function runCopying(
  client: Pick<pg.PoolClient, 'query'>,
  { statements, copies }: { readonly statements: string; readonly copies: readonly CopyIn[] },
): Promise<void> {
  const done = Promise.withResolvers<void>();
  client.query(new CopyingQuery(statements, copies, done));
  await done.promise;
}

import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** One keep-alive connection that has at most one request under way. */
export class LoadConnection {
  readonly #socket: Socket;
  readonly #onAnswer: (connection: LoadConnection, answer: string, tookMs: number) => void;
  #kept = '';
  #sentMs = 0;
  busy = false;
  /** Resolves when it stands, or is broken. */
  readonly open: Promise<void>;

  constructor(
    port: number,
    events: {
      readonly answer: (connection: LoadConnection, answer: string, tookMs: number) => void;
      readonly broken: (connection: LoadConnection) => void;
    },
  ) {
    this.#onAnswer = events.answer;
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => this.#take(chunk.toString('latin1')));
    this.#socket.on('error', () => {});
    this.open = new Promise((resolve) => {
      this.#socket.once('connect', resolve);
      this.#socket.once('close', () => resolve());
    });
    this.#socket.once('close', () => events.broken(this));
  }

  send(request: Buffer): void {
    this.busy = true;
    this.#sentMs = performance.now();
    this.#socket.write(request);
  }

  end(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  /** Answers come with their length: that is how Koa sends a body it knows. */
  #take(text: string): void {
    this.#kept += text;
    const headersEnd = this.#kept.indexOf('\r\n\r\n');
    if (headersEnd < 0) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#kept)?.[1];
    if (length === undefined || this.#kept.length < headersEnd + 4 + Number(length)) return;
    const answer = this.#kept;
    this.#kept = '';
    this.busy = false;
    this.#onAnswer(this, answer, performance.now() - this.#sentMs);
  }
}

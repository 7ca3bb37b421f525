/** Runs a script over keys with the same number of values for each; returns a number for each key, in order. */
export type RunScript = (keys: readonly string[], values: readonly (string | number)[]) => Promise<readonly number[]>;

interface Call {
  readonly key: string;
  readonly values: readonly (string | number)[];
  readonly answer: PromiseWithResolvers<number>;
}

/** More in one call would keep other processes waiting for Redis. */
const TOGETHER_MAX = 256;

/**
 * Sends the calls of one script that come in the same turn of the event loop as one: a call of its own costs this
 * process more than reading and checking the message that it is made for. When it fails, each of them has failed.
 */
export class GatheredScript {
  readonly #run: RunScript;
  readonly #most: number;
  #waiting: Call[] = [];

  /** `apart`: each key has a call of its own, because in a cluster they are in different places. */
  constructor(run: RunScript, options: { readonly apart: boolean }) {
    this.#run = run;
    this.#most = options.apart ? 1 : TOGETHER_MAX;
  }

  /** Returns what the script says of this key. Throws what the call throws. */
  call(key: string, values: readonly (string | number)[]): Promise<number> {
    const answer = Promise.withResolvers<number>();
    if (this.#waiting.length === 0) setImmediate(() => this.#sendAll());
    this.#waiting.push({ key, values, answer });
    return answer.promise;
  }

  #sendAll(): void {
    const calls = this.#waiting;
    this.#waiting = [];
    for (let start = 0; start < calls.length; start += this.#most)
      void this.#send(calls.slice(start, start + this.#most));
  }

  async #send(calls: readonly Call[]): Promise<void> {
    try {
      const answers = await this.#run(
        calls.map(({ key }) => key),
        calls.flatMap(({ values }) => values),
      );
      calls.forEach(({ answer }, at) => {
        const found = answers[at];
        if (found === undefined) answer.reject(new Error('the script answered for fewer keys than it was given'));
        else answer.resolve(Number(found));
      });
    } catch (error) {
      for (const { answer } of calls) answer.reject(error as Error);
    }
  }
}

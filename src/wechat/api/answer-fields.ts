import type { OutsideTrouble } from '../../base/errors.ts';
import { openid } from '../../base/ids.ts';
import type { Openid } from '../../base/ids.ts';
import { garbled } from '../api-client.ts';

/**
 * Reads an answer of WeChat's field by field; each method throws OutsideTrouble `wechat-garbled` for what is not there
 * or is something else, because absent is not success.
 */
export class AnswerFields {
  readonly #path: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(path: string, value: unknown) {
    this.#path = path;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw garbled(path, 'no object');
    this.#fields = value as Readonly<Record<string, unknown>>;
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined && this.#fields[name] !== null;
  }

  text(name: string): string {
    const value = this.#fields[name];
    if (typeof value !== 'string') throw this.#wrong(name);
    return value;
  }

  textOr(name: string, otherwise: string): string {
    return this.has(name) ? this.text(name) : otherwise;
  }

  filled(name: string): string {
    const value = this.text(name);
    if (value === '') throw this.#wrong(name);
    return value;
  }

  /** A whole number of at least 0. */
  whole(name: string): number {
    const value = this.#fields[name];
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw this.#wrong(name);
    return value;
  }

  wholeOr(name: string, otherwise: number): number {
    return this.has(name) ? this.whole(name) : otherwise;
  }

  /** An id that may come as a number of any size or as text. */
  id(name: string): string {
    const value = this.#fields[name];
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
    if (typeof value === 'string' && /^\d{1,32}$/.test(value)) return value;
    throw this.#wrong(name);
  }

  openid(name: string): Openid {
    return this.#branded(name, this.#fields[name]);
  }

  /** Null for none, which WeChat also writes as empty text. */
  openidOrNull(name: string): Openid | null {
    return this.textOr(name, '') === '' ? null : this.openid(name);
  }

  fields(name: string): AnswerFields {
    if (!this.has(name)) throw this.#wrong(name);
    return new AnswerFields(`${this.#path} ${name}`, this.#fields[name]);
  }

  each<Item>(name: string, read: (fields: AnswerFields) => Item): readonly Item[] {
    return this.#list(name).map((item) => read(new AnswerFields(`${this.#path} ${name}`, item)));
  }

  texts(name: string): readonly string[] {
    return this.#list(name).map((item) => {
      if (typeof item !== 'string') throw this.#wrong(name);
      return item;
    });
  }

  wholes(name: string): readonly number[] {
    return this.#list(name).map((item) => {
      if (typeof item !== 'number' || !Number.isSafeInteger(item)) throw this.#wrong(name);
      return item;
    });
  }

  openids(name: string): readonly Openid[] {
    return this.#list(name).map((item) => this.#branded(name, item));
  }

  raw(name: string): unknown {
    return this.#fields[name];
  }

  #list(name: string): readonly unknown[] {
    const value = this.#fields[name];
    if (!Array.isArray(value)) throw this.#wrong(name);
    return value;
  }

  #branded(name: string, value: unknown): Openid {
    try {
      if (typeof value === 'string') return openid(value);
    } catch {
      // Said below, like any other answer that cannot be used.
    }
    throw this.#wrong(name);
  }

  #wrong(name: string): OutsideTrouble {
    return garbled(this.#path, `wrong ${name}`);
  }
}

import type { SimulatorClock } from './clock.ts';

export type HappeningKind =
  'message' | 'reply' | 'fault' | 'authorization' | 'api' | 'pay-request' | 'pay-answer' | 'packet' | 'books' | 'clock';

/** One line of what happened. `openid` is empty for what concerns nobody in particular. `text` is raw XML or JSON. */
export type Happening = {
  id: number;
  atMs: number;
  kind: HappeningKind;
  openid: string;
  title: string;
  titleEn: string;
  detail: Readonly<Record<string, string | number | boolean>>;
  text?: string;
};

export type NewHappening = Omit<Happening, 'id' | 'atMs' | 'detail'> & { detail?: Happening['detail'] };

const keptMax = 5_000;

/** The newest few thousand happenings, numbered, for the playground and for tests. Holds no keys or secrets. */
export class Timeline {
  readonly #clock: SimulatorClock;
  #happenings: Happening[] = [];
  #lastId = 0;

  constructor(clock: SimulatorClock) {
    this.#clock = clock;
  }

  add({ detail = {}, ...rest }: NewHappening): void {
    this.#lastId += 1;
    this.#happenings.push({ id: this.#lastId, atMs: this.#clock.nowMs(), detail, ...rest });
    if (this.#happenings.length > keptMax) this.#happenings = this.#happenings.slice(keptMax / 10);
  }

  /** What came after this id, about this openid or about nobody; everything for an absent openid. */
  since(id: number, openid?: string): Happening[] {
    return this.#happenings.filter(
      (item) => item.id > id && (openid === undefined || item.openid === openid || item.openid === ''),
    );
  }
}

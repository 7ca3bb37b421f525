/** How many lines a file has, and how many of them, spread evenly, are faulty. */
export interface FileShape {
  readonly lines: number;
  readonly faults: number;
}

const LINES_AT_ONCE = 2000;
const AMOUNT_FEN = 100;

/** What reading such a file has to come to. */
export function expectedOf({ lines, faults }: FileShape) {
  const people = lines - faults;
  return { lines, faulty: faults, people, amountFen: people * AMOUNT_FEN };
}

/**
 * Writes a file of openids with amounts and notes: some faulty ones have no openid, some no amount that can be read, some a
 * person who is in the file already.
 */
export async function* issueLinesFile(shape: FileShape): AsyncGenerator<Uint8Array> {
  const every = shape.faults === 0 ? Number.POSITIVE_INFINITY : Math.floor(shape.lines / shape.faults);
  let some: string[] = [];
  for (let index = 0; index < shape.lines; index += 1) {
    const faulty = index % every === every - 1 && index / every < shape.faults;
    some.push(faulty ? faultyLine(index) : `${person(index)},${AMOUNT_FEN / 100},老客回馈`);
    if (some.length < LINES_AT_ONCE) continue;
    yield Buffer.from(`${some.join('\n')}\n`);
    some = [];
  }
  yield Buffer.from(some.join('\n'));
}

function faultyLine(index: number): string {
  if (index % 3 === 0) return `,1,无`;
  if (index % 3 === 1) return `${person(index)},1.234,`;
  return `${person(0)},1,又一次`;
}

function person(index: number): string {
  return `oBench${String(index).padStart(22, '0')}`;
}

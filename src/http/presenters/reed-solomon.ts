/** Multiplies in the field of 256 elements whose polynomial is 0x11d. */
function product(left: number, right: number): number {
  let rest = left;
  let sum = 0;
  for (let bit = right; bit > 0; bit >>= 1) {
    if ((bit & 1) === 1) sum ^= rest;
    rest = (rest << 1) ^ (rest >= 128 ? 0x11d : 0);
  }
  return sum;
}

/** Returns the `count` codewords that let a reader mend a block of data: ISO/IEC 18004:2015, 7.5.2. */
export function errorCorrection(data: readonly number[], count: number): readonly number[] {
  const generator = generatorOf(count);
  const rest = [...data, ...Array.from({ length: count }, () => 0)];
  for (let at = 0; at < data.length; at += 1) {
    const factor = rest[at] ?? 0;
    for (const [index, coefficient] of generator.entries()) {
      rest[at + index] = (rest[at + index] ?? 0) ^ product(coefficient, factor);
    }
  }
  return rest.slice(data.length);
}

/** The product of (x - 2^0) up to (x - 2^(count - 1)), highest power first. */
function generatorOf(count: number): readonly number[] {
  let generator = [1];
  let root = 1;
  for (let power = 0; power < count; power += 1) {
    const shifted = [...generator, 0];
    generator = shifted.map((coefficient, index) => coefficient ^ product(generator[index - 1] ?? 0, root));
    root = product(root, 2);
  }
  return generator;
}

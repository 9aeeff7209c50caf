/** The weights as ganlib/export/page.py packed them: halves, in two planes of bytes, deflated, in base64. */

import { sizeOf, tensor } from "./operations.js";

/** A half-precision number from its 16 bits (IEEE 754, binary16). */
export function fromHalf(bits) {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -size : size;
}

async function inflated(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * Gives each program its arrays.
 * @param {object[]} programs with the arrays' `shapes`
 * @param {string} base64 the numbers of all of them, in turn
 */
export async function unpack(programs, base64) {
  const bytes = await inflated(base64);
  const count = bytes.length / 2; // the low bytes of all numbers, then the high ones
  const table = Float32Array.from({ length: 65536 }, (_, bits) => fromHalf(bits));
  let at = 0;
  return programs.map((program) => ({
    ...program,
    arrays: program.shapes.map((shape) => {
      const made = new Float32Array(sizeOf(shape));
      for (let k = 0; k < made.length; k++, at++) made[k] = table[bytes[at] | (bytes[count + at] << 8)];
      return tensor(made, shape);
    }),
  }));
}

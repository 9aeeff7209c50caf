/** Random numbers from a seed: the same ones from the same seed, in every browser. */

/**
 * A generator of random numbers (Chris Doty-Humphrey's sfc32, from PractRand).
 * @param {number} seed a whole number
 * @param {number} stream which of the seed's sequences; none is disturbed by another
 */
export class Random {
  constructor(seed, stream) {
    [this.a, this.b, this.c, this.counter] = [seed >>> 0, stream, 0x9e3779b9, 1];
    this.spare = null;
    for (let k = 0; k < 15; k++) this.uniform();
  }

  /** From [0, 1). */
  uniform() {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  }

  /** From N(0, 1), two at a time (Box and Muller 1958). */
  normal() {
    if (this.spare !== null) {
      const kept = this.spare;
      this.spare = null;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** A whole number below `bound`. */
  below(bound) {
    return Math.floor(bound * this.uniform());
  }

  /** So many from N(0, 1). */
  normals(count) {
    return Float64Array.from({ length: count }, () => this.normal());
  }
}

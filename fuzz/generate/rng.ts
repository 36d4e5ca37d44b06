// The one source of randomness: fast-check's generator, in the few shapes that the generators draw.

import { Random } from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export class Rng {
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  /** An integer from min to max, both included. */
  int(min: number, max: number): number {
    return this.random.nextInt(min, max);
  }

  /** True `times` out of `outOf` times. */
  chance(times: number, outOf: number): boolean {
    return this.random.nextInt(1, outOf) <= times;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.random.nextInt(0, items.length - 1)]!;
  }

  /** An index, each as likely as its share of the weights; their sum must not be 0. */
  weighted(weights: readonly number[]): number {
    let total = 0;
    for (const weight of weights) total += weight;
    let draw = this.random.nextInt(1, total);
    let index = 0;
    while (draw > weights[index]!) draw -= weights[index++]!;
    return index;
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at++) bytes[at] = this.random.nextInt(0, 255);
    return bytes;
  }
}

/**
 * The generator of one run of a campaign. It depends on seed and run alone, so that runs can be spread over
 * any number of workers and repeated one by one.
 */
export function rngOfRun(seed: number, run: number): Rng {
  return new Rng(randomOfRun(seed, run));
}

/** The same as fast-check's own type, for its arbitraries. */
export function randomOfRun(seed: number, run: number): Random {
  // Neighbouring seeds of xoroshiro start alike; an odd multiplier spreads the runs over the seed space.
  return new Random(
    xoroshiro128plus(
      (Math.imul(seed ^ 0x5bd1_e995, 0x9e37_79b1) + Math.imul(run, 0x85eb_ca6b)) | 0,
    ),
  );
}

// Texts with choices in braces: `{a|b|c}` is one of them, `{-8..8}` a number between, `{0..64/8}` one at that step.
// An alternative may be empty, or have choices of its own.

import type { Rng } from '../../generate/rng.ts';

const INNERMOST = /\{([^{}]*)\}/g;
const RANGE = /^(-?\d+)\.\.(-?\d+)(?:\/(\d+))?$/;

/** The text with every choice made. */
export function expand(rng: Rng, text: string): string {
  let expanded = text;
  while (expanded.includes('{')) {
    expanded = expanded.replace(INNERMOST, (_, inside: string) => choose(rng, inside));
  }
  return expanded;
}

function choose(rng: Rng, inside: string): string {
  const range = RANGE.exec(inside);
  if (range === null) return rng.pick(inside.split('|'));
  const [, from, to, step = '1'] = range;
  const steps = Math.floor((Number(to) - Number(from)) / Number(step));
  return String(Number(from) + Number(step) * rng.int(0, steps));
}

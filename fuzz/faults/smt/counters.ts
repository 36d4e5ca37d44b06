// Planted faults in the SMT meaning: counters that local calls start, and constant indices.

import {
  and,
  bool,
  bv,
  bvadd,
  bvand,
  bvlshr,
  bvor,
  bvule,
  bvult,
  FALSE,
  or,
  type Semantics,
  TRUE,
} from '../../../smt/index.ts';
import type { Fault } from '../fault.ts';
import { fault, type PlantOptions } from './plant.ts';

function counter(
  name: string,
  summary: string,
  wrong: (right: Semantics['counterStart']) => Partial<Semantics['counterStart']>,
  options: PlantOptions = {},
): Fault {
  return fault(
    'counter',
    name,
    summary,
    (s) => ({ ...s, counterStart: { ...s.counterStart, ...wrong(s.counterStart) } }),
    { ...options, singleInstruction: false },
  );
}

function direct(
  name: string,
  summary: string,
  wrong: (right: Semantics['directJump']) => Partial<Semantics['directJump']>,
): Fault {
  return fault(
    'counter',
    name,
    summary,
    (s) => ({ ...s, directJump: { ...s.directJump, ...wrong(s.directJump) } }),
    { singleInstruction: false },
  );
}

export const COUNTER_FAULTS: readonly Fault[] = [
  counter('extension-keeps-count', "an extension counts on its caller's counter", (right) => ({
    starts: (site, k) => right.starts({ ...site, replaced: FALSE }, k),
  })),
  counter('extension-starts-beside', 'an extension may find no count', (right) => ({
    start: (site, k) => right.start({ ...site, replaced: FALSE }, k),
  })),
  counter('trampoline-preserves', 'a trampoline always passes the count on', (right) => ({
    starts: (site, k) => right.starts({ ...site, traced: FALSE }, k),
  })),
  counter('trampoline-untraced', 'every program is traced', (right) => ({
    starts: (site, k) => right.starts({ ...site, traced: TRUE }, k),
    start: (site, k) => right.start({ ...site, traced: TRUE }, k),
  })),
  counter('count-slot-of-16-bytes', 'the stack must be a multiple of 16', (right) => ({
    starts: (site, k) => {
      const stackBytes = bvor(site.stackBytes, bvlshr(site.stackBytes, bv(64, 1n)));
      return right.starts({ ...site, stackBytes }, k);
    },
  })),
  counter(
    'count-slot-one-left',
    'what is read beside the count is one below the limit',
    (right) => ({
      start: (site, k) => bvand(right.start(site, k), bv(64, 32n)),
    }),
  ),
  direct('direct-key-from-mask', 'the mask itself is in range', (right) => ({
    outOfBounds: (key, max, k) => and(right.outOfBounds(key, max, k), bvult(key, right.mask(max))),
  })),
  direct('direct-key-one-more', 'one index beyond the mask is taken too', (right) => ({
    outOfBounds: (key, max, k) =>
      or(
        right.outOfBounds(key, max, k),
        and(
          bool(k.directKey === 'tnum_range'),
          bvule(max, key),
          bvule(key, bvadd(right.mask(max), bv(64, 1n))),
        ),
      ),
  })),
  direct('direct-key-checked', 'constant indices are always checked', () => ({
    outOfBounds: () => FALSE,
  })),
];

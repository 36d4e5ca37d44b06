// The limit on maps.

import { mapsWritten } from '../figures.ts';
import type { LimitRow, Witness } from '../limit.ts';
import { sequences } from '../small-scale.ts';
import { arrayOf, times, witnessOf } from '../witness.ts';

const MAPS_MAX = 64;

/** Writes to the values of some of so many arrays. */
function writing(count: number, written: readonly number[]): Witness {
  const maps = times(count, (index) => arrayOf(`m${index}`, 8));
  const writes = written.map((map) => `r1 = map[m${map}][0]+0; *(u8 *)(r1 + 0) = 1;`);
  return witnessOf(`${writes.join(' ')} r0 = 0; exit`, { maps });
}

const all = (count: number) =>
  writing(
    count,
    times(count, (index) => index),
  );

function* small(): Generator<Witness> {
  for (const written of sequences([0, 1, 2, 3], 4)) yield writing(4, written);
}

export const MAPS: LimitRow = {
  name: 'maps',
  what: 'different maps of a program',
  constant: 'MAX_USED_MAPS',
  value: MAPS_MAX,
  unit: 'maps written',
  allows: MAPS_MAX,
  attains: MAPS_MAX,
  figure: mapsWritten,
  at: () => all(MAPS_MAX),
  beyond: () => all(MAPS_MAX + 1),
  refusal: {
    errno: 'E2BIG',
    message: `The total number of maps per program has reached the limit of ${MAPS_MAX}`,
  },
  theorems: [],
  smallScale: {
    words: 'all sequences of up to 4 writes to 4 arrays; limit 2',
    limits: { maps: 2 },
    unit: 'maps written',
    allows: 2,
    witnesses: small,
    figure: mapsWritten,
  },
};

// Limits on the offsets of pointers.

import { exitCode } from '../figures.ts';
import type { LimitRow, SmallScale, Witness } from '../limit.ts';
import { overMarks } from '../small-scale.ts';
import { arrayOf, times, witnessOf } from '../witness.ts';

const OFFSET_MAX = 1 << 29;
const MAPS = [arrayOf('value', 16)];
const SMALL = 4;

/** What the limits have in common: what they limit stays below. */
const BELOW_MAX = {
  constant: 'BPF_MAX_VAR_OFF',
  value: OFFSET_MAX,
  unit: 'bytes',
  allows: OFFSET_MAX - 1,
  attains: OFFSET_MAX - 1,
  figure: exitCode,
  theorems: [],
} as const;
/** The same below the small limit. */
const BELOW_SMALL = {
  limits: { variableOffset: SMALL },
  unit: 'bytes',
  allows: SMALL - 1,
} as const;

/** r2 points to a value, and r3, too. */
const VALUE = 'r2 = map[value][0]+0; r3 = r2;';
/** R0 is how far r3 was moved. */
const DISTANCE = 'r0 = r3; r0 -= r2; exit';
/** r4 is unknown up to a mask, and moved. */
const number = (mask: number, plus: number) =>
  `r4 = *(u32 *)(r1 + 8); r4 &= ${mask}; r4 += ${plus};`;

/** @param mark of the context: what `number` starts from. */
const valueWitness = (text: string, mark = 0) =>
  witnessOf(`${text}`, { maps: MAPS, run: { context: { mark } } });

const added = (...offsets: readonly number[]) =>
  valueWitness(`${VALUE} ${offsets.map((offset) => `r3 += ${offset};`).join(' ')} ${DISTANCE}`);

/** From -6 to 6. */
const SUMMANDS = times(13, (index) => index - 6);
const SUM_WORDS = 'all sums of up to 3 offsets from -6 to 6; limit 4';

function* sums(): Generator<Witness> {
  for (const a of SUMMANDS) {
    for (const b of SUMMANDS) for (const c of SUMMANDS) yield added(a, b, c);
  }
}

const OFFSET_ADDED: LimitRow = {
  name: 'offset-added',
  what: 'known offsets that are added to pointers, and stay below',
  ...BELOW_MAX,
  at: () => added(OFFSET_MAX - 1),
  beyond: () => added(OFFSET_MAX),
  refusal: {
    errno: 'EINVAL',
    message: `math between map_value pointer and ${OFFSET_MAX} is not allowed`,
  },
  smallScale: {
    words: SUM_WORDS,
    ...BELOW_SMALL,
    witnesses: sums,
    figure: exitCode,
  },
};

const OFFSET_SUM: LimitRow = {
  ...OFFSET_ADDED,
  name: 'offset-sum',
  what: 'sums of known offsets of a pointer, which stay below',
  at: () => added(OFFSET_MAX / 2, OFFSET_MAX / 2 - 1),
  beyond: () => added(OFFSET_MAX / 2, OFFSET_MAX / 2),
  refusal: { errno: 'EINVAL', message: `map_value pointer offset ${OFFSET_MAX} is not allowed` },
};

/** R0 is the number by which a pointer was moved. */
const moved = (mask: number, plus: number) =>
  valueWitness(`${number(mask, plus)} ${VALUE} r3 += r4; ${DISTANCE}`);

const MASKS = [1, 2, 3, 7];

function* smallMoved(): Generator<Witness> {
  for (const mask of MASKS) for (const plus of SUMMANDS) yield moved(mask, plus);
}

const MARKS = times(8, (mark) => mark);

const OFFSET_LEAST: LimitRow = {
  name: 'offset-least',
  what: 'the least value of a number that varies and is added to a pointer; it stays below',
  ...BELOW_MAX,
  at: () => moved(1, OFFSET_MAX - 1),
  beyond: () => moved(1, OFFSET_MAX),
  refusal: {
    errno: 'EINVAL',
    message: `value ${OFFSET_MAX} makes map_value pointer be out of bounds`,
  },
  smallScale: {
    words: 'all numbers of 4 masks moved by -6 to 6; limit 4; the run whose number is least',
    ...BELOW_SMALL,
    witnesses: smallMoved,
    figure: overMarks(exitCode, MARKS, 'min'),
  },
  note: 'greater values are refused where the pointer is used: see offset-accessed',
};

/** An access by a pointer to which `fixed` and a number are added; R0 is then the number. */
type AccessOf = (mask: number, plus: number, fixed: number, mark: number) => Witness;

/** Some of the accesses are outside of the value or the frame, and are refused for that. */
const accessScale = (accessOf: AccessOf): SmallScale => ({
  words: 'all numbers of 4 masks moved by 0 to 6, in pointers moved by -6 to 6; limit 4',
  ...BELOW_SMALL,
  *witnesses() {
    for (const mask of MASKS) {
      for (const plus of SUMMANDS.filter((summand) => summand >= 0)) {
        for (const fixed of SUMMANDS) yield accessOf(mask, plus, fixed, 0);
      }
    }
  },
  figure: overMarks(exitCode, MARKS, 'max'),
});

const valueAccess: AccessOf = (mask, plus, fixed, mark) =>
  valueWitness(
    `${number(mask, plus)} ${VALUE} r3 += ${fixed}; r3 += r4; r0 = *(u8 *)(r3 + 0); r0 = r4; exit`,
    mark,
  );

const OFFSET_ACCESSED: LimitRow = {
  name: 'offset-accessed',
  what: 'the greatest value of a number in a pointer that is used; it stays below',
  ...BELOW_MAX,
  // Up to the limit with all bits of the mask, and still in the value.
  at: () => valueAccess(7, OFFSET_MAX - 8, 8 - OFFSET_MAX, 7),
  beyond: () => valueAccess(7, OFFSET_MAX - 7, 7 - OFFSET_MAX, 7),
  refusal: {
    errno: 'EACCES',
    message: 'R3 unbounded memory access, make sure to bounds check any such access',
  },
  smallScale: accessScale(valueAccess),
};

/** The same with stack. */
const stackAccess: AccessOf = (mask, plus, fixed, mark) =>
  witnessOf(
    `${number(mask, plus)} r3 = r10; r3 += ${fixed}; r3 += r4; *(u8 *)(r3 - 1) = 1; r0 = r4; exit`,
    { run: { context: { mark } } },
  );

const OFFSET_STACK: LimitRow = {
  ...OFFSET_ACCESSED,
  name: 'offset-stack',
  what: 'the same in a pointer to the stack',
  at: () => stackAccess(7, OFFSET_MAX - 8, 1 - OFFSET_MAX, 7),
  beyond: () => stackAccess(7, OFFSET_MAX - 7, 1 - OFFSET_MAX, 7),
  refusal: { errno: 'EACCES', message: 'invalid unbounded variable-offset write to stack R3' },
  smallScale: accessScale(stackAccess),
};

export const OFFSET_ROWS: readonly LimitRow[] = [
  OFFSET_ADDED,
  OFFSET_SUM,
  OFFSET_LEAST,
  OFFSET_ACCESSED,
  OFFSET_STACK,
];

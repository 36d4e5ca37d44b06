// Limits on stack: of a function, of a chain of calls, and of the callers of a function that tail-calls.

import type { ProgArray } from '../../../../model/scenario/scenario.ts';
import { callersStack, stackBytes } from '../figures.ts';
import type { LimitRow, Witness } from '../limit.ts';
import { stackAfter } from '../stack-after.ts';
import { times, witnessOf } from '../witness.ts';

const STACK_MAX = 512;
const END = 'r0 = 0; exit';

/** A function uses its stack down to a byte; 0 for none. */
const use = (bytes: number) => (bytes === 0 ? '' : `*(u8 *)(r10 - ${bytes}) = 1;`);

const oneFrame = (bytes: number) => witnessOf(`${use(bytes)} ${END}`);

/** All sizes, around both ends of 16 bytes. */
const STORES = [1, 2, 4, 8].flatMap((size) =>
  times(26, (index) => `*(u${8 * size} *)(r10 - ${index}) = 1`),
);

function* twoStores(): Generator<Witness> {
  for (const first of STORES) {
    for (const second of STORES) yield witnessOf(`${first}; ${second}; ${END}`);
  }
}

const STACK_FRAME: LimitRow = {
  name: 'stack-frame',
  what: 'bytes of stack of one function',
  constant: 'MAX_BPF_STACK',
  value: STACK_MAX,
  unit: 'bytes',
  allows: STACK_MAX,
  attains: STACK_MAX,
  figure: stackBytes,
  at: () => oneFrame(STACK_MAX),
  beyond: () => oneFrame(STACK_MAX + 1),
  refusal: { errno: 'EACCES', message: `invalid write to stack R10 off=-${STACK_MAX + 1} size=1` },
  theorems: [],
  smallScale: {
    words: 'all pairs of stores of 1, 2, 4 or 8 bytes at 26 offsets; limit 16',
    limits: { stack: 16 },
    unit: 'bytes',
    allows: 16,
    witnesses: twoStores,
    figure: stackBytes,
  },
};

/** Two functions that use stack, one in the other. */
const twoFrames = (outer: number, inner: number) =>
  witnessOf(`${use(outer)} call inner; ${END}; inner: ${use(inner)} ${END}`);

/** Bytes that functions of small programs use. */
const DEPTHS = [0, 1, 8, 9, 16, 17, 24, 32, 33] as const;

/** What three functions do: their calls, and where they stand in the text. */
const SHAPES: readonly ((calls: readonly string[]) => readonly string[])[] = [
  ([first, second]) => [first!, second!, ''],
  ([first, second]) => [`${first} ${second}`, '', ''],
  ([first]) => [first!, '', ''],
];

/** Three functions, each with stack of its own. @param before what a function does at its end. */
function* threeFunctions(
  before: readonly string[],
  maps: readonly ProgArray[],
): Generator<Witness> {
  const calls = ['r1 = r6; call f1;', 'r1 = r6; call f2;'];
  for (const shape of SHAPES) {
    for (const end of before) {
      for (const a of DEPTHS) {
        for (const b of DEPTHS) {
          for (const c of DEPTHS) {
            const bodies = shape(calls).map(
              (call, f) =>
                `f${f}: r6 = r1; ${use([a, b, c][f]!)} ${call} ${f > 0 ? end : ''} ${END};`,
            );
            // Functions that nobody calls are refused.
            const called = shape === SHAPES[2] ? bodies.slice(0, 2) : bodies;
            yield witnessOf(called.join(' '), { maps });
          }
        }
      }
    }
  }
}

const DEPTH_WORDS = `three functions that call each other in 3 ways, each with one of ${DEPTHS.length} stacks`;

const STACK_CHAIN: LimitRow = {
  ...STACK_FRAME,
  name: 'stack-chain',
  what: 'bytes of stack of a chain of calls, each frame rounded up to 16',
  at: () => twoFrames(STACK_MAX / 2, STACK_MAX / 2),
  beyond: () => twoFrames(STACK_MAX / 2, STACK_MAX / 2 + 1),
  refusal: {
    errno: 'EACCES',
    message: `combined stack size of 2 calls is ${STACK_MAX + 16}. Too large`,
  },
  smallScale: {
    words: `${DEPTH_WORDS}; limit 32`,
    limits: { stack: 32 },
    unit: 'bytes',
    allows: 32,
    witnesses: () => threeFunctions([''], []),
    figure: stackBytes,
  },
};

const CALLERS_MAX = 256;
const GRANULE = 16;
const TAIL_CALLS = 33;

const JMP: ProgArray = {
  name: 'jmp',
  type: 'prog_array',
  maxEntries: 1,
  entries: [{ index: 0, program: 0 }],
};
const TAIL_CALL = 'r2 = map[jmp]; r3 = 0; call bpf_tail_call;';

/** A function that tail-calls the program again, so that its callers' stack stays. */
function again(callers: number): Witness {
  const inner = STACK_MAX - callers;
  return witnessOf(`${use(callers)} call inner; ${END}; inner: ${use(inner)} ${TAIL_CALL} ${END}`, {
    maps: [JMP],
  });
}

const RETAINED = stackAfter(TAIL_CALLS, {
  chain: STACK_MAX,
  callers: CALLERS_MAX,
  granule: GRANULE,
});

const TAIL_CALLER_STACK: LimitRow = {
  name: 'tail-caller-stack',
  what: 'bytes of stack of the callers of a function that tail-calls; they stay below',
  constant: '256',
  value: CALLERS_MAX,
  unit: 'bytes of all frames',
  allows: RETAINED,
  attains: RETAINED,
  figure: stackBytes,
  at: () => again(CALLERS_MAX - GRANULE),
  beyond: () => again(CALLERS_MAX),
  refusal: {
    errno: 'EACCES',
    message: `tail_calls are not allowed when call stack of previous frames is ${CALLERS_MAX} bytes. Too large`,
  },
  theorems: ['tail-call/count', 'tail-call/stack'],
  smallScale: {
    words: `${DEPTH_WORDS}, that tail-call; limit 32, so that a call retains 16 at the most`,
    limits: { tailCallerStack: 32 },
    unit: 'bytes of the callers',
    allows: 16,
    witnesses: () => threeFunctions([`r1 = r6; ${TAIL_CALL}`], [{ ...JMP, entries: [] }]),
    figure: callersStack,
  },
  note: `${TAIL_CALLS} × ${CALLERS_MAX - GRANULE} bytes are retained, and the last program has ${STACK_MAX}`,
};

export const STACK_ROWS: readonly LimitRow[] = [STACK_FRAME, STACK_CHAIN, TAIL_CALLER_STACK];

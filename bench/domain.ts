// What an operator of the scalar domain costs, as a verifier calls it: `node dist/bench/domain.js`. Figures are
// printed, never asserted.

import {
  createDomain,
  numbers,
  type RegState,
  type ScalarState,
  type VerifierDomain,
  verifierDomain,
} from '../model/domain/index.ts';

const CALLS = 400_000;
const PLAIN_CALLS = 20_000;
const ROUNDS = 5;
/** Operands are taken in turn from so many, so that no branch predictor learns them all. */
const SAMPLES = 1024;

/** Numbers that look random and are the same in every run (a linear congruential generator). */
function words(seed: number): () => bigint {
  let state = BigInt(seed);
  return () => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return state;
  };
}

/** Nanoseconds a call, the best of several rounds. */
function nanoseconds(calls: number, run: (i: number) => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < calls; i++) run(i);
    best = Math.min(best, Number(process.hrtime.bigint() - start) / calls);
  }
  return best;
}

function show(name: string, compiled: number, plain?: number): void {
  const ns = (value: number) => `${value.toFixed(0)} ns`.padStart(10);
  console.log(`${name.padEnd(44)}${ns(compiled)}${plain === undefined ? '' : ns(plain)}`);
}

/** Masked and moved words: bounds and tnums of many kinds, as a program leaves them. */
function samples(d: VerifierDomain): ScalarState[] {
  const next = words(1);
  return Array.from({ length: SAMPLES }, (_, i) => {
    const masked = d.alu('and', 64, d.unknown, d.constant(next() >> BigInt(i % 64)));
    const moved = d.alu(
      i % 3 === 0 ? 'sub' : 'add',
      64,
      masked,
      d.constant(next() >> BigInt(i % 61)),
    );
    return d.refine('jlt', i % 2 === 0 ? 32 : 64, true, moved, d.constant(next() >> 2n))[0];
  });
}

const d = verifierDomain();
const plain = createDomain(numbers(64));
const states = samples(d);
const others = states.toReversed();
const small = Array.from({ length: SAMPLES }, (_, i) => d.immediate(i));
const plainOf = (all: readonly ScalarState[]): RegState<bigint>[] =>
  all.map(({ varOff, r64, r32 }) => ({ varOff, r64, r32 }));
const [plainStates, plainOthers, plainSmall] = [states, others, small].map(plainOf);
const at = <T>(all: readonly T[] | undefined, i: number): T => all![i % SAMPLES]!;

console.log(`Node ${process.version}${' '.repeat(26)}  compiled   bigints`);
let counter = d.immediate(0);
const one = d.immediate(1);
show(
  'constant, by an immediate',
  nanoseconds(CALLS, (i) => d.immediate(i)),
);
show(
  'r1 += 1, a counter of constants',
  nanoseconds(CALLS, () => {
    counter = d.alu('add', 64, counter, one);
  }),
);
show(
  'add, unknown and a constant',
  nanoseconds(CALLS, (i) => d.alu('add', 64, d.unknown, at(small, i))),
  nanoseconds(PLAIN_CALLS, (i) => plain.alu('add', 64, plain.unknown, at(plainSmall, i))),
);
for (const op of ['add', 'sub', 'and', 'or', 'mul'] as const) {
  show(
    `${op}, two drawn states`,
    nanoseconds(CALLS, (i) => d.alu(op, 64, at(states, i), at(others, i))),
    nanoseconds(PLAIN_CALLS, (i) => plain.alu(op, 64, at(plainStates, i), at(plainOthers, i))),
  );
}
for (const width of [64, 32] as const) {
  show(
    `lsh by a constant, ${width} bits`,
    nanoseconds(CALLS, (i) => d.alu('lsh', width, at(states, i), at(small, i & 15))),
    nanoseconds(PLAIN_CALLS, (i) =>
      plain.alu('lsh', width, at(plainStates, i), at(plainSmall, i & 15)),
    ),
  );
}
show(
  'mov, 32 bits',
  nanoseconds(CALLS, (i) => d.mov(32, at(states, i))),
);
show(
  'truncate to 8 bits',
  nanoseconds(CALLS, (i) => d.truncate(8, at(states, i))),
);
for (const op of ['jlt', 'jeq', 'jset'] as const) {
  show(
    `branchTaken ${op}, a state and a constant`,
    nanoseconds(CALLS, (i) => d.branchTaken(op, 64, at(states, i), at(small, i))),
    nanoseconds(PLAIN_CALLS, (i) =>
      plain.branchTaken(op, 64, at(plainStates, i), at(plainSmall, i)),
    ),
  );
}
show(
  'branchTaken jlt, two constants',
  nanoseconds(CALLS, (i) => d.branchTaken('jlt', 64, at(small, i), one)),
);
show(
  'refine jlt, unknown and a constant',
  nanoseconds(CALLS, (i) => d.refine('jlt', 64, true, d.unknown, at(small, i))),
  nanoseconds(PLAIN_CALLS, (i) => plain.refine('jlt', 64, true, plain.unknown, at(plainSmall, i))),
);
for (const op of ['jlt', 'jeq', 'jset'] as const) {
  show(
    `refine ${op}, two drawn states`,
    nanoseconds(CALLS, (i) => d.refine(op, 64, true, at(states, i), at(others, i))),
    nanoseconds(PLAIN_CALLS, (i) =>
      plain.refine(op, 64, true, at(plainStates, i), at(plainOthers, i)),
    ),
  );
}
show(
  'includes, two drawn states',
  nanoseconds(CALLS, (i) => d.includes(at(states, i), at(others, i))),
);
show(
  'equals, two drawn states',
  nanoseconds(CALLS, (i) => at(states, i).equals(at(others, i))),
);
show(
  'umax of a state, as a bigint',
  nanoseconds(CALLS, (i) => at(states, i).umax),
);

/** What compiling costs: operators of a variant, which are not kept, from nothing to one result of each. */
function firstUse(): void {
  const fresh = verifierDomain('linux-6.12', {});
  const masked = fresh.alu('and', 64, fresh.unknown, fresh.immediate(0xff));
  const sum = fresh.alu('add', 32, masked, fresh.immediate(1));
  fresh.branchTaken('jlt', 64, sum, masked);
  fresh.refine('jlt', 64, true, sum, masked);
  fresh.includes(sum, masked);
}
show('a variant, five operators compiled', nanoseconds(20, firstUse));

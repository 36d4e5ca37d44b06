// The scalar operators as a verifier calls them: 64 bits wide, by a version's rules, compiled.

import { ALU_OPERATIONS, type AluOperation } from './arithmetic.ts';
import { COMPARISONS, type Comparison } from './branches.ts';
import {
  type CompiledDomain,
  compileDomain,
  OPERANDS,
  RESULTS,
} from './compile/compiled-domain.ts';
import type { Variant } from './domain.ts';
import { DEFAULT_DOMAIN, type DomainVersion } from './rules.ts';
import { ScalarState, writeParts } from './scalar-state.ts';
import type { RegState } from './state.ts';

/** What `is_branch_taken` says: always, never, or either. */
export type BranchTaken = 1 | 0 | -1;

type Width = 32 | 64;
/** What is moved or loaded with an extension, in bits. */
type Size = 8 | 16 | 32;
const SIZES: readonly Size[] = [8, 16, 32];

/**
 * Operators on states of 64-bit scalars. A state is immutable and belongs to no domain: it is what it says. Each
 * operator is compiled when it is first called.
 */
export interface VerifierDomain {
  /** Every word (`__mark_reg_unknown`). */
  readonly unknown: ScalarState;
  /** One word, modulo 2^64 (`__mark_reg_known`). */
  constant(value: bigint): ScalarState;
  /** The sign-extended immediate of an instruction. */
  immediate(imm: number): ScalarState;
  /** A state from its parts, as they are. */
  stateOf(parts: RegState<bigint>): ScalarState;
  alu(op: AluOperation, width: Width, dst: ScalarState, src: ScalarState): ScalarState;
  /** NEG and END: the verifier does not compute them. */
  neg(width: Width, dst: ScalarState): ScalarState;
  end(dst: ScalarState): ScalarState;
  mov(width: Width, src: ScalarState): ScalarState;
  /** @throws UnsupportedError in versions without MOVSX; so does `signExtend`. */
  movsx(width: Width, size: Size, src: ScalarState): ScalarState;
  /** What a load or fill of `size` bits makes of the scalar in memory (`coerce_reg_to_size`). */
  truncate(size: Size, src: ScalarState): ScalarState;
  /** The same for sign-extending loads (`coerce_reg_to_size_sx`). */
  signExtend(size: Size, src: ScalarState): ScalarState;
  branchTaken(op: Comparison, width: Width, dst: ScalarState, src: ScalarState): BranchTaken;
  /**
   * Both operands on one way on (`reg_set_min_max`). An operand of which nothing is learned is given back itself.
   */
  refine(
    op: Comparison,
    width: Width,
    taken: boolean,
    dst: ScalarState,
    src: ScalarState,
  ): readonly [dst: ScalarState, src: ScalarState];
  /** A register that is compared with itself. */
  refineSelf(op: Comparison, width: Width, taken: boolean, a: ScalarState): ScalarState;
  /** Sum and difference as of pointers and linked numbers: not reduced. */
  sum(a: ScalarState, b: ScalarState): ScalarState;
  difference(a: ScalarState, b: ScalarState): ScalarState;
  /** Reduced (`reg_bounds_sync`), with the half's bounds as they are or anew. */
  sync(a: ScalarState): ScalarState;
  syncWhole(a: ScalarState): ScalarState;
  /** Whether no part contradicts itself or another (`reg_bounds_sanity_check`). */
  isConsistent(a: ScalarState): boolean;
  contains(a: ScalarState, value: bigint): boolean;
  /** Whether b is no wider than a in any part (`range_within` and `tnum_in`). */
  includes(a: ScalarState, b: ScalarState): boolean;
}

type Compiled = () => number;
/** A function that is compiled when it is first called. */
function lazily(compile: () => Compiled): Compiled {
  let compiled: Compiled | undefined;
  return () => {
    compiled ??= compile();
    return compiled();
  };
}

function perWidth<T>(make: (width: Width) => T): Readonly<Record<Width, T>> {
  return { 32: make(32), 64: make(64) };
}

function perKey<K extends string | number>(
  keys: readonly K[],
  compile: (key: K) => Compiled,
): Readonly<Record<K, Compiled>> {
  const entries = keys.map((key) => [key, lazily(() => compile(key))]);
  return Object.fromEntries(entries) as Record<K, Compiled>;
}

/** Versions as they are, which are compiled once. */
const versions = new Map<DomainVersion, VerifierDomain>();

/**
 * The operators of a version, with those of the variant in their place. What was compiled for a version without one
 * serves all who ask for it: a domain remembers nothing of its calls.
 */
export function verifierDomain(
  version: DomainVersion = DEFAULT_DOMAIN,
  variant?: Variant,
): VerifierDomain {
  if (variant !== undefined) return operatorsOf(compileDomain(version, variant));
  let found = versions.get(version);
  if (found === undefined) {
    found = operatorsOf(compileDomain(version));
    versions.set(version, found);
  }
  return found;
}

function operatorsOf(compiled: CompiledDomain): VerifierDomain {
  const { memory, states, number, ofWord } = compiled;
  const words = new BigInt64Array(memory.buffer);
  const [first, second] = OPERANDS;
  const [firstResult, secondResult] = RESULTS;

  const constantOf = lazily(() => ofWord((d, word) => d.constant(word)));
  const unknownOf = lazily(() => states((d) => [d.unknown]));
  const endOf = lazily(() => states((d, a) => [d.end(a)]));
  const negations = perWidth((width) => lazily(() => states((d, a) => [d.neg(width, a)])));
  const moves = perWidth((width) => lazily(() => states((d, a) => [d.mov(width, a)])));
  const operations = perWidth((width) =>
    perKey(ALU_OPERATIONS, (op) => states((d, a, b) => [d.alu(op, width, a, b)])),
  );
  const signedMoves = perWidth((width) =>
    perKey(SIZES, (size) => states((d, a) => [d.movsx(width, size, a)])),
  );
  const truncations = perKey(SIZES, (size) => states((d, a) => [d.truncate(a, size)]));
  const extensions = perKey(SIZES, (size) => states((d, a) => [d.signExtend(a, size)]));
  const decisions = perWidth((width) =>
    perKey(COMPARISONS, (op) =>
      number((d, a, b) => {
        const { half } = d.algebra;
        const { taken, notTaken } = d.branchTaken(op, width, a, b);
        return half.ite(taken, half.one, half.ite(notTaken, half.zero, half.ones));
      }),
    ),
  );
  const ways = (taken: boolean) =>
    perWidth((width) =>
      perKey(COMPARISONS, (op) => states((d, a, b) => d.refine(op, width, taken, a, b))),
    );
  const [takenWays, otherWays] = [ways(true), ways(false)];
  const selfWays = (taken: boolean) =>
    perWidth((width) =>
      perKey(COMPARISONS, (op) => states((d, a) => [d.refineSelf(op, width, taken, a)])),
    );
  const [takenSelf, otherSelf] = [selfWays(true), selfWays(false)];
  const sumOf = lazily(() => states((d, a, b) => [d.scalarAdd(a, b)]));
  const differenceOf = lazily(() => states((d, a, b) => [d.scalarSub(a, b)]));
  const syncOf = lazily(() => states((d, a) => [d.sync(a)]));
  const syncWholeOf = lazily(() => states((d, a) => [d.sync({ ...a, r32: d.range32.unbounded })]));
  const consistency = lazily(() => number((d, a) => d.isConsistent(a)));
  const containsWord = lazily(() => number((d, a, b) => d.contains(a, b.varOff.value)));
  const inclusion = lazily(() => number((d, a, b) => d.includes(a, b)));

  const result = (): ScalarState => new ScalarState(memory, firstResult);
  const unary = (operator: Compiled, a: ScalarState): ScalarState => {
    a.write(memory, first);
    operator();
    return result();
  };
  const writeBoth = (a: ScalarState, b: ScalarState): void => {
    a.write(memory, first);
    b.write(memory, second);
  };
  const unchangedOr = (a: ScalarState, at: number): ScalarState =>
    a.isAt(memory, at) ? a : new ScalarState(memory, at);
  unknownOf();
  const unknown = result();
  return {
    unknown,
    constant: (value) => {
      words[0] = value;
      constantOf();
      return result();
    },
    immediate: (imm) => {
      memory[0] = imm;
      memory[1] = imm >> 31;
      constantOf();
      return result();
    },
    stateOf: (parts) => {
      writeParts(parts, memory, firstResult);
      return result();
    },
    alu: (op, width, dst, src) => {
      writeBoth(dst, src);
      operations[width][op]();
      return result();
    },
    neg: (width, dst) => unary(negations[width], dst),
    end: (dst) => unary(endOf, dst),
    mov: (width, src) => unary(moves[width], src),
    movsx: (width, size, src) => unary(signedMoves[width][size], src),
    truncate: (size, src) => unary(truncations[size], src),
    signExtend: (size, src) => unary(extensions[size], src),
    branchTaken: (op, width, dst, src) => {
      writeBoth(dst, src);
      return decisions[width][op]() as BranchTaken;
    },
    refine: (op, width, taken, dst, src) => {
      writeBoth(dst, src);
      (taken ? takenWays : otherWays)[width][op]();
      return [unchangedOr(dst, firstResult), unchangedOr(src, secondResult)];
    },
    refineSelf: (op, width, taken, a) => unary((taken ? takenSelf : otherSelf)[width][op], a),
    sum: (a, b) => {
      writeBoth(a, b);
      sumOf();
      return result();
    },
    difference: (a, b) => {
      writeBoth(a, b);
      differenceOf();
      return result();
    },
    sync: (a) => unary(syncOf, a),
    syncWhole: (a) => unary(syncWholeOf, a),
    isConsistent: (a) => {
      a.write(memory, first);
      return consistency() === 1;
    },
    contains: (a, value) => {
      a.write(memory, first);
      words[second >> 1] = value;
      return containsWord() === 1;
    },
    includes: (a, b) => {
      writeBoth(a, b);
      return inclusion() === 1;
    },
  };
}

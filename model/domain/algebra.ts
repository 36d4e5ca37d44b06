// What an abstract operator may ask of its words. The operators of this folder are written once over it: on
// bigints (numbers.ts) they are what a verifier runs, on terms (smt/domain) they are what is proved.

/** Words of one width. Counts of shifts are words; a count of `width` or more gives 0, or the sign. */
export interface Bits<W, B> {
  readonly width: number;
  readonly zero: W;
  readonly one: W;
  /** 2^width - 1. */
  readonly ones: W;
  /** The smallest and the greatest signed word. */
  readonly signedMin: W;
  readonly signedMax: W;
  /** The word congruent to `value` modulo 2^width. */
  of(value: bigint): W;
  add(a: W, b: W): W;
  sub(a: W, b: W): W;
  mul(a: W, b: W): W;
  neg(a: W): W;
  and(a: W, b: W): W;
  or(a: W, b: W): W;
  xor(a: W, b: W): W;
  not(a: W): W;
  shl(a: W, count: W): W;
  lshr(a: W, count: W): W;
  ashr(a: W, count: W): W;
  eq(a: W, b: W): B;
  ult(a: W, b: W): B;
  ule(a: W, b: W): B;
  slt(a: W, b: W): B;
  sle(a: W, b: W): B;
  minU(a: W, b: W): W;
  maxU(a: W, b: W): W;
  minS(a: W, b: W): W;
  maxS(a: W, b: W): W;
  ite(condition: B, a: W, b: W): W;
}

/** Truth values. */
export interface Logic<B> {
  readonly true: B;
  readonly false: B;
  not(a: B): B;
  and(a: B, b: B): B;
  or(a: B, b: B): B;
  /** What a truth value is, where it does not hang on a variable; it decides which work can be left out, never a result. */
  known(a: B): boolean | undefined;
}

/** Registers of `wide.width` bits (64) with a lower half of `half.width` (32). */
export interface Algebra<W, B> {
  readonly logic: Logic<B>;
  readonly wide: Bits<W, B>;
  readonly half: Bits<W, B>;
  /** The lower half of a wide word. */
  low(a: W): W;
  /** The wide word with this lower half and zeros, or copies of the sign, above. */
  zext(a: W): W;
  sext(a: W): W;
}

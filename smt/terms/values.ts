// Values of the three sorts, as the evaluator and the solver's models give them.

/** A total array: a default and the exceptions to it. Immutable; `set` copies. */
export class ArrayValue {
  readonly indexWidth: number;
  readonly fallback: bigint;
  /** Holds no entry equal to the fallback, so that equal arrays look equal. */
  readonly entries: ReadonlyMap<bigint, bigint>;

  constructor(indexWidth: number, fallback: bigint, entries: Iterable<[bigint, bigint]> = []) {
    const exceptions = new Map(entries);
    for (const [index, element] of exceptions) {
      if (element === fallback) exceptions.delete(index);
    }
    this.indexWidth = indexWidth;
    this.fallback = fallback;
    this.entries = exceptions;
  }

  get(index: bigint): bigint {
    return this.entries.get(index) ?? this.fallback;
  }

  set(index: bigint, element: bigint): ArrayValue {
    return new ArrayValue(this.indexWidth, this.fallback, [...this.entries, [index, element]]);
  }

  /** Extensional: the same element at every index. */
  equals(other: ArrayValue): boolean {
    const indices = new Set([...this.entries.keys(), ...other.entries.keys()]);
    for (const index of indices) {
      if (this.get(index) !== other.get(index)) return false;
    }
    // When every index is an exception on one side or the other, the fallbacks are never read.
    const covered = BigInt(indices.size) === 1n << BigInt(this.indexWidth);
    return covered || this.fallback === other.fallback;
  }
}

export type Value = bigint | boolean | ArrayValue;

/** Equality of values of one sort; arrays are compared element by element. */
export function sameValue(a: Value, b: Value): boolean {
  if (a instanceof ArrayValue && b instanceof ArrayValue) return a.equals(b);
  return a === b;
}

// Engine profiles: the observable tail-call behaviour of one kernel version and engine, as data.
// Both engines read the knobs; each implements them on its own.

/** How sure a fact is: read in source, remembered, a hypothesis, or observed on a running kernel. */
export type Provenance = 'S' | 'M' | 'H' | 'O';

export interface Profile {
  readonly name: string;
  readonly tailCall: {
    /** Successful tail calls for each counter. */
    readonly limit: number;
    /** Bits of R3 that make the index. */
    readonly indexBits: 32 | 64;
    /** Which failed tail calls use up one of the limit. */
    readonly burns: {
      readonly outOfRange: boolean;
      readonly exhausted: boolean;
      readonly empty: boolean;
    };
    /** What a local call does with the counter. */
    readonly propagation: 'rejected' | 'value' | 'reference';
  };
  /** Where each fact comes from, and how sure it is. */
  readonly provenance: Readonly<
    Record<string, { readonly tag: Provenance; readonly source: string }>
  >;
}

// What a campaign counts: groups of names with a number each, so that chunks can be sent between threads and added.

/** What is counted. */
export const GROUPS = [
  /** Programs by verdict. */
  'verdicts',
  /** Rejected programs by reason. */
  'reasons',
  /** Programs that use what is not modelled, by what that is. */
  'unsupported',
  /** Runs of accepted programs by how they ended. */
  'endings',
  /** Hops of these runs by result. */
  'hops',
  /** Functions of the verifier, and what they gave: `memory.access passed`. */
  'rules',
  /** Instructions' families, the type of the register that they are about, and the verdict: `ldx pkt accepted`. */
  'operands',
  /** Rejected programs that were looked into for whether they are safe, by what came of it. */
  'explored',
  /** Of these, the safe ones by reason. */
  'falseRejections',
] as const;
export type Group = (typeof GROUPS)[number];

export type Numbers = Record<string, number>;
export type Counts = Readonly<Record<Group, Numbers>>;

export function noCounts(): Counts {
  return Object.fromEntries(GROUPS.map((group) => [group, {}])) as Record<Group, Numbers>;
}

export function count(counts: Counts, group: Group, name: string, by = 1): void {
  const numbers = counts[group];
  numbers[name] = (numbers[name] ?? 0) + by;
}

/** Adds to `sum`. */
export function addCounts(sum: Counts, counts: Counts): void {
  for (const group of GROUPS) {
    for (const [name, by] of Object.entries(counts[group])) count(sum, group, name, by);
  }
}

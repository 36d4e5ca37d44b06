// How often an operator gives the best tnum there is: all pairs of tnums of a few bits. Prints the table of
// docs/domain.md: `node dist/bench/precision.js`.

import { createDomain, type Multiplication, numbers, type Tnum } from '../model/domain/index.ts';

type T = Tnum<bigint>;
const BITS = 4;

/** One row: the operator, and the share of pairs for which its result is the least tnum with all results. */
export interface PrecisionRow {
  readonly operator: string;
  readonly optimal: number;
  readonly pairs: number;
}

const words = [...Array(1 << BITS).keys()].map(BigInt);
const tnums: readonly T[] = words.flatMap((value) =>
  words.filter((mask) => (value & mask) === 0n).map((mask) => ({ value, mask })),
);
const members = new Map(tnums.map((a) => [a, words.filter((x) => (x & ~a.mask) === a.value)]));

function row(
  operator: string,
  abstract: (a: T, b: T) => T,
  meaning: (x: bigint, y: bigint) => bigint,
): PrecisionRow {
  let optimal = 0;
  let pairs = 0;
  for (const a of tnums) {
    for (const b of tnums) {
      const results = members
        .get(a)!
        .flatMap((x) => members.get(b)!.map((y) => BigInt.asUintN(BITS, meaning(x, y))));
      const all = results.reduce((p, q) => p & q);
      const any = results.reduce((p, q) => p | q);
      const { value, mask } = abstract(a, b);
      pairs++;
      if (value === all && mask === (any & ~all)) optimal++;
    }
  }
  return { operator, optimal, pairs };
}

/** The operators on tnums that are not optimal by proof, and two that are, for comparison. */
export function precisionRows(): PrecisionRow[] {
  const { tnum } = createDomain(numbers(BITS));
  const product = (multiplication: Multiplication) =>
    createDomain(numbers(BITS), 'linux-6.12', { rules: { multiplication } }).tnum.mul;
  const times = (x: bigint, y: bigint) => x * y;
  return [
    row('add', tnum.add, (x, y) => x + y),
    row('sub', tnum.sub, (x, y) => x - y),
    row('and', tnum.and, (x, y) => x & y),
    row('or', tnum.or, (x, y) => x | y),
    row('xor', tnum.xor, (x, y) => x ^ y),
    row('mul, half-multiply-add (to 5.13)', product('hma'), times),
    row('mul, partial products (5.14)', product('partial-products'), times),
    row('mul, unions (6.18)', product('union'), times),
  ];
}

/** The table, as Markdown that the formatter leaves alone. */
export function precisionTable(rows: readonly PrecisionRow[] = precisionRows()): string {
  const cells = rows.map(({ operator, optimal, pairs }) => [
    operator,
    `${optimal} of ${pairs}`,
    `${((100 * optimal) / pairs).toFixed(1)} %`,
  ]);
  const lines = [['operator', 'optimal', 'share'], ['---', '---', '---'], ...cells];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

if (process.argv[1] === import.meta.filename) console.log(precisionTable());

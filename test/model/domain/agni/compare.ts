// Puts our operators and the extracted ones to the same states.

import { ALU_OPERATIONS } from '../../../../model/domain/arithmetic.ts';
import { COMPARISONS } from '../../../../model/domain/branches.ts';
import { createDomain } from '../../../../model/domain/domain.ts';
import { numbers } from '../../../../model/domain/numbers.ts';
import type { RegState } from '../../../../model/domain/state.ts';
import { extracted } from './extracted.ts';
import { drawFrom, drawState, reachableState } from './states.ts';

export const VERSIONS = ['5.9', '6.1'] as const;
type Version = (typeof VERSIONS)[number];
type State = RegState<bigint>;

/** One file of the folder, and what of ours it is compared with. */
export interface Operator {
  readonly version: Version;
  /** `BPF_ADD_32` */
  readonly file: string;
  readonly isJump: boolean;
  readonly ours: (dst: State, src: State) => Readonly<Record<string, State>>;
  readonly isShift: boolean;
}

const algebra = numbers(64);
const domains = {
  '5.9': createDomain(algebra, 'linux-5.9'),
  '6.1': createDomain(algebra, 'linux-6.1'),
};

/** Operators that no file was extracted for. */
const MISSING = new Set(['5.9 BPF_JSET', '5.9 BPF_JSET_32']);
const EXTRACTED = ['add', 'sub', 'and', 'or', 'xor', 'lsh', 'rsh', 'arsh'];

function operatorsOf(version: Version): Operator[] {
  const d = domains[version];
  const file = (name: string, width: 32 | 64) =>
    `BPF_${name.toUpperCase()}${width === 32 ? '_32' : ''}`;
  const widths = [64, 32] as const;
  const arithmetic = ALU_OPERATIONS.filter((op) => EXTRACTED.includes(op)).flatMap((op) =>
    widths.map((width) => ({
      version,
      file: file(op, width),
      isJump: false,
      isShift: op.endsWith('sh'),
      ours: (dst: State, src: State) => ({ dst_reg: d.alu(op, width, dst, src) }),
    })),
  );
  const jumps = COMPARISONS.flatMap((op) =>
    widths.map((width) => ({
      version,
      file: file(op, width),
      isJump: true,
      isShift: false,
      ours: (dst: State, src: State) => {
        const { taken, notTaken } = d.branchTaken(op, width, dst, src);
        // A way on that is not explored is left as it was.
        const decided = taken || notTaken;
        const on = decided ? [dst, src] : d.refine(op, width, false, dst, src);
        const other = decided ? [dst, src] : d.refine(op, width, true, dst, src);
        return {
          dst_reg: on[0]!,
          src_reg: on[1]!,
          other_branch_dst_reg: other[0]!,
          other_branch_src_reg: other[1]!,
        };
      },
    })),
  );
  const sync = { version, file: 'BPF_SYNC', isJump: false, isShift: false };
  return [
    { ...sync, ours: (dst: State) => ({ dst_reg: d.sync(dst) }) },
    ...arithmetic,
    ...jumps.filter(({ file }) => !MISSING.has(`${version} ${file}`)),
  ];
}

export const OPERATORS: readonly Operator[] = VERSIONS.flatMap(operatorsOf);

/** The first state of which the two make different things; undefined when there is none. */
export function firstDifference(operator: Operator, states: number, seed: number) {
  const { version, file, ours, isShift } = operator;
  const d = domains[version];
  const theirs = extracted(version, file);
  const draw = drawFrom(seed);
  const any = () => (draw(2) === 0 ? reachableState(d, draw) : drawState(d, draw));
  for (let n = 0; n < states; n++) {
    const dst = any();
    let src = any();
    if (draw(3) === 0) src = d.constant(src.varOff.value);
    if (isShift && draw(3) > 0) src = d.constant(BigInt(draw(66)));
    const expected = theirs({
      dst_reg: dst,
      src_reg: src,
      other_branch_dst_reg: dst,
      other_branch_src_reg: src,
    });
    for (const [register, state] of Object.entries(ours(dst, src))) {
      if (!sameState(state, expected[register])) {
        return { dst, src, register, ours: state, theirs: expected[register] };
      }
    }
  }
  return undefined;
}

function sameState(a: State, b: State | undefined): boolean {
  if (b === undefined) return false;
  const words = ({ varOff, r64, r32 }: State) => [
    ...[varOff.value, varOff.mask],
    ...[r64.umin, r64.umax, r64.smin, r64.smax],
    ...[r32.umin, r32.umax, r32.smin, r32.smax],
  ];
  const others = words(b);
  return words(a).every((word, i) => word === others[i]);
}

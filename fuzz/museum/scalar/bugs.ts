// Historical bugs of the verifier's scalar domain, each as a variant of a version's operators: the mechanism, written
// from its description, and not the code that had it. Sources: linux-tail-calls.md §6.5.

import type { Domain, DomainVersion, RegState, Variant } from '../../../model/domain/index.ts';
import type { ScalarBug } from './hunt.ts';

type Operation = 'scalarAnd' | 'scalarOr' | 'scalarXor';

/** A known lower half of a register that is not known keeps the bounds that it had before. */
function staleHalf(operation: Operation): Variant {
  return {
    registers: (old) => ({
      [operation]: (dst: RegState<never>, src: RegState<never>) => {
        const d = old as unknown as Domain<never, never>;
        const result = d[operation](dst, src);
        const { algebra, tnum32, range32 } = d;
        const lower = (one: RegState<never>) =>
          tnum32.isConst({
            value: algebra.low(one.varOff.value),
            mask: algebra.low(one.varOff.mask),
          });
        const { and, not } = algebra.logic;
        const whole = and(d.tnum.isConst(src.varOff), d.tnum.isConst(result.varOff));
        const known = and(and(lower(src), lower(result)), not(whole));
        return { ...result, r32: range32.ite(known, dst.r32, result.r32) };
      },
    }),
  } as Variant;
}

const LATEST: DomainVersion = 'linux-6.12';

export const SCALAR_BUGS: readonly ScalarBug[] = [
  {
    id: 'CVE-2017-16995',
    title: 'MOV of a 32-bit immediate is tracked as if it were sign-extended',
    range: '4.4 to 4.14.8',
    version: LATEST,
    variant: {
      registers: (old, d) => ({
        mov: (width, src) =>
          d.ite(
            d.tnum.isConst(src.varOff),
            () => src,
            () => old.mov(width, src),
          ),
      }),
    },
    theorem: 'domain/alu/mov',
    lemma: '32',
    moves: ['mov32'],
  },
  {
    id: 'CVE-2017-16996',
    title: 'a register that is cut to 32 bits gets its bounds cut, whatever is between them',
    range: '4.14 to 4.14.8',
    version: LATEST,
    variant: {
      registers: (_, { algebra }) => ({
        assignHalf: (one) => {
          const { wide, zext, low } = algebra;
          const cut = (bound: typeof one.r64.umin) => zext(low(bound));
          const [umin, umax] = [cut(one.r64.umin), cut(one.r64.umax)];
          const open = { smin: wide.zero, smax: zext(algebra.half.ones) };
          return { ...one, r64: { umin, umax, ...open } };
        },
      }),
    },
    theorem: 'domain/extension/zero-extend',
    lemma: 'umax',
    moves: ['bound', 'mov32reg', 'alu32'],
  },
  {
    id: 'CVE-2017-17852',
    title: 'results of 32-bit operations are not cut to 32 bits',
    range: 'up to 4.14.8',
    version: LATEST,
    variant: { registers: () => ({ zeroExtend: (one) => one }) },
    theorem: 'domain/extension/zero-extend',
    lemma: 'tnum',
    moves: ['alu32', 'alu64', 'bound'],
  },
  {
    id: 'CVE-2017-17853',
    title: 'RSH shifts signed bounds as ARSH does',
    range: 'up to 4.14.8',
    version: LATEST,
    variant: {
      range: (old) => ({
        rsh: (one, least, most) => {
          const { smin, smax } = old.arsh(one, least);
          return { ...old.rsh(one, least, most), smin, smax };
        },
      }),
    },
    theorem: 'domain/alu/rsh',
    lemma: 'smax',
    moves: ['bound', 'shift'],
  },
  {
    id: 'CVE-2018-18445',
    title: '32-bit RSH shifts the whole register and cuts it afterwards',
    range: '4.14.*, 4.15 to 4.18.12',
    version: LATEST,
    variant: {
      registers: (old, { algebra }) => ({
        scalar32Rsh: (dst, src) => {
          const { low } = algebra;
          const { varOff, r64 } = old.scalarRsh(dst, src);
          const lower = { value: low(varOff.value), mask: low(varOff.mask) };
          const r32 = { ...old.range32.unbounded, umin: low(r64.umin), umax: low(r64.umax) };
          return { varOff, r64, r32: old.range32.update(r32, lower) };
        },
      }),
    },
    theorem: 'domain/alu/rsh',
    lemma: '32/tnum',
    moves: ['alu64', 'shift', 'bound'],
  },
  {
    id: 'ARSH32',
    title: '32-bit ARSH takes the sign of the whole register (0af2ffc93a4b)',
    range: '5.0 to 5.5',
    version: LATEST,
    variant: {
      registers: (old, { algebra }) => ({
        scalar32Arsh: (dst, src) => {
          const { low } = algebra;
          const { varOff, r64 } = old.scalarArsh(dst, src);
          const lower = { value: low(varOff.value), mask: low(varOff.mask) };
          return { varOff, r64, r32: old.range32.update(old.range32.unbounded, lower) };
        },
      }),
    },
    theorem: 'domain/alu/arsh',
    lemma: '32/tnum',
    moves: ['alu64', 'shift', 'bound', 'mov32'],
  },
  {
    id: 'CVE-2020-8835',
    title: 'the lower half is taken to lie between the lower halves of the bounds',
    range: '5.4.7 to 5.5',
    version: LATEST,
    variant: {
      registers: (old, { algebra, tnum32 }) => ({
        boundOffset: (one) => {
          const { low, wide, half, zext } = algebra;
          const kept = old.boundOffset(one);
          const cut = tnum32.range(low(one.r64.umin), low(one.r64.umax));
          const { value, mask } = tnum32.intersect(
            { value: low(kept.varOff.value), mask: low(kept.varOff.mask) },
            cut,
          );
          const upper = wide.not(zext(half.ones));
          return {
            ...kept,
            varOff: {
              value: wide.or(wide.and(kept.varOff.value, upper), zext(value)),
              mask: wide.or(wide.and(kept.varOff.mask, upper), zext(mask)),
            },
          };
        },
      }),
    },
    theorem: 'domain/reduction/bound-offset',
    lemma: 'tnum',
    moves: ['bound', 'bound32'],
  },
  {
    id: 'CVE-2020-27194',
    title: "OR takes the register's bounds for the half's signed ones",
    range: '5.7 to 5.8.14',
    version: LATEST,
    variant: {
      registers: (old, { algebra }) => ({
        scalarOr: (dst, src) => {
          const result = old.scalarOr(dst, src);
          const [smin, smax] = [algebra.low(result.r64.umin), algebra.low(result.r64.umax)];
          return { ...result, r32: { ...result.r32, smin, smax } };
        },
      }),
    },
    theorem: 'domain/alu/or',
    lemma: 's32_max',
    moves: ['bound', 'or'],
  },
  {
    id: 'CVE-2021-3490/and',
    title: 'AND with a known lower half leaves the bounds of that half as they were',
    range: '5.7 to 5.12.3',
    version: LATEST,
    variant: staleHalf('scalarAnd'),
    theorem: 'domain/alu/and',
    lemma: 'u32_min',
    moves: ['and', 'or', 'shift'],
  },
  {
    id: 'CVE-2021-3490/or',
    title: 'OR with a known lower half leaves the bounds of that half as they were',
    range: '5.7 to 5.12.3',
    version: LATEST,
    variant: staleHalf('scalarOr'),
    theorem: 'domain/alu/or',
    lemma: 'u32_max',
    moves: ['and', 'or', 'shift'],
  },
  {
    id: 'CVE-2021-3490/xor',
    title: 'XOR with a known lower half leaves the bounds of that half as they were',
    range: '5.10 to 5.12.3',
    version: LATEST,
    variant: staleHalf('scalarXor'),
    theorem: 'domain/alu/xor',
    lemma: 'u32_max',
    moves: ['and', 'xor', 'shift'],
  },
  {
    id: 'CVE-2021-31440',
    title: "each of the register's bounds is taken for the half's where that one fits",
    range: '5.7 to 5.11.11',
    version: 'linux-6.1',
    variant: { rules: { halfBoundsApart: true } },
    theorem: 'domain/extension/combine-into-half',
    lemma: 'u32_min',
    moves: ['bound', 'mov32reg'],
  },
  {
    id: 'CVE-2021-45402',
    title: 'zero-extension copies signed bounds of the half as they are',
    range: 'up to 5.15.11',
    version: LATEST,
    variant: {
      registers: (old, { algebra }) => ({
        assignHalf: (one) => {
          const result = old.assignHalf(one);
          const [smin, smax] = [algebra.sext(one.r32.smin), algebra.sext(one.r32.smax)];
          return { ...result, r64: { ...result.r64, smin, smax } };
        },
      }),
    },
    theorem: 'domain/extension/zero-extend',
    lemma: 'smax',
    moves: ['bound32', 'mov32reg', 'mov32'],
  },
  {
    id: 'MOVSX/64',
    title: 'MOVSX of a bounded register leaves its tnum as it was (380d5f89a481)',
    range: '6.6 to 6.9',
    version: LATEST,
    variant: {
      registers: (old) => ({
        signExtend: (one, size) => ({ ...old.signExtend(one, size), varOff: one.varOff }),
      }),
    },
    theorem: 'domain/extension/sign-extend',
    lemma: '8/tnum',
    moves: ['and', 'movsx'],
  },
  {
    id: 'MOVSX/32',
    title: '32-bit MOVSX of a bounded register leaves its tnum as it was (44b7f7151dfc)',
    range: '6.6 to 6.9',
    version: LATEST,
    variant: {
      registers: (old) => ({
        signExtendHalf: (one, size) => ({ ...old.signExtendHalf(one, size), varOff: one.varOff }),
      }),
    },
    theorem: 'domain/extension/sign-extend-half',
    lemma: '8/tnum',
    moves: ['and', 'movsx32'],
  },
  {
    id: 'CVE-2026-31413',
    title: 'OR of 0 or -1 with a constant is tracked as AND is: 0 | K as 0',
    range: '6.12.75 to 6.12.79, 6.18.16 to 6.18.20, 6.19.6 to 6.19.10',
    version: LATEST,
    variant: {
      registers: (old, d) => ({
        scalarOr: (dst, src) => {
          const { wide, logic } = d.algebra;
          const { smin, smax } = dst.r64;
          const forked = logic.and(wide.eq(smin, wide.ones), wide.eq(smax, wide.zero));
          return d.ite(
            logic.and(forked, d.tnum.isConst(src.varOff)),
            () => dst,
            () => old.scalarOr(dst, src),
          );
        },
      }),
    },
    theorem: 'domain/alu/or',
    lemma: 'smax',
    moves: ['shift', 'or'],
  },
  {
    id: '5.9/SUB',
    title: 'a signed difference that does not fit in 64 bits is not noticed (found by Agni)',
    range: '5.7 to 5.10',
    version: LATEST,
    variant: { rules: { checksDifference: false } },
    theorem: 'domain/alu/sub',
    lemma: 'smax',
    moves: ['bound', 'sub'],
  },
];

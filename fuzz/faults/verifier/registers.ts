// Faults in what the verifier makes of numbers: arithmetic, moves, comparisons, links.

import type { Jump } from '../../../model/verifier/steps/jump.ts';
import { scalarRegister } from '../../../model/verifier/steps/scalar.ts';
import { inPart, type VerifierFault } from './fault.ts';

type Op = Jump['op'];

/** Comparisons with others in their place. */
const replaced = (ops: Partial<Record<Op, Op>>, jump: Jump): Jump => ({
  ...jump,
  op: ops[jump.op] ?? jump.op,
});

const UNSIGNED: Partial<Record<Op, Op>> = { jsgt: 'jgt', jsge: 'jge', jslt: 'jlt', jsle: 'jle' };
const STRICT: Partial<Record<Op, Op>> = { jge: 'jgt', jle: 'jlt', jsge: 'jsgt', jsle: 'jslt' };

export const REGISTER_FAULTS: readonly VerifierFault[] = [
  {
    name: 'verifier/alu32-as-alu64',
    summary: 'results of 32-bit arithmetic are not cut',
    unsound: true,
    change: inPart('alu', ({ ofNumbers }) => ({
      ofNumbers: (v, sum, dst, src) => ofNumbers(v, { ...sum, width: 64 }, dst, src),
    })),
  },
  {
    name: 'verifier/xor-as-or',
    summary: 'XOR is tracked as OR',
    unsound: true,
    change: inPart('alu', ({ ofNumbers }) => ({
      ofNumbers: (v, sum, dst, src) =>
        ofNumbers(v, sum.op === 'XOR' ? { ...sum, op: 'OR' } : sum, dst, src),
    })),
  },
  {
    name: 'verifier/arsh-as-rsh',
    summary: 'an arithmetic shift to the right shifts in zeros',
    unsound: true,
    change: inPart('alu', ({ ofNumbers }) => ({
      ofNumbers: (v, sum, dst, src) =>
        ofNumbers(v, sum.op === 'ARSH' ? { ...sum, op: 'RSH' } : sum, dst, src),
    })),
  },
  {
    name: 'verifier/sub-as-add',
    summary: 'a difference of numbers is tracked as their sum',
    unsound: true,
    change: inPart('alu', ({ ofNumbers }) => ({
      ofNumbers: (v, sum, dst, src) =>
        ofNumbers(v, sum.op === 'SUB' ? { ...sum, op: 'ADD' } : sum, dst, src),
    })),
  },
  {
    name: 'verifier/div-keeps-dividend',
    summary: 'a quotient or remainder is what was divided',
    unsound: true,
    change: inPart('alu', ({ ofNumbers }) => ({
      ofNumbers: (v, sum, dst, src) => (/DIV|MOD/.test(sum.op) ? dst : ofNumbers(v, sum, dst, src)),
    })),
  },
  {
    name: 'verifier/fork-forgets-zero',
    summary: 'a number in [-1, 0] goes through AND and OR as -1 twice',
    unsound: true,
    change: inPart('alu', ({ known }) => ({
      known: (v, width, number) => known(v, width, number, -1n),
    })),
  },
  {
    name: 'verifier/fork-or-as-and',
    summary: 'a number in [-1, 0] that is 0 is 0 after OR, too (CVE-2026-31413)',
    unsound: true,
    change: inPart('alu', ({ ofNumbers, forkWidth }) => ({
      ofNumbers: (v, sum, dst, src) => {
        if (sum.op !== 'OR' || forkWidth(v, sum.op, dst.value, src.value) !== 64) {
          return ofNumbers(v, sum, dst, src);
        }
        const { frame } = v.parts.explore.pushBranch(v, v.pc + 1);
        v.refine(frame, sum.dst, scalarRegister(v, v.domain.constant(0n)));
        return scalarRegister(v, v.domain.constant((1n << 64n) - 1n));
      },
    })),
  },
  {
    name: 'verifier/divisor-zero',
    summary: 'immediate divisors of 0 are let through',
    unsound: false,
    change: inPart('alu', () => ({ checkDivisor: () => {} })),
  },
  {
    name: 'verifier/shift-by-width',
    summary: 'an immediate count may be the width',
    unsound: false,
    change: inPart('alu', ({ checkShift }) => ({
      checkShift: (v, op, width, imm) => {
        if (imm !== width) checkShift(v, op, width, imm);
      },
    })),
  },
  {
    name: 'verifier/mov32-keeps-upper-half',
    summary: 'a 32-bit move copies all 64 bits',
    unsound: true,
    change: inPart('mov', ({ copy, copyWord }) => ({
      copyWord: (v, src) =>
        v.frame.registers[src]!.type === 'scalar' ? copy(v, src) : copyWord(v, src),
    })),
  },
  {
    name: 'verifier/mov32-imm-sign-extends',
    summary: 'a 32-bit immediate is extended to 64 bits by its sign (CVE-2017-16995)',
    unsound: true,
    change: inPart('mov', ({ immediate }) => ({
      immediate: (v, _width, imm) => immediate(v, 64, imm),
    })),
  },
  {
    name: 'verifier/mov64-imm-zero-extends',
    summary: 'a 64-bit move of an immediate does not extend its sign',
    unsound: true,
    change: inPart('mov', ({ immediate }) => ({
      immediate: (v, _width, imm) => immediate(v, 32, imm),
    })),
  },
  {
    name: 'verifier/movsx-copies',
    summary: 'a move with sign extension copies the whole register',
    unsound: true,
    change: inPart('mov', ({ copy, signExtend }) => ({
      signExtend: (v, src, bits, width) =>
        v.frame.registers[src]!.type === 'scalar' ? copy(v, src) : signExtend(v, src, bits, width),
    })),
  },
  {
    name: 'verifier/mov32-links-any',
    summary: 'a 32-bit move shares the id of a number that may be longer',
    unsound: true,
    change: inPart('mov', () => ({ fits: () => true })),
  },
  {
    name: 'verifier/neg-keeps',
    summary: 'a negated number is still known',
    unsound: true,
    change: inPart('unary', () => ({ neg: (_v, _width, value) => value })),
  },
  {
    name: 'verifier/end-keeps',
    summary: 'a number whose bytes are swapped is still known',
    unsound: true,
    change: inPart('unary', () => ({ end: (_v, value) => value })),
  },
  {
    name: 'verifier/end-keeps-id',
    summary: 'a byte swap leaves the link to other registers (CVE-2026-43070)',
    unsound: true,
    change: inPart('transfer', ({ swap }) => ({
      swap: (v, instruction) => {
        const { id } = v.frame.registers[instruction.dst]!;
        const next = swap(v, instruction);
        const swapped = v.frame.registers[instruction.dst]!;
        v.refine(v.frame, instruction.dst, swapped.with({ id }));
        return next;
      },
    })),
  },
  {
    name: 'verifier/refine-other-side',
    summary: 'each side of a branch learns what the other should',
    unsound: true,
    change: inPart('jump', ({ refine }) => ({
      refine: (v, jump, taken, dst, src) => refine(v, jump, !taken, dst, src),
    })),
  },
  {
    name: 'verifier/refine-signed-as-unsigned',
    summary: 'signed comparisons teach unsigned bounds',
    unsound: true,
    change: inPart('jump', ({ refine }) => ({
      refine: (v, jump, taken, dst, src) => refine(v, replaced(UNSIGNED, jump), taken, dst, src),
    })),
  },
  {
    name: 'verifier/refine-strict',
    summary: 'comparisons that allow equality teach as if they did not',
    unsound: true,
    change: inPart('jump', ({ refine }) => ({
      refine: (v, jump, taken, dst, src) => refine(v, replaced(STRICT, jump), taken, dst, src),
    })),
  },
  {
    name: 'verifier/refine-jmp32-as-jmp64',
    summary: '32-bit comparisons teach about all 64 bits',
    unsound: true,
    change: inPart('jump', ({ refine }) => ({
      refine: (v, jump, taken, dst, src) => refine(v, { ...jump, width: 64 }, taken, dst, src),
    })),
  },
  {
    name: 'verifier/decides-jmp32-by-64-bits',
    summary: '32-bit comparisons are decided by all 64 bits',
    unsound: true,
    change: inPart('jump', ({ branchTaken }) => ({
      branchTaken: (v, jump, dst, src) =>
        dst.type === 'scalar' && src.type === 'scalar'
          ? branchTaken(v, { ...jump, width: 64 }, dst, src)
          : branchTaken(v, jump, dst, src),
    })),
  },
  {
    name: 'verifier/decides-signed-as-unsigned',
    summary: 'signed comparisons are decided by unsigned bounds',
    unsound: true,
    change: inPart('jump', ({ branchTaken }) => ({
      branchTaken: (v, jump, dst, src) => branchTaken(v, replaced(UNSIGNED, jump), dst, src),
    })),
  },
  {
    name: 'verifier/compares-pointers-unprivileged',
    summary: 'programs without privileges may compare pointers with numbers',
    unsound: false,
    change: inPart('jump', () => ({ refusesPointer: () => false })),
  },
  {
    name: 'verifier/never-unlinked',
    summary: 'a number that changes keeps the link to its copies',
    unsound: true,
    change: inPart('linked', () => ({ unlink: (register) => register })),
  },
  {
    name: 'verifier/link-forgets-delta',
    summary: 'what is known of a number is taken for its sum with a constant, too (3878ae04e9fc)',
    unsound: true,
    change: inPart('linked', () => ({
      linkedValue: (_v, known, linked) => linked.with({ value: known.value }),
    })),
  },
  {
    name: 'verifier/link-delta-reversed',
    summary: 'the constant between linked numbers is subtracted where it is to be added',
    unsound: true,
    change: inPart('linked', ({ linkedValue }) => ({
      linkedValue: (v, known, linked) => {
        const swapped = linkedValue(
          v,
          known.with({ off: linked.off }),
          linked.with({ off: known.off }),
        );
        return linked.with({ value: swapped.value });
      },
    })),
  },
  {
    name: 'verifier/sum-is-a-copy',
    summary: 'a number that a constant was added to keeps the id of the copy',
    unsound: true,
    change: inPart('linked', () => ({
      linkSum: (_v, dst, _addend, sum) => sum.with({ id: dst.id }),
    })),
  },
  {
    name: 'verifier/unknown-is-zero',
    summary: 'the difference of two pointers is 0',
    unsound: true,
    change: inPart('alu', ({ ofPointers }) => ({
      ofPointers: (v, sum) => {
        ofPointers(v, sum);
        return scalarRegister(v, v.domain.constant(0n));
      },
    })),
  },
];

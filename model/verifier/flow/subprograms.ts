// Where functions start and end, and that no jump leaves them (`add_subprog_and_kfunc`, `check_subprogs`,
// `check_abnormal_return`).

import type { Instruction } from '../../isa/instruction.ts';
import { targetOf } from '../../isa/program.ts';
import { TAIL_CALL } from '../helpers/prototypes.ts';
import type { Verification } from '../verification.ts';
import type { Subprogram } from './facts.ts';

type Code = readonly (Instruction | undefined)[];

export interface SubprogramPart {
  /** Local calls need CAP_BPF. */
  checkCallPrivilege(v: Verification): void;
  checkCallTarget(v: Verification, target: number): void;
  /** `count` functions, the entry included: at most `limits.subprograms`. */
  checkCount(v: Verification, count: number): void;
  checkJump(v: Verification, subprogram: Subprogram, pc: number, target: number): void;
  /** The last slot of a function, which control must not run past. */
  checkLast(v: Verification, instruction: Instruction | undefined): void;
  /** What may leave a function other than by its exit needs BTF that says what the function returns. */
  checkAbnormalReturn(v: Verification, subprogram: Subprogram): void;
}

export const SUBPROGRAM_PART: SubprogramPart = {
  checkCallPrivilege: (v) => {
    if (v.subject.privileged) return;
    v.reject(
      'EPERM',
      'loading/calling other bpf or kernel functions are allowed for CAP_BPF and CAP_SYS_ADMIN',
    );
  },
  checkCallTarget: (v, target) => {
    if (target >= 0 && target < v.subject.program.code.length) return;
    v.reject('EINVAL', 'call to invalid destination');
  },
  checkCount: (v, count) => {
    if (count > v.rules.limits.subprograms) v.reject('E2BIG', 'too many subprograms');
  },
  checkJump: (v, { start, end }, pc, target) => {
    if (target >= start && target < end) return;
    v.reject('EINVAL', `jump out of range from insn ${pc} to ${target}`, pc);
  },
  checkLast: (v, instruction) => {
    const family = instruction?.row.operation.family;
    if (family === 'exit' || family === 'ja') return;
    v.reject('EINVAL', 'last insn is not an exit or jmp');
  },
  checkAbnormalReturn: (v, { hasPacketLoad, hasTailCall }) => {
    if (v.subject.btf) return;
    if (hasPacketLoad) v.reject('EINVAL', 'LD_ABS is not allowed in subprogs without BTF');
    if (hasTailCall) v.reject('EINVAL', 'tail_call is not allowed in subprogs without BTF');
  },
};

/** Where functions start, ascending: the entry, and what local calls name. */
export function functionStarts(v: Verification): number[] {
  const { flow: rules } = v.parts;
  const starts = new Set([0]);
  v.subject.program.code.forEach((instruction, pc) => {
    if (instruction === undefined || !namesFunction(v, instruction)) return;
    rules.checkCallPrivilege(v);
    const target = targetOf(instruction, pc)!;
    rules.checkCallTarget(v, target);
    if (starts.has(target)) return;
    rules.checkCount(v, starts.size + 1);
    starts.add(target);
  });
  return [...starts].sort((a, b) => a - b);
}

/** Kernel functions are found at the same place, but are not modelled; nor are addresses of functions. */
function namesFunction(v: Verification, { row: { operation }, imm }: Instruction): boolean {
  if (operation.family === 'call') {
    if (operation.op === 'CALL_BTF') {
      v.parts.flow.checkCallPrivilege(v);
      v.unsupported(`kernel function with BTF id ${imm}`);
    }
    return operation.op === 'CALL_LOCAL';
  }
  if (operation.family === 'ld_imm64' && operation.op === 'LD_CODE_ADDR') {
    v.parts.flow.checkCallPrivilege(v);
    v.unsupported('the address of a function (BPF_PSEUDO_FUNC)');
  }
  return false;
}

/** The functions between these starts. */
export function subprogramsFrom(code: Code, starts: readonly number[]): Subprogram[] {
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? code.length;
    let hasTailCall = false;
    let hasPacketLoad = false;
    for (let pc = start; pc < end; pc++) {
      const instruction = code[pc];
      if (instruction === undefined) continue;
      const { operation } = instruction.row;
      if (operation.family === 'packet') hasPacketLoad = true;
      hasTailCall ||= isTailCall(instruction);
    }
    return { start, end, hasTailCall, hasPacketLoad };
  });
}

export function isTailCall({ row: { operation }, imm }: Instruction): boolean {
  return operation.family === 'call' && operation.op === 'CALL_HELPER' && imm === TAIL_CALL;
}

/** Jumps and ends of functions, in the order of the slots. */
export function checkSubprograms(v: Verification, subprograms: readonly Subprogram[]): void {
  const { flow: rules } = v.parts;
  const { code } = v.subject.program;
  for (const subprogram of subprograms) {
    for (let pc = subprogram.start; pc < subprogram.end; pc++) {
      const instruction = code[pc];
      const family = instruction?.row.operation.family;
      if (family === 'jump' || family === 'may_goto' || family === 'ja') {
        rules.checkJump(v, subprogram, pc, targetOf(instruction!, pc)!);
      }
    }
    rules.checkLast(v, code[subprogram.end - 1]);
  }
}

// Which instructions can be reached, and by which edges control goes back (`check_cfg`); where states are kept and
// compared. By an explicit stack: programs have up to a million instructions.

import type { Instruction } from '../../isa/instruction.ts';
import { targetOf } from '../../isa/program.ts';
import type { Verification } from '../verification.ts';
import { FLOW } from './facts.ts';

type Slot = Instruction | undefined;
type Code = readonly Slot[];

export interface ReachPart {
  /** An edge to an instruction whose successors are not all gone through: a loop, or a recursion. */
  checkBackEdge(v: Verification, from: number, to: number): void;
  checkReached(v: Verification, pc: number, reached: boolean): void;
  /** The second slot of a wide instruction. */
  checkInside(v: Verification, pc: number, reached: boolean): void;
  /** Sets the bits of `FLOW` by slot. */
  markFlow(code: Code, flags: Uint8Array): void;
}

export const REACH_PART: ReachPart = {
  checkBackEdge: (v, from, to) => {
    if (v.subject.privileged && mayLoop(v, v.subject.program.code[from])) return;
    v.reject('EINVAL', `back-edge from insn ${from} to ${to}`, from);
  },
  checkReached: (v, pc, reached) => {
    if (!reached) v.reject('EINVAL', `unreachable insn ${pc}`, pc);
  },
  checkInside: (v, pc, reached) => {
    if (reached) v.reject('EINVAL', `jump into the middle of ldimm64 insn ${pc}`, pc);
  },
  markFlow,
};

/** Whether an edge of a privileged program may lead back; a back edge out of a call to its callee is a recursion. */
function mayLoop({ rules }: Verification, from: Slot): boolean {
  if (rules.backEdges === 'any') return true;
  const family = from?.row.operation.family;
  return family === 'jump' || family === 'ja';
}

const NO_EDGE = -1;

/** Where control may go on from a slot: the first edge, then the second. */
function edge(instruction: Slot, pc: number, index: number): number {
  // The second slot of a wide instruction, which has opcode 0, passes for an instruction that falls through.
  if (instruction === undefined) return index === 0 ? pc + 1 : NO_EDGE;
  const { operation } = instruction.row;
  switch (operation.family) {
    case 'exit':
      return NO_EDGE;
    case 'ja':
      return index === 0 ? targetOf(instruction, pc)! : NO_EDGE;
    case 'ld_imm64':
      return index === 0 ? pc + 2 : NO_EDGE;
    case 'jump':
    case 'may_goto':
    case 'call':
      if (index === 0) return pc + 1;
      return index === 1 ? (targetOf(instruction, pc) ?? NO_EDGE) : NO_EDGE;
    default:
      return index === 0 ? pc + 1 : NO_EDGE;
  }
}

const UNSEEN = 0;
/** On the way: not all successors were gone through. */
const DISCOVERED = 1;
const EXPLORED = 2;

/** Goes through all edges depth first, the way on before the jump. @returns what was reached, by slot. */
function explore(v: Verification, code: Code): Uint8Array {
  const states = new Uint8Array(code.length);
  const edges = new Uint8Array(code.length);
  const stack = new Int32Array(code.length);
  let depth = 1;
  states[0] = DISCOVERED;
  while (depth > 0) {
    const pc = stack[depth - 1]!;
    const next = edge(code[pc], pc, edges[pc]!);
    if (next === NO_EDGE) {
      states[pc] = EXPLORED;
      depth--;
      continue;
    }
    edges[pc]!++;
    if (states[next] === DISCOVERED) v.parts.flow.checkBackEdge(v, pc, next);
    if (states[next] !== UNSEEN) continue;
    states[next] = DISCOVERED;
    stack[depth++] = next;
  }
  return states;
}

/** Refuses code that cannot be reached, jumps into wide instructions and back edges. */
export function checkReach(v: Verification): void {
  const { code } = v.subject.program;
  const { flow: rules } = v.parts;
  const states = explore(v, code);
  for (let pc = 0; pc < code.length; pc++) {
    rules.checkReached(v, pc, states[pc] !== UNSEEN);
    if (code[pc]?.row.operation.family === 'ld_imm64') {
      rules.checkInside(v, pc, states[pc + 1] !== UNSEEN);
      pc++;
    }
  }
}

/**
 * States are compared before conditional jumps and local calls, where jumps lead, after calls, and where functions
 * start; kept always at may_goto. All that reaches a slot other than from the one before is a jump point.
 */
function markFlow(code: Code, flags: Uint8Array): void {
  const mark = (pc: number, bits: number) => {
    flags[pc]! |= bits;
  };
  const target = FLOW.prunePoint | FLOW.jumpPoint;
  code.forEach((instruction, pc) => {
    if (instruction === undefined) return;
    const { family } = instruction.row.operation;
    const to = targetOf(instruction, pc);
    if (family === 'call') mark(pc + 1, target);
    if (to === undefined) return;
    mark(to, target);
    if (family !== 'ja') mark(pc, FLOW.prunePoint);
    if (family === 'may_goto') mark(pc, FLOW.forcedCheckpoint);
  });
}

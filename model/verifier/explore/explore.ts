// Goes through a program's paths one by one, each up to its end or to a state that an earlier one covers (`do_check`).

import { FRAME_POINTER, type Program } from '../../isa/program.ts';
import type { Family } from '../../isa/row.ts';
import { FLOW } from '../flow/facts.ts';
import { type ExplorePart, PATH_ENDS, type Parts, type Transfer } from '../parts.ts';
import { Frame } from '../state/frame.ts';
import { Register } from '../state/register.ts';
import { State } from '../state/state.ts';
import type { Verification } from '../verification.ts';
import { recordArrival, recordNotes } from './history.ts';
import { finishPath } from './loops.ts';

/** What a path starts with: the context in r1, the entry's frame in r10. */
export function initialState(v: Verification): State {
  const zero = v.domain.constant(0n);
  const registers = new Array<Register>(FRAME_POINTER).fill(v.notInit);
  registers[1] = new Register('ctx', zero);
  registers.push(new Register('fp', zero));
  const state = new State([new Frame(0, 0, -1, registers)]);
  state.lastPc = -1;
  return state;
}

/** What the loop needs of each slot, looked up once. */
interface Plan {
  readonly transfers: readonly (Transfer | undefined)[];
  /** 1 for instructions of the jump classes. */
  readonly jumps: Uint8Array;
}

const JUMPS: ReadonlySet<Family> = new Set(['jump', 'ja', 'may_goto', 'call', 'exit']);

function planOf({ code }: Program, { transfer }: Parts): Plan {
  return {
    transfers: code.map((instruction) => instruction && transfer[instruction.row.operation.family]),
    jumps: Uint8Array.from(code, (instruction) =>
      instruction !== undefined && JUMPS.has(instruction.row.operation.family) ? 1 : 0,
    ),
  };
}

function explore(v: Verification): void {
  v.state = initialState(v);
  v.log.start(v.state);
  follow(v, 0);
}

/** Goes through all paths that go on from the current state at a slot. */
export function follow(v: Verification, pc: number): void {
  const plan = planOf(v.subject.program, v.parts);
  runPath(v, plan, pc, -1);
  for (;;) {
    const branch = v.exploration.waiting.pop();
    if (branch === undefined) return;
    v.state = branch.state;
    v.log.resume(branch.state, branch.previousPc, branch.logPosition);
    runPath(v, plan, branch.pc, branch.previousPc);
  }
}

/** Follows the current state from `start` on, where it came from `from`. */
function runPath(v: Verification, plan: Plan, start: number, from: number): void {
  const { state, exploration, log, seen } = v;
  const { code } = v.subject.program;
  const { flags } = v.flow;
  const processedMax = v.rules.limits.processed;
  state.lastPc = from;
  for (let pc = start; pc !== PATH_ENDS; ) {
    v.pc = pc;
    if (++v.processed > processedMax) {
      v.reject('E2BIG', `BPF program is too large. Processed ${v.processed} insn`);
    }
    exploration.step = undefined;
    const flag = flags[pc]!;
    if ((flag & FLOW.prunePoint) !== 0 && v.parts.checkpoints.visit(v)) {
      log.pruned(state, pc);
      break;
    }
    if ((flag & FLOW.jumpPoint) !== 0) recordArrival(v);
    const instruction = code[pc]!;
    if (log.level > 0) log.instruction(state, pc, instruction);
    v.observer?.(v);
    seen[pc] = 1;
    exploration.jumps += plan.jumps[pc]!;
    const next = plan.transfers[pc]!(v, instruction);
    if (log.level > 0 && instruction.row.operation.family === 'jump') log.changes(state, pc);
    recordNotes(v);
    state.lastPc = pc;
    pc = next;
  }
  finishPath(state);
}

function pushBranch(v: Verification, pc: number): State {
  const { waiting } = v.exploration;
  // Both sides remember what the instruction has noted.
  recordNotes(v);
  const state = v.state.copy();
  waiting.push({ state, pc, previousPc: v.pc, logPosition: v.log.position });
  if (waiting.length > v.rules.limits.jumpSequence) {
    v.reject('E2BIG', `The sequence of ${waiting.length} jumps is too complex.`);
  }
  if (state.parent !== undefined) state.parent.branches++;
  return state;
}

export const EXPLORE_PART: ExplorePart = { explore, pushBranch };

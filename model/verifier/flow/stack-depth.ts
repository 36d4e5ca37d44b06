// How much stack chains of calls take (`check_max_stack_depth`): whether or not a path goes through a call.

import { targetOf } from '../../isa/program.ts';
import type { VerifierRules } from '../rules.ts';
import type { Verification } from '../verification.ts';
import type { Subprogram } from './facts.ts';

export interface StackDepthPart {
  /** What a function's stack takes, of which it was seen to use `depth` bytes. */
  roundStack(rules: VerifierRules, jited: boolean, depth: number): number;
  /** `depth` bytes of the callers of a function: less than `limits.tailCallerStack` where it tail-calls. */
  checkTailCaller(v: Verification, subprogram: Subprogram, depth: number): void;
  /** `depth` bytes of a chain of `calls` frames. */
  checkCombined(v: Verification, calls: number, depth: number): void;
  /** A chain of this many calls, each of which has a frame beside the entry's. */
  checkCallDepth(v: Verification, calls: number): void;
}

export const STACK_DEPTH_PART: StackDepthPart = {
  roundStack: ({ stackRounding, stackLeast }, jited, depth) => {
    const kind = jited ? 'jited' : 'interpreted';
    const step = stackRounding[kind];
    return Math.ceil(Math.max(depth, stackLeast[kind]) / step) * step;
  },
  checkTailCaller: (v, { start, hasTailCall }, depth) => {
    const { tailCallerStack } = v.rules.limits;
    if (start === 0 || !hasTailCall || tailCallerStack === 'none' || depth < tailCallerStack)
      return;
    v.reject(
      'EACCES',
      `tail_calls are not allowed when call stack of previous frames is ${depth} bytes. Too large`,
    );
  },
  checkCombined: (v, calls, depth) => {
    if (depth <= v.rules.limits.stack) return;
    v.reject('EACCES', `combined stack size of ${calls} calls is ${depth}. Too large`);
  },
  checkCallDepth: (v, calls) => {
    if (calls < v.rules.limits.frames) return;
    v.reject('E2BIG', `the call stack of ${calls} frames is too deep !`);
  },
};

/** The functions that each function calls, in the order of the calls, each once. */
function calleesOf(v: Verification): number[][] {
  const { subprograms, functionOf } = v.flow;
  const { code } = v.subject.program;
  return subprograms.map(({ start, end }) => {
    const callees = new Set<number>();
    for (let pc = start; pc < end; pc++) {
      const instruction = code[pc];
      if (instruction?.row.name === 'CALL_LOCAL') {
        callees.add(functionOf[targetOf(instruction, pc)!]!);
      }
    }
    return [...callees];
  });
}

/** What a function's stack counts for, once all paths were gone through. */
export function frameBytes(v: Verification, index: number): number {
  return v.parts.flow.roundStack(v.rules, v.subject.jited, v.stackDepths[index] ?? 0);
}

/** Goes through all chains of calls, depth first; one that meets a function as deep as before is not gone on with. */
export function checkStackDepth(v: Verification): void {
  const { flow: rules } = v.parts;
  const callees = calleesOf(v);
  const safe = new Set<string>();
  const enter = (index: number, calls: number, callersDepth: number) => {
    const key = `${index} ${calls} ${callersDepth}`;
    if (safe.has(key)) return;
    rules.checkTailCaller(v, v.flow.subprograms[index]!, callersDepth);
    const depth = callersDepth + frameBytes(v, index);
    rules.checkCombined(v, calls + 1, depth);
    for (const callee of callees[index]!) {
      rules.checkCallDepth(v, calls + 1);
      enter(callee, calls + 1, depth);
    }
    safe.add(key);
  };
  enter(0, 0, 0);
}

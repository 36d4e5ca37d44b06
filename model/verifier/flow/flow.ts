// The structure of a program: what is checked of it before any path is gone through, and after all were. In the
// kernel's order, which decides what is told of a program with several faults.

import type { Verification } from '../verification.ts';
import type { FlowFacts } from './facts.ts';
import { checkFixups, FIXUP_PART, type FixupPart } from './fixups.ts';
import { checkReach, REACH_PART, type ReachPart } from './reach.ts';
import { checkReferences, REFERENCE_PART, type ReferencePart } from './references.ts';
import { SIZE_PART, type SizePart } from './size.ts';
import { checkStackDepth, STACK_DEPTH_PART, type StackDepthPart } from './stack-depth.ts';
import {
  checkSubprograms,
  functionStarts,
  SUBPROGRAM_PART,
  type SubprogramPart,
  subprogramsFrom,
} from './subprograms.ts';

export interface FlowPart
  extends SizePart,
    SubprogramPart,
    ReferencePart,
    ReachPart,
    StackDepthPart,
    FixupPart {
  /** Length and type: what is refused before anything is logged. */
  checkSize(v: Verification): void;
  /** Functions and jumps in them, maps, reachability and back edges; where states are kept. */
  facts(v: Verification): FlowFacts;
  /** After all paths were gone through: the stack of chains of calls, and what rewriting the program finds. */
  checkStackDepth(v: Verification): void;
}

/** @param starts of functions. Nothing is known of slots yet but their function. */
function factsFrom(v: Verification, starts: readonly number[]): FlowFacts {
  const { code } = v.subject.program;
  const subprograms = subprogramsFrom(code, starts);
  const functionOf = new Uint16Array(code.length);
  for (const [index, { start, end }] of subprograms.entries()) functionOf.fill(index, start, end);
  return { subprograms, functionOf, flags: new Uint8Array(code.length) };
}

export const FLOW_PART: FlowPart = {
  ...SIZE_PART,
  ...SUBPROGRAM_PART,
  ...REFERENCE_PART,
  ...REACH_PART,
  ...STACK_DEPTH_PART,
  ...FIXUP_PART,
  checkSize: (v) => {
    v.parts.flow.checkLength(v);
    v.parts.flow.checkType(v);
  },
  facts: (v) => {
    const { flow: rules } = v.parts;
    const { code } = v.subject.program;
    const starts = functionStarts(v);
    v.log.functions(starts);
    v.seen = new Uint8Array(code.length);
    // For the statistics of a program that is refused from here on.
    v.flow = factsFrom(v, starts);
    const { subprograms } = v.flow;
    checkSubprograms(v, subprograms);
    for (const subprogram of subprograms.slice(1)) rules.checkAbnormalReturn(v, subprogram);
    checkReferences(v);
    checkReach(v);
    rules.markFlow(code, v.flow.flags);
    return v.flow;
  },
  checkStackDepth: (v) => {
    // What is found now is the fault of no instruction.
    v.pc = -1;
    checkStackDepth(v);
    checkFixups(v);
  },
};

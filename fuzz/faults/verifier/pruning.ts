// Faults in pruning: what covers what, what counts as read, what has to be precise.

import type { IdMap } from '../../../model/verifier/parts.ts';
import { isPointer } from '../../../model/verifier/state/register.ts';
import { inPart, type VerifierFault } from './fault.ts';

const ANY_IDS: IdMap = { match: () => true, fresh: () => 0 };

export const PRUNING_FAULTS: readonly VerifierFault[] = [
  {
    name: 'verifier/covers-registers-alone',
    summary: 'the stack is not compared',
    unsound: true,
    change: inPart('prune', () => ({ coversSlot: () => true })),
  },
  {
    name: 'verifier/covers-running-frame-alone',
    summary: 'the frames of callers are not compared',
    unsound: true,
    change: inPart('prune', ({ coversFrame }) => ({
      coversFrame: (v, old, current, ids, exactly) =>
        current !== v.frame || coversFrame(v, old, current, ids, exactly),
    })),
  },
  {
    name: 'verifier/covers-any-scalar',
    summary: 'numbers cover each other although safety hangs on them',
    unsound: true,
    change: inPart('prune', ({ coversRegister }) => ({
      coversRegister: (v, old, current, ids, exactly) =>
        (exactly === 'no' && old.type === 'scalar' && current.type === 'scalar') ||
        coversRegister(v, old, current, ids, exactly),
    })),
  },
  {
    name: 'verifier/covers-pointer-by-scalar',
    summary: 'a number that nothing depended on covers pointers (CVE-2017-17855)',
    unsound: true,
    change: inPart('prune', ({ coversRegister }) => ({
      coversRegister: (v, old, current, ids, exactly) =>
        (exactly === 'no' && old.type === 'scalar' && !old.precise && isPointer(current)) ||
        coversRegister(v, old, current, ids, exactly),
    })),
  },
  {
    name: 'verifier/covers-less-packet',
    summary: 'a packet pointer covers others of which less was checked',
    unsound: true,
    change: inPart('prune', ({ coversRegister }) => ({
      coversRegister: (v, old, current, ids, exactly) =>
        coversRegister(v, old, current.with({ range: old.range }), ids, exactly),
    })),
  },
  {
    name: 'verifier/covers-any-offset',
    summary: 'pointers cover others with another constant offset',
    unsound: true,
    change: inPart('prune', ({ coversRegister }) => ({
      coversRegister: (v, old, current, ids, exactly) =>
        coversRegister(v, old, current.with({ off: old.off }), ids, exactly),
    })),
  },
  {
    name: 'verifier/covers-any-map',
    summary: 'values of one map cover those of others',
    unsound: true,
    change: inPart('prune', ({ coversRegister }) => ({
      coversRegister: (v, old, current, ids, exactly) =>
        coversRegister(v, old, current.with({ map: old.map }), ids, exactly),
    })),
  },
  {
    name: 'verifier/covers-unlinked',
    summary: 'linked registers cover others that are not linked',
    unsound: true,
    change: inPart('prune', ({ coversRegister }) => ({
      coversRegister: (v, old, current, _ids, exactly) =>
        coversRegister(v, old, current.with({ id: current.id || 1 }), ANY_IDS, exactly),
    })),
  },
  {
    name: 'verifier/covers-nullable',
    summary: 'a pointer that is not null covers one that may be',
    unsound: true,
    change: inPart('prune', ({ coversRegister }) => ({
      coversRegister: (v, old, current, ids, exactly) =>
        coversRegister(
          v,
          old,
          old.type === 'map_value' && current.type === 'map_value_or_null'
            ? current.with({ type: 'map_value', id: old.id })
            : current,
          ids,
          exactly,
        ),
    })),
  },
  {
    name: 'verifier/reads-not-marked',
    summary: 'reads of registers do not count',
    unsound: true,
    change: inPart('liveness', () => ({ readRegister: () => {} })),
  },
  {
    name: 'verifier/slot-reads-not-marked',
    summary: 'reads of the stack do not count',
    unsound: true,
    change: inPart('liveness', () => ({ readSlot: () => {} })),
  },
  {
    name: 'verifier/reads-not-passed-on',
    summary: 'where a path is pruned, what the earlier one read does not count for it',
    unsound: true,
    change: inPart('liveness', () => ({ propagate: () => {} })),
  },
  {
    name: 'verifier/arguments-not-passed-on',
    summary: 'what a function reads of its arguments does not count for its caller',
    unsound: true,
    change: inPart('liveness', ({ enterFrame }) => ({
      enterFrame: (caller, callee) => {
        enterFrame(caller, callee);
        callee.written.registers |= 0b111110;
      },
    })),
  },
  {
    name: 'verifier/returns-not-passed-on',
    summary: 'what a caller reads of R0 does not count for the function that returned it',
    unsound: true,
    change: inPart('liveness', ({ leaveFrame }) => ({
      leaveFrame: (callee, caller) => {
        leaveFrame(callee, caller);
        caller.written.registers |= 1;
      },
    })),
  },
  {
    name: 'verifier/partial-write-is-whole',
    summary: 'a store of a part of a slot counts as one of all of it',
    unsound: true,
    change: inPart('stackWrite', ({ write }) => ({
      write: (v, register, range, size, value) => {
        write(v, register, range, size, value);
        if (!range.varies) range.frame.written.slots.add((-range.least - 1) >> 3);
      },
    })),
  },
  {
    name: 'verifier/never-precise',
    summary: 'no number is ever precise',
    unsound: true,
    change: inPart('precision', () => ({ markRegister: () => {} })),
  },
  {
    name: 'verifier/precision-not-passed-on',
    summary: 'where a path is pruned, what had to be precise in the earlier one does not in it',
    unsound: true,
    change: inPart('precision', () => ({ propagate: () => {} })),
  },
  {
    name: 'verifier/precision-ends-at-checkpoint',
    summary: 'precision is not traced back beyond the last checkpoint',
    unsound: true,
    change: inPart('precision', ({ traceSegment }) => ({
      traceSegment: (v, bt, state, lastPc, nextPc) => {
        const traced = traceSegment(v, bt, state, lastPc, nextPc);
        for (let r = 0; r < 10; r++) bt.deleteRegister(r);
        return traced;
      },
    })),
  },
  {
    name: 'verifier/backtrack-forgets-source',
    summary: 'what is added to a precise number need not be precise',
    unsound: true,
    change: inPart('backtrack', ({ alu }) => ({
      alu: (v, bt, instruction, step, pc, nextPc) => {
        const { operation } = instruction.row;
        const isMove = operation.family === 'alu' && operation.op === 'MOV';
        return isMove ? alu(v, bt, instruction, step, pc, nextPc) : true;
      },
    })),
  },
  {
    name: 'verifier/backtrack-ends-at-moves',
    summary: 'what a precise number was copied from need not be precise',
    unsound: true,
    change: inPart('backtrack', ({ alu }) => ({
      alu: (v, bt, instruction, step, pc, nextPc) => {
        const { operation } = instruction.row;
        const isMove = operation.family === 'alu' && operation.op === 'MOV';
        if (!isMove) return alu(v, bt, instruction, step, pc, nextPc);
        bt.deleteRegister(instruction.dst);
        return true;
      },
    })),
  },
  {
    name: 'verifier/backtrack-ends-at-fills',
    summary: 'what a precise number was loaded from need not be precise',
    unsound: true,
    change: inPart('backtrack', () => ({
      ldx: (_v, bt, { dst }) => {
        bt.deleteRegister(dst);
        return true;
      },
    })),
  },
  {
    name: 'verifier/backtrack-ends-at-spills',
    summary: 'what was stored need not be precise, whatever is loaded from there',
    unsound: true,
    change: inPart('backtrack', () => ({
      stx: (_v, bt, _instruction, step) => {
        if (step !== undefined && step.stackFrame >= 0)
          bt.deleteSlot(step.stackFrame, step.stackSlot);
        return true;
      },
    })),
  },
  {
    name: 'verifier/backtrack-forgets-fetch',
    summary: 'what an atomic operation has fetched need not be precise (CVE-2026-43009)',
    unsound: true,
    change: inPart('backtrack', () => ({ atomic: () => true })),
  },
  {
    name: 'verifier/backtrack-forgets-ordered',
    summary: 'what a load-acquire loads, or a store-release stores, need not be precise',
    unsound: true,
    change: inPart('backtrack', () => ({ ordered: () => true })),
  },
  {
    name: 'verifier/backtrack-forgets-comparison',
    summary: 'what a precise number was compared with need not be precise (CVE-2023-2163)',
    unsound: true,
    change: { rules: (rules) => ({ ...rules, comparisonsPassPrecision: false }) },
  },
  {
    name: 'verifier/backtrack-forgets-links',
    summary: 'what told about a precise number by a link need not be precise',
    unsound: true,
    change: inPart('backtrack', ({ jump }) => ({
      jump: (v, bt, instruction, step, pc, nextPc) => {
        if (step === undefined) return jump(v, bt, instruction, step, pc, nextPc);
        return jump(v, bt, instruction, { ...step, linked: undefined }, pc, nextPc);
      },
    })),
  },
  {
    name: 'verifier/prunes-within-path',
    summary: 'a state covers others although its paths are not at their end',
    unsound: true,
    change: inPart('checkpoints', ({ isHit }) => ({
      isHit: (v, checkpoint) =>
        checkpoint.state.branches > 0
          ? v.parts.prune.covers(v, checkpoint.state, v.state, 'no')
          : isHit(v, checkpoint),
    })),
  },
  {
    name: 'verifier/endless-loop-kept',
    summary: 'a path that comes back to its own state goes on',
    unsound: false,
    change: inPart('checkpoints', () => ({ refuseEndlessLoop: () => {} })),
  },
];

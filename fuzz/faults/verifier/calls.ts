// Faults in calls: helpers, functions of the program, tail calls.

import { TAIL_CALL } from '../../../model/verifier/helpers/prototypes.ts';
import { scalarRegister } from '../../../model/verifier/steps/scalar.ts';
import { inPart, type VerifierFault } from './fault.ts';

const SAVED = [6, 7, 8, 9];

export const CALL_FAULTS: readonly VerifierFault[] = [
  {
    name: 'verifier/helper-keeps-r5',
    summary: 'a call of a helper leaves R5',
    unsound: true,
    change: inPart('helpers', ({ clobber }) => ({
      clobber: (v) => {
        const kept = v.frame.registers[5]!;
        clobber(v);
        v.define(5, kept);
      },
    })),
  },
  {
    name: 'verifier/tail-call-keeps-r1',
    summary: 'a tail call that fails leaves the context in R1',
    unsound: true,
    change: inPart('helpers', ({ clobber }) => ({
      clobber: (v) => {
        const kept = v.frame.registers[1]!;
        clobber(v);
        if (v.subject.program.code[v.pc]!.imm === TAIL_CALL) v.define(1, kept);
      },
    })),
  },
  {
    name: 'verifier/tail-call-keeps-r0',
    summary: 'a tail call that fails leaves R0',
    unsound: true,
    change: inPart('helpers', ({ clobber }) => ({
      clobber: (v) => {
        const kept = v.frame.registers[0]!;
        clobber(v);
        if (v.subject.program.code[v.pc]!.imm === TAIL_CALL) v.define(0, kept);
      },
    })),
  },
  {
    name: 'verifier/helper-returns-0',
    summary: 'helpers that return a number return 0',
    unsound: true,
    change: inPart('helpers', ({ result }) => ({
      result: (v, prototype, map) =>
        prototype.gives === 'integer'
          ? scalarRegister(v, v.domain.constant(0n))
          : result(v, prototype, map),
    })),
  },
  {
    name: 'verifier/lookup-not-null',
    summary: 'a lookup always finds a value',
    unsound: true,
    change: inPart('helpers', ({ result }) => ({
      result: (v, prototype, map) => {
        const found = result(v, prototype, map);
        return found.type === 'map_value_or_null'
          ? found.with({ type: 'map_value', id: 0 })
          : found;
      },
    })),
  },
  {
    name: 'verifier/lookups-share-id',
    summary: 'the results of all lookups are checked together',
    unsound: true,
    change: inPart('helpers', ({ result }) => ({
      result: (v, prototype, map) => {
        const found = result(v, prototype, map);
        return found.type === 'map_value_or_null' ? found.with({ id: 1 }) : found;
      },
    })),
  },
  {
    name: 'verifier/lookup-of-another-map',
    summary: 'a lookup gives a value of the map before',
    unsound: true,
    change: inPart('helpers', ({ result }) => ({
      result: (v, prototype, map) => result(v, prototype, map === 2 ? 1 : map),
    })),
  },
  {
    name: 'verifier/any-argument',
    summary: 'arguments of helpers may be of any type',
    unsound: true,
    change: inPart('helpers', () => ({ checkType: () => {}, checkUnmodified: () => {} })),
  },
  {
    name: 'verifier/key-one-byte-less',
    summary: 'keys and values that helpers read may be a byte short',
    unsound: true,
    change: inPart('memory', ({ helperAccess }) => ({
      helperAccess: (v, register, size, access) => helperAccess(v, register, size - 1, access),
    })),
  },
  {
    name: 'verifier/any-map',
    summary: 'helpers take maps of any type',
    unsound: false,
    change: inPart('helpers', () => ({ checkMapType: () => {} })),
  },
  {
    name: 'verifier/direct-index-unbounded',
    summary: 'a constant index beyond the array is kept for a direct jump (CVE-2022-2905)',
    unsound: false,
    change: inPart('tailCall', ({ knownIndex }) => ({
      knownIndex: (index) => knownIndex(index, 2 ** 32),
    })),
  },
  {
    name: 'verifier/callee-inherits-saved',
    summary: 'a function finds R6 to R9 of its caller',
    unsound: true,
    change: inPart('localCall', ({ enter, clobberCaller }) => ({
      enter: (v, caller, subprogram) => {
        const callee = enter(v, caller, subprogram);
        for (const r of SAVED) callee.registers[r] = caller.registers[r]!;
        return callee;
      },
      // Nothing else hands them back.
      clobberCaller: (v, caller) => {
        clobberCaller(v, caller);
        caller.setRegister(6, v.notInit);
      },
    })),
  },
  {
    name: 'verifier/callee-clobbers-nothing',
    summary: 'a call of a function leaves R1 to R5',
    unsound: true,
    change: inPart('localCall', () => ({ clobberCaller: () => {} })),
  },
  {
    name: 'verifier/callee-uses-callers-stack',
    summary: 'a function is given its caller’s frame pointer',
    unsound: true,
    change: inPart('localCall', ({ enter }) => ({
      enter: (v, caller, subprogram) => {
        const callee = enter(v, caller, subprogram);
        callee.registers[10] = caller.registers[10]!;
        return callee;
      },
    })),
  },
  {
    name: 'verifier/argument-shifted',
    summary: 'a function finds R1 in R2',
    unsound: true,
    change: inPart('localCall', ({ enter }) => ({
      enter: (v, caller, subprogram) => {
        const callee = enter(v, caller, subprogram);
        callee.registers[2] = caller.registers[1]!;
        return callee;
      },
    })),
  },
  {
    name: 'verifier/returns-stack-pointer',
    summary: 'a function may return a pointer to its stack',
    unsound: true,
    change: inPart('localCall', () => ({ checkReturned: () => {} })),
  },
  {
    name: 'verifier/exit-without-r0',
    summary: 'a program may end without R0',
    unsound: false,
    change: inPart('exit', () => ({ checkReturnCode: () => {} })),
  },
  {
    name: 'verifier/tail-call-never-returns',
    summary: 'a tail call in a function that succeeds is not gone through (before 6.19)',
    unsound: true,
    change: { rules: (rules) => ({ ...rules, tailCallReturns: false }) },
  },
  {
    name: 'verifier/tail-call-keeps-packet',
    summary: 'packet pointers are kept over a tail call in a function (CVE-2024-58237)',
    unsound: true,
    change: inPart('tailCall', () => ({ dropPacketPointers: () => {} })),
  },
  {
    name: 'verifier/stack-depth-not-rounded',
    summary: 'stacks of functions are not rounded up',
    unsound: true,
    change: inPart('flow', () => ({ roundStack: (_rules, _jited, depth) => depth })),
  },
  {
    name: 'verifier/combined-stack-unlimited',
    summary: 'chains of calls may use as much stack as they like',
    unsound: true,
    change: inPart('flow', () => ({ checkCombined: () => {} })),
  },
  {
    name: 'verifier/tail-caller-stack-256',
    summary: 'callers of a function that tail-calls may have 256 bytes of stack',
    unsound: true,
    change: {
      rules: (rules) => ({ ...rules, limits: { ...rules.limits, tailCallerStack: 257 } }),
    },
  },
  {
    name: 'verifier/tail-caller-stack-unlimited',
    summary: 'callers of a function that tail-calls may have all of the stack (7f6e4312e15a)',
    unsound: true,
    change: {
      rules: (rules) => ({ ...rules, limits: { ...rules.limits, tailCallerStack: 'none' } }),
    },
  },
  {
    name: 'verifier/nine-frames',
    summary: 'nine frames are let through',
    unsound: false,
    change: { rules: (rules) => ({ ...rules, limits: { ...rules.limits, frames: 9 } }) },
  },
];

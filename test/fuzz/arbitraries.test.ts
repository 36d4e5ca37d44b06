// The arbitraries as somebody else's test would use them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  edgeWord,
  instruction,
  maps,
  program,
  scenario,
  schedule,
  word,
} from '../../fuzz/index.ts';
import { interpret } from '../../interp/index.ts';
import { decodeAt, encodeInstruction } from '../../model/isa/instruction.ts';
import { decodeProgram, encodeProgram } from '../../model/isa/program.ts';
import { OPERATIONS } from '../../fuzz/coverage/operations.ts';
import { runConcrete } from '../../smt/index.ts';

const SETTINGS = { seed: 2015, numRuns: 300 };

describe('arbitraries', () => {
  it('give words of 64 bits', () => {
    fc.assert(
      fc.property(
        word(),
        edgeWord(),
        (a, b) => BigInt.asUintN(64, a) === a && BigInt.asUintN(64, b) === b,
      ),
      SETTINGS,
    );
  });

  it('give instructions that encode and decode', () => {
    fc.assert(
      fc.property(instruction(), (drawn) => {
        expect(decodeAt(encodeInstruction(drawn), 0)).toEqual(drawn);
      }),
      { ...SETTINGS, numRuns: 2000 },
    );
  });

  it('give programs that encode and decode', () => {
    fc.assert(
      fc.property(program(), (drawn) => {
        expect(decodeProgram(encodeProgram(drawn))).toEqual(drawn);
      }),
      SETTINGS,
    );
  });

  it('give scenarios on which both engines agree', () => {
    fc.assert(
      fc.property(scenario(), (drawn) => {
        expect(runConcrete(drawn)).toEqual(interpret(drawn));
      }),
      SETTINGS,
    );
  });

  it('give maps and schedules', () => {
    fc.assert(
      fc.property(maps(), schedule(), (drawnMaps, drawnSchedule) => {
        expect(drawnMaps.every(({ maxEntries }) => maxEntries > 0)).toBe(true);
        expect(drawnSchedule.every((entry) => OPERATIONS.includes(entry.op))).toBe(true);
      }),
      SETTINGS,
    );
  });

  it('shrink words to the smallest that fails', () => {
    const { counterexample } = fc.check(
      fc.property(word(), (value) => value < 1000n),
      SETTINGS,
    );
    expect(counterexample).toEqual([1000n]);
  });

  it('shrink scenarios to the few instructions that matter', () => {
    const { counterexample } = fc.check(
      fc.property(scenario(), (drawn) => interpret(drawn).tailCalls === 0),
      SETTINGS,
    );
    const [smallest] = counterexample!;
    const left = smallest.programs.flatMap((named) => named.program.code.filter(Boolean));
    expect(left.length).toBeLessThanOrEqual(5);
  });
});

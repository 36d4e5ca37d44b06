// Objects in symbolic runs: what an unknown index meets in an array, and where a path leads to freed code.

import { afterAll, expect, test } from 'vitest';
import { type Exploration, explore } from '../../../smt/explore/explore.ts';
import type { SymbolicInputs } from '../../../smt/explore/inputs.ts';
import { runConcrete } from '../../../smt/machine/machine.ts';
import { call, callLocal, exit, insn, mapFd, mov, movx, progArray } from '../../engines/build.ts';
import { type ObjectSetup, objectScenario } from '../machine/object-cases.ts';
import { BOUNDS, endings, pool } from './support.ts';

afterAll(() => pool.close());

async function explored(setup: ObjectSetup, symbolic: SymbolicInputs): Promise<Exploration> {
  const result = await explore(objectScenario(setup), { symbolic, bounds: BOUNDS, pool });
  for (const { scenario, outcome } of result.paths) expect(runConcrete(scenario)).toEqual(outcome);
  expect(result.complete).toBe(true);
  return result;
}

/** Calls the program of the slot that r3 names, and exits with 1 where that fails. */
const CALLS = [mapFd(2, 0), call(12), mov(0, 1), exit];
const R3 = { registers: [3] };

test('an unknown index meets programs that can take over, and one that cannot', async () => {
  const setup = {
    maps: [progArray(4, { 0: 1, 1: 2, 3: 2 })],
    programs: [CALLS, [mov(0, 7), exit], [mov(0, 8), exit]],
    attributes: { 2: { jited: false } },
    objects: { compatKeys: [] },
  };
  const result = await explored(setup, R3);
  // The empty slot and what is out of range are two results.
  expect(endings(result)).toEqual(['exit 1', 'exit 1', 'exit 7', 'incompatible_program']);
});

test('an index that becomes known on a path is not constant to the eye', async () => {
  const setup: ObjectSetup = {
    maps: [progArray(5, { 0: 1 })],
    programs: [
      [insn('JNE64', { dst: 3, imm: 6, offset: 0 }), ...CALLS],
      [mov(0, 7), exit],
    ],
    tailCall: { directKey: 'tnum_range', indexBits: 64 },
  };
  expect(endings(await explored(setup, R3))).toEqual(['exit 1', 'exit 1', 'exit 1', 'exit 7']);
});

test('one of two constants is beyond the array', async () => {
  const calls = (index: number) => [mapFd(2, 0), mov(3, index), call(12), mov(0, index), exit];
  const setup: ObjectSetup = {
    maps: [progArray(5, { 0: 1 })],
    programs: [
      [insn('JEQ64', { dst: 3, imm: 0, offset: 6 }), ...calls(6), ...calls(9)],
      [mov(0, 7), exit],
    ],
    tailCall: { directKey: 'tnum_range' },
  };
  expect(endings(await explored(setup, R3))).toEqual(['exit 9', 'out_of_bounds']);
});

test('only the path that is in the program when it is freed traps', async () => {
  const setup: ObjectSetup = {
    maps: [progArray(2, { 0: 1, 1: 2 })],
    programs: [CALLS, [mov(1, 1), mov(0, 7), exit], [mov(1, 1), mov(0, 8), exit]],
    objects: { freed: 'at_once' },
    schedule: [
      { op: 'close_program', program: 1, before: { step: 3 } },
      { op: 'delete', map: 0, index: 0, before: { step: 3 } },
    ],
  };
  const result = await explored(setup, R3);
  expect(endings(result)).toEqual(['exit 1', 'exit 8', 'use_after_free']);
  const left = result.paths.map(({ outcome }) => outcome.objects.programs[1]);
  expect(left).toEqual(Array(3).fill({ state: 'freed', refs: 0 }));
});

test('an extension sees the registers that are unknown', async () => {
  const setup: ObjectSetup = {
    programs: [
      [movx(1, 3), callLocal(1), exit, mov(0, 5), exit],
      [movx(0, 1), insn('JEQ64', { dst: 1, imm: 4, offset: 1 }), mov(0, 9), exit],
    ],
    replaces: { 1: { program: 0, slot: 3 } },
    schedule: [{ op: 'attach', program: 1, before: { step: 0 } }],
  };
  expect(endings(await explored(setup, R3))).toEqual(['exit 4', 'exit 9']);
});

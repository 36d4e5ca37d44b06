// Which cells of tail calls there are, which of them a profile can meet, and that generated scenarios meet those.

import { describe, expect, it } from 'vitest';
import { Coverage } from '../../fuzz/coverage/coverage.ts';
import { impossibleIn } from '../../fuzz/coverage/impossible.ts';
import { OPERATION_CELLS, operationCell } from '../../fuzz/coverage/operations.ts';
import {
  cellOf,
  type TailCallCell,
  TAIL_CALL_CELLS,
  unreachableReason,
} from '../../fuzz/coverage/tail-calls.ts';
import { generateLadder } from '../../fuzz/generate/ladder.ts';
import { drawProfiles } from '../../fuzz/generate/profiles.ts';
import { rngOfRun } from '../../fuzz/generate/rng.ts';
import { createMachine } from '../../interp/index.ts';
import { listProfiles, profileNamed } from '../../model/profiles/catalogue.ts';
import type { Profile, TailCallKnobs } from '../../model/profiles/profile.ts';
import { buildContext } from '../../model/scenario/context.ts';
import type { HopResult } from '../../model/scenario/outcome.ts';
import type { ScheduleEntry } from '../../model/scenario/scenario.ts';
import { validateScenario } from '../../model/scenario/validate.ts';
import { code, progArray, scenarioOf } from '../engines/build.ts';
import { CONTEXT, leaf, profileWith, remove, update } from '../engines/cases/user.ts';

const machine = createMachine();
const DEFAULT = profileNamed('linux-6.12/x86_64');
const cell = (result: HopResult, hop: number, writer: TailCallCell['writer']): TailCallCell => ({
  result,
  hop,
  writer,
});

describe('unreachableReason', () => {
  // biome-ignore format: table
  const CASES: readonly [Partial<TailCallKnobs>, TailCallCell, ReturnType<typeof unreachableReason>][] = [
    [{}, cell('taken', 0, 'earlier'), 'first hop'],
    [{}, cell('taken', 1, 'earlier'), undefined],
    [{}, cell('exhausted', 32, 'none'), 'below the limit'],
    [{}, cell('exhausted', 33, 'none'), undefined],
    [{ limit: 100 }, cell('exhausted', 34, 'none'), 'below the limit'],
    [{ limit: 100 }, cell('exhausted', 35, 'none'), undefined],
    [{ countSlot: 'unrounded' }, cell('exhausted', 0, 'none'), undefined],
    [{ countSlot: 'unrounded', propagation: 'rejected' }, cell('exhausted', 0, 'none'), 'below the limit'],
    [{}, cell('out_of_range', 5, 'same slot'), 'in range'],
    [{}, cell('out_of_range', 5, 'since'), undefined],
    [{ indexBits: 64 }, cell('out_of_range', 5, 'same slot'), undefined],
    [{ indexMasked: true }, cell('out_of_range', 5, 'same slot'), undefined],
    [{ limit: 0 }, cell('exhausted', 0, 'none'), undefined],
    [{ limit: 0 }, cell('taken', 3, 'none'), 'no limit'],
    [{ limit: 0 }, cell('empty', 3, 'none'), 'no limit'],
    [{ limit: 0 }, cell('out_of_range', 3, 'none'), undefined],
    [{ limit: 0, order: ['slot', 'count', 'index'] }, cell('empty', 3, 'none'), undefined],
    [{ limit: 0, order: ['slot', 'count', 'index'] }, cell('out_of_range', 3, 'none'), 'no limit'],
    [{ limit: 0, order: ['count', 'index', 'slot'], indexMasked: true }, cell('out_of_range', 3, 'none'), undefined],
  ];
  it.each(CASES)('%j: %j is %j', (knobs, met, reason) => {
    expect(unreachableReason(profileWith(knobs), met)).toBe(reason);
  });

  it('leaves 405 of 576 cells of the default profile', () => {
    const reached = TAIL_CALL_CELLS.filter((each) => !unreachableReason(DEFAULT, each));
    expect([TAIL_CALL_CELLS.length, reached.length]).toEqual([576, 405]);
  });
});

describe('the cell of an attempt', () => {
  /** Two attempts: an empty slot of array 0, then the leaf in slot 1. */
  const run = (...schedule: readonly ScheduleEntry[]) => {
    const attempt = (slot: number) => ['r1 = r6', 'r2 = map[jmp]', `r3 = ${slot}`, 'call 12'];
    const scenario = scenarioOf({
      ...CONTEXT,
      profile: profileWith(),
      programs: [code('r6 = r1', ...attempt(0), ...attempt(1), 'r0 = 0', 'exit'), leaf],
      maps: [progArray(3, { 1: 1 }), progArray(3, {}, 'other')],
      schedule,
    });
    const outcome = machine.run(scenario);
    return outcome.hops.map((_, hop) => TAIL_CALL_CELLS[cellOf(scenario, outcome, hop)]);
  };
  const at = (hop: number) => ({ before: { hop } });

  // biome-ignore format: table
  const CASES: readonly [what: string, schedule: readonly ScheduleEntry[], first: string, second: string][] = [
    ['nothing', [], 'none', 'none'],
    ['a write before the first', [{ ...at(0), ...update(0, 2, 1) }], 'since', 'earlier'],
    ['a write between', [{ ...at(1), ...update(0, 2, 1) }], 'none', 'since'],
    ['a write to the slot', [{ ...at(1), ...update(0, 1, 1) }], 'none', 'same slot'],
    ['a write to the slot, and one elsewhere', [{ ...at(1), ...update(0, 1, 1) }, { ...at(1), ...update(0, 2, 1) }], 'none', 'same slot'],
    ['by steps', [{ before: { step: 0 }, ...update(0, 2, 1) }, { before: { step: 5 }, ...update(0, 1, 1) }], 'since', 'same slot'],
    ['a write that fails', [{ ...at(1), ...remove(0, 2) }, { ...at(1), ...update(0, 9, 1) }], 'none', 'none'],
    ['a write to another array', [{ ...at(1), ...update(1, 1, 1) }], 'none', 'none'],
    ['what is no write', [{ ...at(1), op: 'pin', map: 0 }], 'none', 'none'],
  ];
  it.each(CASES)('after %s', (_, schedule, first, second) => {
    expect(run(...schedule)).toEqual([
      cell('empty', 0, first as TailCallCell['writer']),
      cell('taken', 1, second as TailCallCell['writer']),
    ]);
  });
});

describe('impossibleIn', () => {
  const scenario = scenarioOf({
    ...CONTEXT,
    profile: profileWith(),
    programs: [code('r2 = map[jmp]', 'r3 = 0', 'call 12', 'r0 = 0', 'exit')],
    maps: [progArray(1)],
    schedule: [{ before: { step: 0 }, op: 'pin', map: 0 }],
  });
  const outcome = machine.run(scenario);

  it('says nothing of what is possible', () => {
    expect(impossibleIn(scenario, outcome)).toBeUndefined();
  });

  it('names a cell that no run meets, and why', () => {
    const hops = outcome.hops.map((hop) => ({ ...hop, result: 'exhausted' as const }));
    expect(impossibleIn(scenario, { ...outcome, hops })).toEqual({
      at: 'what is impossible (fewer attempts than the limit, and every counter starts at 0)',
      left: 'exhausted at hop 0, none',
      right: 'exhausted at hop 0, none',
    });
  });

  it('names a result that an operation does not have', () => {
    expect(impossibleIn(scenario, { ...outcome, schedule: [1] })?.left).toBe('pin EPERM');
  });
});

describe('ladders', () => {
  const packet = new Uint8Array(14);
  const input = { packet, context: buildContext('sched_cls', packet) };

  // biome-ignore format: table
  const CASES: readonly [what: string, profiles: readonly Profile[]][] = [
    ['the default profile', [DEFAULT]],
    ['all of the catalogue', listProfiles()],
    ['a profile of 64 bits that finds no count', [profileWith({ indexBits: 64, countSlot: 'unrounded' })]],
    ['a profile that rejects local calls', [profileWith({ propagation: 'rejected', burns: { outOfRange: true, exhausted: true, empty: true } })]],
    ['a profile with a limit of 3 and another order', [profileWith({ limit: 3, order: ['slot', 'index', 'count'] })]],
    ['profiles with any knobs', drawProfiles(3, 50)],
  ];
  it.each(CASES)('meet every cell that there is: %s', (_, profiles) => {
    const coverage = new Coverage();
    for (let run = 0; run < 2000; run++) {
      const scenario = generateLadder(rngOfRun(2, run), profiles, input);
      if (run < 100) validateScenario(scenario);
      const outcome = machine.run(scenario);
      expect(impossibleIn(scenario, outcome)).toBeUndefined();
      coverage.finish(scenario, outcome);
    }
    const { met, all, unreachable, missing } = coverage.summary(profiles).tailCallCells;
    expect(missing).toEqual([]);
    expect(met + Object.values(unreachable).reduce((sum, n) => sum + n, 0)).toBe(all);
  });
});

describe('operations', () => {
  it('have a cell for each of their results', () => {
    OPERATION_CELLS.forEach(({ op, errno }, i) => {
      expect(operationCell(op, errno)).toBe(i);
    });
    expect(operationCell('pin', 1)).toBeUndefined();
  });
});

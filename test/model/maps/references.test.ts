// After any operations the counters are what docs/semantics.md, References, counts them to be.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { UserOperation } from '../../../model/scenario/scenario.ts';
import { progArray, type TestWorld, type WorldSetup, worldOf } from './world.ts';

const SETUP: WorldSetup = {
  programs: [
    { uses: [0] },
    { uses: [1, 0] },
    {},
    { replaces: { program: 2, slot: 4 } },
    { replaces: { program: 1, slot: 4 }, uses: [2] },
    { uses: [2] },
  ],
  maps: [progArray(2, { 0: 0, 1: 1 }), progArray(2, { 1: 2 }), progArray(2)],
  later: { programs: [4, 5], maps: [2] },
};

const map = fc.nat(2);
const program = fc.nat(5);
const operation: fc.Arbitrary<UserOperation> = fc.oneof(
  fc.record({ op: fc.constant('update' as const), map, index: fc.nat(2), program }),
  fc.record({ op: fc.constant('delete' as const), map, index: fc.nat(2) }),
  fc.record({ op: fc.constantFrom('pin', 'unpin', 'close_map', 'create'), map }),
  fc.record({ op: fc.constantFrom('close_program', 'load', 'attach', 'detach'), program }),
);

function expectCounted({ world }: TestWorld, running: boolean): void {
  const count = (...held: readonly boolean[]) => held.filter(Boolean).length;
  const arrays = world.arrays.map((array) => array!);
  for (const { state, slots } of arrays) {
    if (state !== 'live') expect(slots).toEqual([-1, -1]);
  }
  const slots = arrays.flatMap((array) => array.slots);
  for (const { index, refs, descriptor, state } of world.programs) {
    expect(refs).toBe(
      count(
        descriptor,
        ...slots.map((held) => held === index),
        running && index === 0,
        world.attached.some((extension) => extension.index === index),
        ...world.programs.map(
          (other) => other.state === 'loaded' && other.replaces?.program === index,
        ),
      ),
    );
    if (state !== 'loaded') expect(refs).toBe(0);
  }
  for (const { index, users, refs, descriptor, pinned, state } of arrays) {
    expect(users).toBe(count(descriptor, pinned));
    const using = world.programs.map(
      (other) => other.state === 'loaded' && other.uses.includes(index),
    );
    expect(refs).toBe(users + count(...using));
    expect(state === 'live').toBe(refs > 0);
  }
}

describe.each(['grace_period', 'at_once'] as const)('freed: %s', (freed) => {
  test.each(['last_user', 'descriptor'] as const)('cleared on: %s', (clearedOn) => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
        const tested = worldOf({ ...SETUP, knobs: { freed, clearedOn } });
        for (const each of operations) {
          tested.apply(each);
          expectCounted(tested, true);
          if (freed === 'grace_period') expect(tested.freed).toEqual([]);
        }
        tested.world.settle();
        expectCounted(tested, false);
        const states = tested.world.programs.filter(({ refs }) => refs === 0);
        expect(states.filter(({ state }) => state === 'loaded')).toEqual([]);
        expect(new Set(tested.freed).size).toBe(tested.freed.length);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

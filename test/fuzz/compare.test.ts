// Every part of an outcome counts in a comparison.

import { describe, expect, it } from 'vitest';
import { compareOutcomes } from '../../fuzz/compare.ts';
import type { Outcome, ProgArrayObject } from '../../model/scenario/outcome.ts';

const at = { program: 0, pc: 3 };
const outcome: Outcome = {
  ending: { kind: 'exit', r0: 7n },
  steps: 9,
  tailCalls: 1,
  hops: [{ at, step: 2, map: 0, index: 1n, result: 'taken', target: 1 }],
  context: Uint8Array.of(1, 2),
  packet: Uint8Array.of(3),
  stack: [Uint8Array.of(4, 5)],
  maps: [
    { type: 'array', values: [Uint8Array.of(6)] },
    { type: 'hash', slots: [null, { key: Uint8Array.of(7), value: Uint8Array.of(8) }] },
    { type: 'prog_array', slots: [-1, 1] },
  ],
  schedule: [0, null, 7],
  objects: {
    programs: [
      { state: 'loaded', refs: 2 },
      { state: 'absent', refs: 0 },
    ],
    progArrays: [null, null, { state: 'live', users: 1, refs: 2, frozen: false, owner: 0 }],
  },
};
const { objects } = outcome;
const array = objects.progArrays[2]!;
const arrays = (change: Partial<ProgArrayObject>) => ({
  objects: { ...objects, progArrays: [null, null, { ...array, ...change }] },
});
const hop = outcome.hops[0]!;

// biome-ignore format: table
const CHANGES: readonly [what: string, change: Partial<Outcome>, at: string][] = [
  ['r0', { ending: { kind: 'exit', r0: 8n } }, 'r0'],
  ['the ending', { ending: { kind: 'out_of_fuel', at } }, 'ending'],
  ['a trap', { ending: { kind: 'trap', trap: 'bad_call', at } }, 'ending'],
  ['a reason', { ending: { kind: 'unsupported', reason: 'helper 4', at } }, 'ending'],
  ['the steps', { steps: 10 }, 'steps'],
  ['the tail calls', { tailCalls: 2 }, 'tail calls'],
  ['a missing hop', { hops: [] }, 'hop 0'],
  ["a hop's result", { hops: [{ ...hop, result: 'empty' }] }, 'hop 0'],
  ["a hop's index", { hops: [{ ...hop, index: 1n << 32n }] }, 'hop 0'],
  ["a hop's step", { hops: [{ ...hop, step: 3 }] }, 'hop 0'],
  ["a hop's target", { hops: [{ ...hop, target: 0 }] }, 'hop 0'],
  ["a hop's place", { hops: [{ ...hop, at: { program: 1, pc: 3 } }] }, 'hop 0'],
  ['a context byte', { context: Uint8Array.of(1, 9) }, 'context byte 1'],
  ['the packet', { packet: Uint8Array.of() }, 'packet length'],
  ['a stack byte', { stack: [Uint8Array.of(4, 9)] }, 'frame 0 byte 1'],
  ['a live frame', { stack: [...outcome.stack, Uint8Array.of(0)] }, 'live frames'],
  ['an array value', { maps: [{ type: 'array', values: [Uint8Array.of(9)] }, ...outcome.maps.slice(1)] }, 'map 0 value 0 byte 0'],
  ['a hash slot', { maps: [outcome.maps[0]!, { type: 'hash', slots: [null, null] }, outcome.maps[2]!] }, 'map 1 slot 1'],
  ['a hash key', { maps: [outcome.maps[0]!, { type: 'hash', slots: [null, { key: Uint8Array.of(9), value: Uint8Array.of(8) }] }, outcome.maps[2]!] }, 'map 1 slot 1 key byte 0'],
  ['a program slot', { maps: [...outcome.maps.slice(0, 2), { type: 'prog_array', slots: [-1, 0] }] }, 'map 2 slot 1'],
  ['an errno', { schedule: [0, null, 2] }, 'schedule entry 2'],
  ["a program's state", { objects: { ...objects, programs: [objects.programs[0]!, { state: 'freed', refs: 0 }] } }, 'program 1 state'],
  ["a program's refs", { objects: { ...objects, programs: [{ state: 'loaded', refs: 1 }, objects.programs[1]!] } }, 'program 0 refs'],
  ["an array's state", arrays({ state: 'freed' }), 'map 2 state'],
  ["an array's users", arrays({ users: 2 }), 'map 2 users'],
  ["an array's refs", arrays({ refs: 3 }), 'map 2 refs'],
  ['a frozen array', arrays({ frozen: true }), 'map 2 frozen'],
  ["an array's owner", arrays({ owner: -1 }), 'map 2 owner'],
  ['an array that is none', { objects: { ...objects, progArrays: [null, null, null] } }, 'map 2'],
  ['an entry that was not reached', { schedule: [0, 0, 7] }, 'schedule entry 1'],
];

describe('compareOutcomes', () => {
  it('says nothing about equal outcomes', () => {
    expect(compareOutcomes(outcome, structuredClone(outcome))).toBeUndefined();
  });

  it.each(CHANGES)('sees %s', (_, change, place) => {
    expect(compareOutcomes(outcome, { ...outcome, ...change })?.at).toBe(place);
    expect(compareOutcomes({ ...outcome, ...change }, outcome)?.at).toBe(place);
  });
});

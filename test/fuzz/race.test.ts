// What is allowed while another CPU writes: every way of the race, tried on the interpreter.

import { describe, expect, test } from 'vitest';
import { racedResults } from '../../fuzz/kernel/race.ts';
import { createMachine } from '../../interp/index.ts';
import { unsupportedRace } from '../../interp/linux/race-case.ts';
import { parseScenario } from '../../model/scenario/read.ts';

const machine = createMachine();
const model = { name: 'interp', run: machine.run.bind(machine) };

/** Two tail calls through slot 0, then one through slot 1; each program that ends a run says which. */
const race = (schedule: string, more = '') =>
  parseScenario(`tailproof: 1
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 2, entries: { 0: again } }
${more}programs:
  entry: |
    r2 = map[jmp]
    r3 = 0
    call bpf_tail_call
    r0 = 1
    exit
  again: |
    r2 = map[jmp]
    r3 = 1
    call bpf_tail_call
    r0 = 2
    exit
  other: |
    r2 = map[jmp]
    r3 = 1
    call bpf_tail_call
    r0 = 3
    exit
  leaf: |
    r0 = 4
    exit
schedule: [${schedule}]
`);

const update = (index: number, program: string) =>
  `{ before: { step: 0 }, update: jmp, index: ${index}, program: ${program} }`;
const remove = (index: number) => `{ before: { step: 0 }, delete: jmp, index: ${index} }`;

describe('results of a race', () => {
  test.each([
    ['one slot becomes another', [update(0, 'other')], [2, 3]],
    ['a slot is emptied', [remove(0)], [1, 2]],
    ['two slots, each at a time of its own', [update(0, 'other'), update(1, 'leaf')], [2, 3, 4]],
    [
      'slots come and go',
      [update(0, 'other'), update(1, 'leaf'), remove(0), remove(1), update(0, 'again')],
      [1, 2, 3, 4],
    ],
    ['a slot that no tail call reads', [update(1, 'leaf'), remove(1)], [2, 4]],
    ['an index out of range', [update(9, 'leaf')], [2]],
  ])('%s', (_, writes, results) => {
    expect([...racedResults(model, race(writes.join(', ')))].sort()).toEqual(results);
  });

  test('between two tail calls through one slot', () => {
    const twice = parseScenario(`tailproof: 1
type: xdp
maps: { jmp: { type: prog_array, max_entries: 1, entries: { 0: a } } }
programs:
  a: |
    r2 = map[jmp]
    r3 = 0
    call bpf_tail_call
    r0 = 1
    exit
  b: |
    r0 = 2
    exit
schedule: [${update(0, 'b')}, ${remove(0)}]
`);
    // It calls itself until it sees another program, none, or its limit.
    expect([...racedResults(model, twice)].sort()).toEqual([1, 2]);
  });

  test('there may be too many ways', () => {
    const both = race(
      `${update(0, 'entry')}, ${update(0, 'again')}, ${update(1, 'entry')}, ${update(1, 'again')}`,
    );
    expect(() => racedResults(model, both)).toThrow('too many ways');
  });

  test('a run that does not exit has no result', () => {
    const endless = race(update(0, 'other'));
    const run = { ...endless.run, fuel: 1 };
    expect(() => racedResults(model, { ...endless, run })).toThrow(
      'by exit, and not by out of fuel',
    );
  });
});

describe('a race on a kernel', () => {
  test('is of slot writes', () => {
    expect(unsupportedRace(race(update(0, 'other')))).toBeUndefined();
    expect(unsupportedRace(race('{ before: { hop: 1 }, delete: jmp, index: 0 }'))).toBeUndefined();
  });

  test.each([
    [race('{ before: { step: 0 }, freeze: jmp }'), /does not freeze/],
    [race(''), /no schedule/],
    [
      race(update(0, 'other'), '  count: { type: array, value_size: 8, max_entries: 1 }\n'),
      /what others have left in count/,
    ],
  ])('and not of what else there is', (scenario, reason) => {
    expect(unsupportedRace(scenario)).toMatch(reason);
  });
});

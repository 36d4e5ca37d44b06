// User space writes from a second thread while programs run: each run gives what the model allows, and a write that
// comes in the middle of a run is seen.

import { afterAll, describe, expect, test } from 'vitest';
import { racedResults } from '../../fuzz/kernel/race.ts';
import { TARGET_NAMES } from '../../interp/linux/index.ts';
import { profileNamed } from '../../model/profiles/catalogue.ts';
import { parseScenario } from '../../model/scenario/read.ts';
import { installedEngines, NOT_INSTALLED } from './installed.ts';
import { createCampaignModel } from './model.ts';

/** Takes its time, and goes on through slot 0: cb1, because a write waits for runs where a JIT knows the slot. */
const goesOn = (turns: number) => `r8 = ${turns}
wait:
r8 -= 1
if r8 != 0 goto wait
r1 = r6
r2 = map[jmp]
r3 = *(u32 *)(r1 +52)
call bpf_tail_call
r0 = r7
exit`;

const indented = (text: string) => text.replace(/^/gm, '    ');

/** The slot holds `first`, then `second`, then none. cb0 says which were there: 1, then 2 and 0x20, then 0x10. */
const race = (turns: number) =>
  parseScenario(`tailproof: 1
type: sched_cls
maps: { jmp: { type: prog_array, max_entries: 1, entries: { 0: first } } }
programs:
  entry: |
    r6 = r1
    r7 = 1
    *(u32 *)(r1 +48) = r7
${indented(goesOn(turns))}
  first: |
    r6 = r1
    r7 = *(u32 *)(r1 +48)
    if r7 & 2 goto again
    r7 |= 2
    *(u32 *)(r1 +48) = r7
${indented(goesOn(turns))}
    again:
    r0 = r7
    r0 |= 0x20
    exit
  second: |
    r0 = *(u32 *)(r1 +48)
    r0 |= 0x10
    exit
schedule:
  - { before: { step: 0 }, update: jmp, index: 0, program: second }
  - { before: { step: 0 }, delete: jmp, index: 0 }
  - { before: { step: 0 }, update: jmp, index: 0, program: first }
`);
/** Of runs during which the slot stays what it is, and of those that see two writes. */
const STEADY = [0x01, 0x11, 0x23];
const TORN = [0x03, 0x13];

const RUNS = 2000;
/** So that a run takes about a millisecond, and many writes come in the middle of one. */
const TURNS = { jit: 30_000, interp: 3000 } as const;

describe.skipIf(NOT_INSTALLED !== undefined)('a race', () => {
  const linux = installedEngines({ guests: 1, cpus: 2 });
  const model = createCampaignModel();
  afterAll(() => linux.close());

  test.each(TARGET_NAMES)('on %s gives what the model allows', async (name) => {
    const kernel = linux.engines.find((one) => one.name === name)!;
    const scenario = {
      ...race(TURNS[kernel.jit ? 'jit' : 'interp']),
      profile: profileNamed(kernel.profile),
    };
    const outcome = await kernel.race(scenario, RUNS);
    expect(outcome).toMatchObject({ kind: 'raced' });
    if (outcome.kind !== 'raced') return;
    const seen = [...outcome.results.keys()];
    const allowed = racedResults(model, scenario);
    expect([...allowed].sort()).toEqual([...STEADY, ...TORN].sort());
    expect(seen.filter((result) => !allowed.has(result))).toEqual([]);
    expect(STEADY.filter((result) => !seen.includes(result))).toEqual([]);
    expect(seen.some((result) => TORN.includes(result))).toBe(true);
    expect([...outcome.results.values()].reduce((sum, count) => sum + count)).toBe(RUNS);
  });
});

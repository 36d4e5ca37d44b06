// Registers and stack slots of the log: every state in logs that Linux 6.12 was seen to print is printed the same.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { MapDefinition } from '../../../../model/scenario/scenario.ts';
import { frameText } from '../../../../model/verifier/log/state.ts';
import { frameFrom } from './registers.ts';

const LOG = readFileSync(join(import.meta.dirname, 'recorded-6.12.txt'), 'utf8');

const map = (name: string, valueSize: number): MapDefinition => ({
  ...{ name, type: 'array', keySize: 4, valueSize, maxEntries: 1, entries: [] },
});

/** The parts of a line that tell a state: behind an instruction, a slot, a path's ends, or a heading. */
const STATE =
  /(?:; |^\d+: |^from \d+ to \d+: |^ |stack=: {2}|^(?:cur|old) state: )((?:frame\d+: )?(?:R\d+|fp-\d+)[_=].*)$/gm;

/** The maps of the recorded programs by what their states say of them. */
function mapsOf(text: string): MapDefinition[] {
  const named = [...text.matchAll(/map=(\w+),ks=4,vs=(\d+)/g)];
  return [...new Map(named.map(([, name, size]) => [name!, map(name!, Number(size))])).values()];
}

describe('a state', () => {
  const states = [...LOG.matchAll(STATE)].map(([, text]) => text!);

  test.each(['scratched', 'all'] as const)('is printed as it was: %s', (which) => {
    expect(states.length).toBeGreaterThan(300);
    for (const text of states) {
      const maps = mapsOf(text);
      expect(frameText(frameFrom(text, maps), maps, which).trimStart()).toBe(text);
    }
  });

  test('has all kinds of registers and slots among those that were recorded', () => {
    const kinds = [
      ...[/R\d+_w=P0/, /=ctx\(off=8\)/, /=map_ptr\(/, /map_value_or_null\(id=/, /=pkt\(id=/],
      ...[/pkt_meta\(r=0\)/, /pkt_end\(\)/, /fp\[0\]-8/, /=fp\(off=-24,smin/, /id=1\+5,/],
      ...[/fp-16=mmmmscalar\(/, /fp-24=\?{6}mm/, /fp-16=\?{4}0/, /_rw=P/, /off=-1,smin/],
    ];
    expect(kinds.filter((kind) => !states.some((text) => kind.test(text)))).toEqual([]);
  });
});

test('what is not scratched is not told', () => {
  const frame = frameFrom('R1=ctx() R6_w=7 fp-8_w=0 fp-16=mmmm????', []);
  frame.scratched.clear();
  expect(frameText(frame, [], 'scratched')).toBe('');
  frame.scratched.registers = 1 << 6;
  frame.scratched.slots.add(1);
  expect(frameText(frame, [], 'scratched')).toBe(' R6_w=7 fp-16=mmmm????');
  expect(frameText(frame, [], 'all')).toBe(' R1=ctx() R6_w=7 fp-8_w=0 fp-16=mmmm????');
});

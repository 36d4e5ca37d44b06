// What the command line shows of programs and prog arrays as objects, and of user space's operations on them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { graphSvg } from '../../cli/render/graph.ts';
import { timelineEvents } from '../../cli/render/graph-timeline.ts';
import { interpret } from '../../interp/index.ts';
import { type NamedScenario, parseScenario, parseScenarioFile } from '../../model/scenario/read.ts';
import { tailproof } from './fake-terminal.ts';
import { HOPS, OBJECTS } from './samples.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');

const run = (stdin: string, ...options: string[]) => tailproof(['run', '-', ...options], { stdin });

test('every operation with its result, and what is not as usual at the end', async () => {
  const { code, out, err } = await run(OBJECTS);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  await expect(out).toMatchFileSnapshot('golden/run-objects.txt');
});

test('nothing of objects where all is as usual', async () => {
  const { out } = await run(HOPS);
  expect(out).not.toContain('objects');
});

test('a program that is never loaded is absent, and so is an array that is never created', async () => {
  const { out } = await run(OBJECTS.replaceAll('{ step: 1 }', '{ step: 900 }'));
  expect(out).toMatch(/ objects +leaf: freed\n/);
  expect(out).toMatch(/ user: absent\n/);
  expect(out).toMatch(/ late: absent\n/);
});

test('JSON has all objects by name', async () => {
  const { out } = await run(OBJECTS, '--json');
  const { interp, smt } = JSON.parse(out).runs[0].outcomes;
  expect(smt.objects).toEqual(interp.objects);
  expect(interp.objects).toEqual({
    programs: {
      entry: { state: 'loaded', refs: 1 },
      leaf: { state: 'freed', refs: 0 },
      odd: { state: 'loaded', refs: 1 },
      ext: { state: 'freed', refs: 0 },
      user: { state: 'loaded', refs: 1 },
    },
    progArrays: {
      jmp: { state: 'live', users: 0, refs: 1, frozen: false, owner: 'entry' },
      late: { state: 'live', users: 1, refs: 2, frozen: true, owner: 'user' },
    },
  });
});

test('the time line shows every operation where it was applied', () => {
  const scenario = parseScenario(OBJECTS);
  const events = timelineEvents(scenario, interpret(scenario));
  const told = events.map(({ kind, step, text, detail }) => `${kind} ${step} ${text} (${detail})`);
  expect(told).toEqual([
    'start 0 entry (the run starts)',
    'write 0 attach ext (before step 0)',
    'write 1 create late, map_flags 0x8 (before step 1)',
    'write 1 load user (before step 1, with the one before)',
    'write 2 jmp[1] = odd (before step 2: EINVAL)',
    'write 2 late[0] = leaf, flags 0x1 (before step 2: EPERM)',
    'write 3 detach ext (before step 3)',
    'write 3 close ext (before step 3)',
    'write 4 close leaf (before step 4)',
    'write 4 pin jmp (before step 4)',
    'write 4 close jmp (before step 4)',
    'write 4 put jmp into a map of maps (before step 4: ENOTSUPP)',
    'write 7 unpin jmp (before hop 0)',
    'write 7 freeze late (before hop 0)',
    'failed 7 jmp[1] empty (in entry)',
    'end 10 exit, r0 = 3 (0x3) ()',
    'unreached undefined delete late[0] (before hop 9: never reached)',
  ]);
});

test('the picture has an extension that was attached, and its tail calls', () => {
  const extension = readFileSync(join(EXAMPLES, 'extension.yaml'), 'utf8');
  const [, { scenario }] = parseScenarioFile(extension).scenarios as [unknown, NamedScenario];
  const svg = graphSvg('extension', scenario, interpret(scenario));
  expect(svg).toContain('in place of entry slot 2');
  expect(svg).toContain('jmp[0] ×239');
});

describe('a profile that cannot run a file is refused with the line', () => {
  const JUMP32 = OBJECTS.replace('    r6 = r1\n', '    r6 = r1\n    if w6 == 0 goto stub\n');
  const ACQUIRE = `tailproof: 1
type: raw
programs:
  entry: |
    r0 = load_acquire((u64 *)(r10 - 8))
    exit
`;

  test.each(['run', 'check'])('%s: an instruction that came later', async (verb) => {
    const { code, out, err } = await tailproof([verb, '-'], { stdin: ACQUIRE });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(
      "tailproof: <stdin>:5:5: programs.entry: 'r0 = load_acquire((u64 *)(r10 -8))' came with linux-6.15; linux-6.12/x86_64 has the instructions of linux-6.12\n",
    );
    const later = await tailproof([verb, '-', '--profile', 'linux-6.19/x86_64'], {
      stdin: ACQUIRE,
    });
    expect(later.err).toBe('');
    expect(later.out).not.toBe('');
  });

  test('one that another profile has, under one that has not', async () => {
    expect((await run(JUMP32)).err).toBe('');
    const { code, err } = await run(JUMP32, '--profile', 'linux-4.14/x86_64');
    expect(code).toBe(2);
    expect(err).toBe(
      "tailproof: <stdin>:10:5: programs.entry: 'if w6 == 0 goto pc+8' came with linux-5.1; linux-4.14/x86_64 has the instructions of linux-4.14\n",
    );
  });

  test('findings are replayed, whatever they hold', async () => {
    const { code, err } = await tailproof(['replay', '-'], { stdin: ACQUIRE });
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test('a start that the other profile refuses', async () => {
    const file = `tailproof: 1
profile: linux-5.4/interp
type: xdp
maps:
  jmp: { type: prog_array, max_entries: 2, entries: { 0: entry, 1: leaf } }
programs:
  entry: exit
  leaf: { asm: exit, attributes: { xdp_has_frags: true } }
run: { uninitialised: ignore }
`;
    expect((await run(file)).code).toBe(0);
    const { code, err } = await run(file, '--profile', 'linux-6.1/interp');
    expect(code).toBe(2);
    expect(err).toBe(
      'tailproof: <stdin>:5:68: maps.jmp.entries.1: leaf cannot be put into jmp (EINVAL): linux-6.1/interp looks at type, jited, kprobe_override, xdp_has_frags, extension, expected_attach_type\n',
    );
  });
});

// Loading the programs of a scenario: verdicts in their order, and what prog arrays say of accepted programs.
// Refusals are what Linux 6.12 and 6.1 were seen to give.

import { describe, expect, test } from 'vitest';
import { parseScenarioFile } from '../../../model/scenario/read.ts';
import { type LoadOptions, loadPrograms, subjectOf } from '../../../model/verifier/load.ts';

const USES = '"r1 = map[jmp]\\nr0 = 0\\nexit"';

function scenarioOf(programs: string, profile = 'linux-6.12/x86_64', type = 'xdp') {
  const text = `tailproof: 1
profile: ${profile}
type: ${type}
maps: { jmp: { type: prog_array, max_entries: 2 }, other: { type: prog_array, max_entries: 2 } }
programs:
${programs}`;
  return parseScenarioFile(text, { programs: 'unchecked' }).scenarios[0]!.scenario;
}

function load(scenario: ReturnType<typeof scenarioOf>, options?: LoadOptions) {
  return [...loadPrograms(scenario, options)].map((verdict) => {
    if (verdict.kind === 'rejected') return `${verdict.errno} ${verdict.message}`;
    return verdict.kind === 'accepted' ? 'accepted' : verdict.reason;
  });
}

describe('a prog array', () => {
  test('belongs to the first program that uses it, and refuses others without a word', () => {
    const scenario = scenarioOf(`
  first: ${USES}
  like: ${USES}
  type: { attributes: { type: sched_cls }, asm: ${USES} }
  frags: { attributes: { xdp_has_frags: true }, asm: ${USES} }
  attach: { attributes: { expected_attach_type: 37 }, asm: ${USES} }
  elsewhere: { attributes: { xdp_has_frags: true }, asm: "r1 = map[other]\\nr0 = 0\\nexit" }
`);
    expect(load(scenario)).toEqual([
      ...['accepted', 'accepted', 'EINVAL ', 'EINVAL ', 'EINVAL ', 'accepted'],
    ]);
  });

  test('does not belong to a program that the verifier refuses', () => {
    const scenario = scenarioOf(`
  refused: "r1 = map[jmp]\\nexit"
  other: { attributes: { type: sched_cls }, asm: ${USES} }
`);
    expect(load(scenario)).toEqual(['EACCES R0 !read_ok', 'accepted']);
  });
});

describe('the verifier', () => {
  const MIXED = `
  entry: "call f\\nexit\\nf:\\nr2 = map[jmp]\\nr3 = 0\\ncall bpf_tail_call\\nr0 = 0\\nexit"
`;

  test('is that of the profile', () => {
    expect(load(scenarioOf(MIXED))).toEqual(['accepted']);
    expect(load(scenarioOf(MIXED, 'linux-6.12/interp'))).toEqual([
      'EINVAL tail_calls are not allowed in non-JITed programs with bpf-to-bpf calls',
    ]);
    const signed = scenarioOf('  entry: "r0 = 4\\nr0 s/= 2\\nexit"', 'linux-6.1/x86_64');
    expect(load(signed)).toEqual(['EINVAL BPF_ALU uses reserved fields']);
    expect(load(signed, { rules: 'linux-6.12' })).toEqual(['accepted']);
  });

  test('looks at who loads', () => {
    const leak = scenarioOf('  entry: "r0 = r10\\nexit"', 'linux-6.12/x86_64', 'socket_filter');
    expect(load(leak)).toEqual(['accepted']);
    expect(load(leak, { privileged: false })).toEqual(['EACCES R0 leaks addr as return value']);
  });

  test.each([
    ['another kernel', '  entry: exit', 'linux-5.4/x86_64', 'the verifier of linux-5.4/x86_64'],
    [
      'sleepable programs',
      '  entry: { attributes: { sleepable: true }, asm: "r0 = 0\\nexit" }',
      'linux-6.12/x86_64',
      'a sleepable program',
    ],
  ])('is not modelled for %s', (_, programs, profile, reason) => {
    expect(load(scenarioOf(programs, profile))).toEqual([`not modelled: ${reason}`]);
  });

  test('is not modelled for extensions', () => {
    const scenario = scenarioOf(`
  entry: "call f\\nexit\\nf:\\nr0 = 0\\nexit"
  extension: { replaces: { program: entry, function: f }, asm: "r0 = 1\\nexit" }
`);
    expect(load(scenario)).toEqual(['accepted', 'not modelled: an extension, which needs BTF']);
  });
});

test('a program of a scenario is compiled unless its profile or its attributes say otherwise', () => {
  const programs = '  entry: exit\n  slow: { attributes: { jited: false }, asm: exit }';
  const jited = scenarioOf(programs);
  expect([0, 1].map((program) => subjectOf(jited, program).jited)).toEqual([true, false]);
  expect(subjectOf(scenarioOf(programs, 'linux-6.12/interp'), 0).jited).toBe(false);
  expect(subjectOf(jited, 0, { jited: false }).jited).toBe(false);
});

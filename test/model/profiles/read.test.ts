// Profiles of a user's own: what a file gives, and what is said of a wrong one.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../model/errors.ts';
import { createProgram } from '../../../model/isa/program.ts';
import { assemble } from '../../../model/isa/text/assemble.ts';
import { listProfiles, profileNamed } from '../../../model/profiles/catalogue.ts';
import { parseProfile } from '../../../model/profiles/read.ts';
import { createScenario } from '../../../model/scenario/create.ts';
import { parseScenario } from '../../../model/scenario/read.ts';
import { formatScenario } from '../../../model/scenario/write.ts';

const HEAD = 'tailproof-profile: 1\nname: mine\nfrom: linux-7.0/interp\n';
const BASE = profileNamed('linux-7.0/interp');

test.each(listProfiles())('no changes give $name again', ({ name, ...rest }) => {
  const mine = parseProfile(`tailproof-profile: 1\nname: mine\nfrom: ${name}\n`);
  expect(mine).toEqual({ name: 'mine', ...rest, from: name });
});

test('what is changed is changed, and its source is the file', () => {
  const mine = parseProfile(`${HEAD}burns: { empty: false }\n`, { file: 'mine.yaml' });
  expect(mine.tailCall).toEqual(profileNamed('linux-7.1/interp').tailCall);
  expect(mine.provenance).toEqual({
    ...BASE.provenance,
    burns: { tag: 'U', source: 'mine.yaml' },
  });
});

test('a source of its own', () => {
  const mine = parseProfile(`${HEAD}limit: 7\nsource: a patch\n`, { file: 'mine.yaml' });
  expect(mine.provenance.limit).toEqual({ tag: 'U', source: 'a patch' });
  expect(mine.tailCall).toEqual({ ...BASE.tailCall, limit: 7 });
});

const page = readFileSync(new URL('../../../docs/profiles.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1]!);

test('the examples of the page are read; the last one has every knob', () => {
  expect(examples.length).toBe(2);
  const [, all] = examples.map((text) => parseProfile(text));
  expect(all).toEqual({
    name: 'everything',
    from: 'linux-7.1/x86_64',
    tailCall: {
      limit: 64,
      order: ['count', 'index', 'slot'],
      indexBits: 64,
      indexMasked: false,
      burns: { outOfRange: true, exhausted: false, empty: true },
      propagation: 'writeback',
      trampoline: 'resets',
      countSlot: 'unrounded',
      directKey: 'tnum_range',
    },
    objects: {
      compatKeys: ['type', 'jited', 'sleepable'],
      ownerLocked: false,
      clearedOn: 'descriptor',
      freed: 'at_once',
      freezeNeeds: 'unfrozen',
    },
    facts: {
      newCounter: [
        'run',
        'test_run',
        'tracing',
        'freplace',
        'struct_ops',
        'async_callback',
        'exception_callback',
      ],
      stack: { callerLimit: 'none', rounding: 32, frames: 8 },
      afterCall: { r0: 'undefined', packetPointers: 'keep' },
      mapErrors: { lookup: 'ENOTSUPP' },
      div0: 'abort0',
      instructionSet: 'linux-6.1',
    },
    provenance: Object.fromEntries(
      Object.keys(BASE.provenance).map((knob) => [
        knob,
        { tag: 'U', source: 'a profile of a user' },
      ]),
    ),
  });
});

describe('a wrong file is refused with its place', () => {
  test.each([
    ['', 'f.yaml:1:1: the file is empty; a profile starts with `tailproof-profile: 1`'],
    ['a: 1\n', 'f.yaml:1:1: this is no profile: it has no `tailproof-profile: 1`'],
    [
      'tailproof: 1\ntype: raw\n',
      'f.yaml:1:1: this is no profile: it has no `tailproof-profile: 1`',
    ],
    [
      'tailproof-profile: 2\nlimit: x\n',
      'f.yaml:1:20: tailproof-profile: this is format 2; only format 1 is known',
    ],
    ['tailproof-profile: 1\nfrom: linux-7.0/interp\n', 'f.yaml:1:1: name: is missing'],
    ['tailproof-profile: 1\nname: mine\n', 'f.yaml:1:1: from: is missing'],
    [
      'tailproof-profile: 1\nname: mine\nfrom: linux-7.0/intrep\n',
      "f.yaml:3:7: from: there is no profile 'linux-7.0/intrep'; did you mean 'linux-7.0/interp'?",
    ],
    [
      'tailproof-profile: 1\nname: linux-7.1/interp\nfrom: linux-7.0/interp\n',
      "f.yaml:2:7: name: 'linux-7.1/interp' is a profile of the catalogue; a profile of your own needs a name of its own",
    ],
    [
      'tailproof-profile: 1\nname: "a b"\nfrom: linux-7.0/interp\n',
      'f.yaml:2:7: name: a name starts with a letter or _, goes on with letters, digits, _, ., +, - and /, and has at most 63 of them',
    ],
    [`${HEAD}ordre: [index]\n`, "f.yaml:4:1: ordre: unknown key; did you mean 'order'?"],
    [`${HEAD}limit: -1\n`, 'f.yaml:4:8: limit: -1 is not from 0 to 2147483647'],
    [`${HEAD}order: [index, count]\n`, 'f.yaml:4:8: order: the order of checks lacks slot'],
    [`${HEAD}order: [index, count, slot, count]\n`, 'f.yaml:4:29: order.3: count is there twice'],
    [
      `${HEAD}order: [index, cuont, slot]\n`,
      "f.yaml:4:16: order.1: there is no 'cuont' here; did you mean 'count'?",
    ],
    [`${HEAD}index_bits: 16\n`, 'f.yaml:4:13: index_bits: expected 32 or 64, but this is 16'],
    [
      `${HEAD}index_masked: "yes"\n`,
      "f.yaml:4:15: index_masked: expected true or false, but this is the text 'yes'",
    ],
    [`${HEAD}burns:\n  emty: true\n`, "f.yaml:5:3: burns.emty: unknown key; did you mean 'empty'?"],
    [
      `${HEAD}propagation: refernce\n`,
      "f.yaml:4:14: propagation: there is no 'refernce' here; did you mean 'reference'?",
    ],
    [
      `${HEAD}stack: { caller_limit: 1000 }\n`,
      'f.yaml:4:24: stack.caller_limit: 1000 is not from 0 to 512',
    ],
    [
      `${HEAD}trampoline: reset\n`,
      "f.yaml:4:13: trampoline: there is no 'reset' here; did you mean 'resets'?",
    ],
    [
      `${HEAD}trampoline: true\n`,
      'f.yaml:4:13: trampoline: expected one of preserves, resets, but this is true',
    ],
    [
      `${HEAD}count_slot: [rounded]\n`,
      'f.yaml:4:13: count_slot: expected one of rounded, unrounded, but this is a list',
    ],
    [
      `${HEAD}count_slot: 8\n`,
      'f.yaml:4:13: count_slot: expected one of rounded, unrounded, but this is 8',
    ],
    [
      `${HEAD}direct_key: tnum\n`,
      "f.yaml:4:13: direct_key: there is no 'tnum' here; there are: checked, tnum_range",
    ],
    [
      `${HEAD}direct_kye: checked\n`,
      "f.yaml:4:1: direct_kye: unknown key; did you mean 'direct_key'?",
    ],
    [`${HEAD}compat_keys: [type, type]\n`, 'f.yaml:4:21: compat_keys.1: type is there twice'],
    [
      `${HEAD}compat_keys: [cgroup_storage_leef]\n`,
      "f.yaml:4:15: compat_keys.0: there is no 'cgroup_storage_leef' here; did you mean 'cgroup_storage_leaf'?",
    ],
    [
      `${HEAD}compat_keys: type\n`,
      "f.yaml:4:14: compat_keys: expected a list, but this is the text 'type'",
    ],
    [
      `${HEAD}owner_locked: 1\n`,
      'f.yaml:4:15: owner_locked: expected true or false, but this is 1',
    ],
    [
      `${HEAD}owner_locked: "true"\n`,
      "f.yaml:4:15: owner_locked: expected true or false, but this is the text 'true'",
    ],
    [
      `${HEAD}cleared_on: last-user\n`,
      "f.yaml:4:13: cleared_on: there is no 'last-user' here; did you mean 'last_user'?",
    ],
    [
      `${HEAD}cleared_on:\n`,
      'f.yaml:4:12: cleared_on: expected one of last_user, descriptor, but this is nothing',
    ],
    [
      `${HEAD}freed: once\n`,
      "f.yaml:4:8: freed: there is no 'once' here; there are: grace_period, at_once",
    ],
    [
      `${HEAD}freed: 0\n`,
      'f.yaml:4:8: freed: expected one of grace_period, at_once, but this is 0',
    ],
    [
      `${HEAD}instruction_set: v4\n`,
      "f.yaml:4:18: instruction_set: 'v4' is no release of Linux; one is linux-6.12",
    ],
    [
      `${HEAD}instruction_set: 6.6\n`,
      'f.yaml:4:18: instruction_set: expected a release of Linux such as linux-6.12, but this is 6.6',
    ],
    [
      `${HEAD}new_counter: [run, trampoline]\n`,
      "f.yaml:4:20: new_counter.1: there is no 'trampoline' here; there are: run, test_run, tracing, freplace, struct_ops, async_callback, exception_callback",
    ],
    [
      `${HEAD}limit: x\nindex_bits: 1\n`,
      "f.yaml:4:8: limit: expected an integer, but this is the text 'x' (and 1 more)",
    ],
    [
      '%YAML 1.1\n---\ntailproof-profile: 1\n',
      'f.yaml:1:1: YAML 1.1 is not read; profiles are YAML 1.2',
    ],
  ])('%j', (text, message) => {
    let error: unknown;
    try {
      parseProfile(text, { file: 'f.yaml' });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toBe(message);
  });
});

// Every key of an object knob or of a newer one, with values of every wrong shape.
describe.each([
  ['trampoline', 'one of preserves, resets'],
  ['count_slot', 'one of rounded, unrounded'],
  ['direct_key', 'one of checked, tnum_range'],
  ['compat_keys', 'a list'],
  ['owner_locked', 'true or false'],
  ['cleared_on', 'one of last_user, descriptor'],
  ['freed', 'one of grace_period, at_once'],
  ['freeze_needs', 'one of unfrozen, writable'],
  ['instruction_set', 'a release of Linux such as linux-6.12'],
])('%s takes nothing but %s', (key, expected) => {
  test.each([
    ['', 'nothing'],
    ['~', 'nothing'],
    ['17', '17'],
    ['-1.5', '-1.5'],
    ['{ a: b }', 'a mapping'],
    ['0x10', '0x10'],
    ['.inf', '.inf'],
  ])('not %j', (value, told) => {
    const text = `${HEAD}${key}: ${value}\n`;
    const place = { file: 'f.yaml', line: 4, column: key.length + 3, at: key };
    expect(() => parseProfile(text, { file: 'f.yaml' })).toThrow(
      new InputError(`expected ${expected}, but this is ${told}`, place),
    );
  });
});

describe('a scenario with a profile of a user', () => {
  const program = createProgram(assemble('r0 = 0\nexit').instructions);
  const scenario = createScenario({
    profile: parseProfile(`${HEAD}limit: 2\n`),
    programs: [{ name: 'p', program }],
  });

  test('is written with its name and a note', () => {
    const text = formatScenario(scenario, { comments: ['first'] });
    expect(text.split('\n').slice(0, 4)).toEqual([
      '# first',
      "# mine is a profile of a user's own, made from linux-7.0/interp; scenario files name profiles of the catalogue only",
      'tailproof: 1',
      'profile: mine',
    ]);
    expect(() => parseScenario(text, { file: 'f.yaml' })).toThrow(
      /^f\.yaml:4:10: profile: there is no profile 'mine'; /,
    );
  });

  test('a name that YAML would take for something else is quoted', () => {
    const profile = parseProfile('tailproof-profile: 1\nname: "null"\nfrom: linux-7.0/interp\n');
    expect(formatScenario({ ...scenario, profile })).toContain('\nprofile: "null"\n');
  });

  test('one of the catalogue gets no note', () => {
    expect(formatScenario({ ...scenario, profile: BASE })).toMatch(/^tailproof: 1\n/);
  });
});

// Scenario files that are wrong in what they say of objects: attributes, extensions, operations of user space.

import { type BadFile, COUNT, HEAD, JMP, PROGRAMS, schedule } from './bad-file-parts.ts';

const FIRST_LINES = `${HEAD}${JMP}programs:\n`;
const PLAIN = '  entry: |\n    call sub\n    exit\n    sub:\n    r0 = 0\n    exit\n';
/** A program of a file whose seventh line has keys of the program. */
const withKeys = (keys: string, before = '', after = '') =>
  `${FIRST_LINES}${before}  p:\n    asm: exit\n    ${keys}\n${after}`;
const replacing = (keys: string) => withKeys(`replaces: { ${keys} }`, PLAIN);
/** A time line of two operations. */
const two = (first: string, second: string) =>
  `${HEAD}${JMP}${PROGRAMS}schedule:\n  - { before: { step: 1 }, ${first} }\n  - ${second}\n`;
const entry = (operation: string) => schedule(`{ before: { step: 1 }, ${operation} }`);

/** Values that are neither a name nor a number nor a truth value, and what errors call them. */
const NEITHER = [
  ['[1]', 'a list'],
  ['{ a: b }', 'a mapping'],
  ['~', 'nothing'],
  ['1.5', '1.5'],
] as const;

/** Wrong values for a key that takes one kind of scalar; `column` is where the value starts. */
function wrongValues(
  path: string,
  expected: string,
  others: readonly (readonly [value: string, told: string])[],
  textOf: (value: string) => string,
  place: string,
): BadFile[] {
  return [...NEITHER, ...others].map(([value, told]) => ({
    what: `${path}: ${value}`,
    text: textOf(value),
    message: `f.yaml:${place}: ${path}: expected ${expected}, but this is ${told}`,
  }));
}

const FLAGS = ['jited', 'xdp_has_frags', 'sleepable', 'kprobe_override', 'dev_bound'];
const NUMBERS = ['expected_attach_type', 'attach_func_proto', 'cgroup_storage'];
const TYPES = 'raw, socket_filter, sched_cls, xdp';
const attribute = (key: string, rest = '') =>
  [
    (value: string) => withKeys(`attributes: { ${key}: ${value}${rest} }`),
    `8:${21 + key.length}`,
  ] as const;

const WRONG_ATTRIBUTES: readonly BadFile[] = [
  ...FLAGS.flatMap((key) =>
    wrongValues(
      `programs.p.attributes.${key}`,
      'true or false',
      [['"no"', "the text 'no'"]],
      ...attribute(key),
    ),
  ),
  ...NUMBERS.flatMap((key) => [
    ...wrongValues(
      `programs.p.attributes.${key}`,
      'an integer',
      [['true', 'true']],
      ...attribute(key),
    ),
    {
      what: `${key}: -1`,
      text: attribute(key)[0]('-1'),
      message: `f.yaml:${attribute(key)[1]}: programs.p.attributes.${key}: -1 is not from 0 to 4294967295`,
    },
    {
      what: `${key}: 2^32`,
      text: attribute(key)[0]('0x100000000'),
      message: `f.yaml:${attribute(key)[1]}: programs.p.attributes.${key}: 4294967296 is not from 0 to 4294967295`,
    },
  ]),
  ...wrongValues(
    'programs.p.attributes.type',
    `one of ${TYPES}`,
    [['7', '7']],
    ...attribute('type'),
  ),
  {
    what: 'an unknown type',
    text: withKeys('attributes: { type: xpd }'),
    message: "f.yaml:8:25: programs.p.attributes.type: there is no 'xpd' here; did you mean 'xdp'?",
  },
  {
    what: 'an unknown attribute',
    text: withKeys('attributes: { jitted: true }'),
    message: "f.yaml:8:19: programs.p.attributes.jitted: unknown key; did you mean 'jited'?",
  },
  {
    what: 'a list of attributes',
    text: withKeys('attributes: [jited]'),
    message: 'f.yaml:8:17: programs.p.attributes: expected a mapping, but this is a list',
  },
  {
    what: 'attributes without any code',
    text: `${FIRST_LINES}  p:\n    attributes: { jited: false }\n`,
    message: 'f.yaml:6:3: programs.p: a program is either asm or bytes',
  },
  {
    what: 'attributes of a program given as text',
    text: `${FIRST_LINES}  p: exit\n  attributes: { jited: false }\n`,
    message:
      'f.yaml:7:17: programs.attributes.jited: unknown key; there are: asm, bytes, attributes, traced, replaces',
  },
  {
    what: 'attributes twice',
    text: withKeys('attributes: { jited: true, jited: false }'),
    message: "f.yaml:8:32: the key 'jited' is there twice",
  },
];

const WRONG_EXTENSIONS: readonly BadFile[] = [
  ...wrongValues(
    'programs.p.traced',
    'true or false',
    [['sub', "the text 'sub'"]],
    (value) => withKeys(`traced: ${value}`),
    '8:13',
  ),
  {
    what: 'no function',
    text: replacing('program: entry'),
    message: 'f.yaml:14:15: programs.p.replaces.function: is missing',
  },
  {
    what: 'no program',
    text: replacing('function: sub'),
    message: 'f.yaml:14:15: programs.p.replaces.program: is missing',
  },
  {
    what: 'an unknown program',
    text: replacing('program: entyr, function: sub'),
    message:
      "f.yaml:14:26: programs.p.replaces.program: there is no program 'entyr'; there are: entry, p",
  },
  {
    what: 'a program by its number',
    text: replacing('program: 0, function: sub'),
    message: 'f.yaml:14:26: programs.p.replaces.program: expected text, but this is 0',
  },
  {
    what: 'a program of its own',
    text: replacing('program: p, function: 0'),
    message: 'f.yaml:14:26: programs.p.replaces.program: a program replaces no function of its own',
  },
  {
    what: 'an unknown label',
    text: replacing('program: entry, function: sbu'),
    message:
      "f.yaml:14:43: programs.p.replaces.function: entry has no label 'sbu'; did you mean 'sub'?",
  },
  {
    what: 'a slot in the middle of a function',
    text: replacing('program: entry, function: 3'),
    message:
      'f.yaml:14:43: programs.p.replaces.function: no function starts at slot 3; in entry, local calls lead to 2',
  },
  {
    what: 'the entry of the program',
    text: replacing('program: entry, function: 0'),
    message:
      'f.yaml:14:43: programs.p.replaces.function: no function starts at slot 0; in entry, local calls lead to 2',
  },
  {
    what: 'a negative slot',
    text: replacing('program: entry, function: -2'),
    message: 'f.yaml:14:43: programs.p.replaces.function: -2 is not from 0 to 4294967295',
  },
  {
    what: 'a function that is no scalar',
    text: replacing('program: entry, function: [sub]'),
    message:
      'f.yaml:14:43: programs.p.replaces.function: expected a label or a slot, but this is a list',
  },
  {
    what: 'a target without functions',
    text: withKeys('replaces: { program: q, function: 1 }', '  q: exit\n'),
    message:
      'f.yaml:9:39: programs.p.replaces.function: no function starts at slot 1; q calls no functions',
  },
  {
    what: 'a label in bytecode',
    text: withKeys(
      'replaces: { program: q, function: sub }',
      '  q: { bytes: "95 00 00 00 00 00 00 00" }\n',
    ),
    message:
      'f.yaml:9:39: programs.p.replaces.function: q is bytecode, which has no labels; name the slot where the function starts',
  },
  {
    what: 'a target that comes later',
    text: withKeys('replaces: { program: entry, function: sub }', '', PLAIN),
    message:
      'f.yaml:8:26: programs.p.replaces.program: p cannot be loaded (EBADF): entry must be there before it',
  },
];

const WRONG_OPERATIONS: readonly BadFile[] = [
  {
    what: 'an entry that does nothing',
    text: schedule('{ before: { step: 1 } }'),
    message:
      'f.yaml:10:5: schedule.0: expected one of update, delete, freeze, create, inner, pin, unpin, close, load, attach, detach',
  },
  {
    what: 'two things at once',
    text: entry('freeze: jmp, pin: jmp'),
    message: 'f.yaml:10:41: schedule.0.pin: an entry does one thing, not both freeze and pin',
  },
  {
    what: 'an unknown operation',
    text: entry('freez: jmp'),
    message: "f.yaml:10:28: schedule.0.freez: unknown key; did you mean 'freeze'?",
  },
  ...['freeze', 'create', 'inner', 'pin', 'unpin'].flatMap((key) => {
    const place = `10:${30 + key.length}`;
    return [
      ...wrongValues(
        `schedule.0.${key}`,
        'text',
        [['0', '0']],
        (value) => entry(`${key}: ${value}`),
        place,
      ),
      {
        what: `${key}: an unknown array`,
        text: entry(`${key}: jpm`),
        message: `f.yaml:${place}: schedule.0.${key}: there is no map 'jpm'; there are: jmp`,
      },
      {
        what: `${key}: a program`,
        text: entry(`${key}: entry`),
        message: `f.yaml:${place}: schedule.0.${key}: there is no map 'entry'; there are: jmp`,
      },
      {
        what: `${key}: an array with values`,
        text: `${HEAD}${COUNT}${PROGRAMS}schedule:\n  - { before: { step: 1 }, ${key}: count }\n`,
        message: `f.yaml:${place}: schedule.0.${key}: count is of type array; prog arrays: none`,
      },
      {
        what: `${key} with an index`,
        text: entry(`${key}: jmp, index: 0`),
        message: `f.yaml:10:${35 + key.length}: schedule.0.index: ${key} takes no index`,
      },
    ];
  }),
  ...['load', 'attach', 'detach'].flatMap((key) => {
    const place = `10:${30 + key.length}`;
    return [
      ...wrongValues(
        `schedule.0.${key}`,
        'text',
        [['0', '0']],
        (value) => entry(`${key}: ${value}`),
        place,
      ),
      {
        what: `${key}: an unknown program`,
        text: entry(`${key}: entri`),
        message: `f.yaml:${place}: schedule.0.${key}: there is no program 'entri'; there are: entry`,
      },
      {
        what: `${key}: a map`,
        text: entry(`${key}: jmp`),
        message: `f.yaml:${place}: schedule.0.${key}: there is no program 'jmp'; there are: entry`,
      },
      {
        what: `${key} with flags`,
        text: entry(`${key}: entry, flags: 0`),
        message: `f.yaml:10:${37 + key.length}: schedule.0.flags: ${key} takes no flags`,
      },
    ];
  }),
  ...wrongValues(
    'schedule.0.close',
    'text',
    [['0', '0']],
    (value) => entry(`close: ${value}`),
    '10:35',
  ),
  {
    what: 'close: nothing of this name',
    text: entry('close: jpm'),
    message:
      "f.yaml:10:35: schedule.0.close: there is no map or program 'jpm'; did you mean 'jmp'?",
  },
  {
    what: 'close: an array with values',
    text: `${HEAD}${COUNT}${PROGRAMS}schedule:\n  - { before: { step: 1 }, close: count }\n`,
    message: 'f.yaml:10:35: schedule.0.close: count is of type array; prog arrays: none',
  },
  {
    what: 'close: a name of both',
    text: `${HEAD}maps:\n  entry: { type: prog_array, max_entries: 2 }\n${PROGRAMS}schedule:\n  - { before: { step: 1 }, close: entry }\n`,
    message:
      'f.yaml:10:35: schedule.0.close: entry is both a map and a program; give one of them another name',
  },
  ...['flags', 'key_size', 'value_size', 'map_flags'].flatMap((key) => {
    const operation = key === 'flags' ? 'update: jmp, index: 0, program: entry' : 'create: jmp';
    const place = `10:${32 + operation.length + key.length}`;
    const text = (value: string) => entry(`${operation}, ${key}: ${value}`);
    return [
      ...wrongValues(
        `schedule.0.${key}`,
        'an integer',
        [['BPF_F_RDONLY', "the text 'BPF_F_RDONLY'"]],
        text,
        place,
      ),
      {
        what: `${key}: -1`,
        text: text('-1'),
        message: `f.yaml:${place}: schedule.0.${key}: -1 is not from 0 to 4294967295`,
      },
      {
        what: `${key}: 2^32`,
        text: text('4294967296'),
        message: `f.yaml:${place}: schedule.0.${key}: 4294967296 is not from 0 to 4294967295`,
      },
      {
        what: `${key} of a freeze`,
        text: entry(`freeze: jmp, ${key}: 4`),
        message: `f.yaml:10:41: schedule.0.${key}: freeze takes no ${key}`,
      },
    ];
  }),
  {
    what: 'an update by several names',
    text: entry('update: jmp, index: 0, program: entry, map_flags: 0'),
    message: 'f.yaml:10:67: schedule.0.map_flags: update takes no map_flags',
  },
];

const SIMULTANEOUS: readonly BadFile[] = [
  ...wrongValues(
    'schedule.0.with_previous',
    'true',
    [['false', 'false']],
    (value) => entry(`load: entry, with_previous: ${value}`),
    '10:56',
  ),
  {
    what: 'no entry before',
    text: entry('update: jmp, index: 0, program: entry, with_previous: true'),
    message: 'f.yaml:10:82: schedule.0.with_previous: there is no entry before this one',
  },
  {
    what: 'an entry before at another step',
    text: two(
      'freeze: jmp',
      '{ before: { step: 2 }, update: jmp, index: 0, program: entry, with_previous: true }',
    ),
    message:
      'f.yaml:11:82: schedule.1.with_previous: the entry before this one is applied at another time',
  },
  {
    what: 'an entry before at the hop of the same number',
    text: two(
      'freeze: jmp',
      '{ before: { hop: 1 }, update: jmp, index: 0, program: entry, with_previous: true }',
    ),
    message:
      'f.yaml:11:81: schedule.1.with_previous: the entry before this one is applied at another time',
  },
  {
    what: 'a delete',
    text: two('freeze: jmp', '{ before: { step: 1 }, delete: jmp, index: 0, with_previous: true }'),
    message: 'f.yaml:11:51: schedule.1.with_previous: delete takes no with_previous',
  },
  {
    what: 'an array created twice',
    text: two('create: jmp', '{ before: { step: 2 }, create: jmp }'),
    message: 'f.yaml:11:36: schedule.1.create: jmp is created by entry 0 already',
  },
];

const LATE = '  late: |\n    r2 = map[jmp]\n    r0 = 0\n    exit\n';
const withLate = (rest: string, jmp = JMP) => `${HEAD}${jmp}${PROGRAMS}${LATE}${rest}`;

/** docs/semantics.md, At the start. */
const IMPOSSIBLE_STARTS: readonly BadFile[] = [
  {
    what: 'a program loaded twice',
    text: withLate(
      'schedule:\n  - { before: { step: 1 }, load: late }\n  - { before: { step: 2 }, load: late }\n',
    ),
    message: 'f.yaml:15:34: schedule.1.load: late is loaded by entry 0 already',
  },
  {
    what: 'a run that starts with a program that is not there',
    text: withLate('run: { program: late }\nschedule:\n  - { before: { step: 1 }, load: late }\n'),
    message: 'f.yaml:13:17: run.program: the run starts with late, which the schedule loads',
  },
  {
    what: 'the first program, absent, without a run',
    text: entry('load: entry'),
    message: 'f.yaml:1:1: run.program: the run starts with entry, which the schedule loads',
  },
  {
    what: 'a user of an array that is not there',
    text: withLate('schedule:\n  - { before: { step: 1 }, create: jmp }\n'),
    message:
      'f.yaml:10:5: programs.late: the schedule creates jmp; a program that uses it must be loaded after that',
  },
  {
    what: 'contents of an array that is not there',
    text: withLate(
      'schedule:\n  - { before: { step: 1 }, load: late }\n  - { before: { step: 1 }, create: jmp }\n',
      'maps:\n  jmp: { type: prog_array, max_entries: 2, entries: { 0: entry } }\n',
    ),
    message:
      'f.yaml:4:53: maps.jmp.entries: the schedule creates this array, so that it holds nothing at the start',
  },
  {
    what: 'an initial entry of a program that is not there',
    text: withLate(
      'schedule:\n  - { before: { step: 1 }, load: late }\n',
      'maps:\n  jmp: { type: prog_array, max_entries: 2, entries: { 0: entry, 1: late } }\n',
    ),
    message: 'f.yaml:4:68: maps.jmp.entries.1: the schedule loads late; it is not there yet',
  },
  {
    what: 'an initial entry that is incompatible',
    text: `${HEAD}maps:\n  jmp: { type: prog_array, max_entries: 2, entries: { 0: entry, 1: odd } }\n${PROGRAMS}  odd: { asm: exit, attributes: { jited: false } }\n`,
    message:
      'f.yaml:4:68: maps.jmp.entries.1: odd cannot be put into jmp (EINVAL): linux-6.12/x86_64 looks at type, jited, kprobe_override, xdp_has_frags, dev_bound, attach_func_proto, extension, cgroup_storage_leaf, expected_attach_type',
  },
  {
    what: 'a user that is incompatible with the one before',
    text: `tailproof: 1\nprofile: linux-4.14/interp\ntype: xdp\n${JMP}programs:\n  a: { asm: "r2 = map[jmp]\\nr0 = 0\\nexit" }\n  b:\n    asm: |\n      r1 = 0\n      r2 = map[jmp]\n      exit\n    attributes: { type: raw }\n`,
    message:
      'f.yaml:11:7: programs.b.asm: b cannot use jmp (EINVAL): linux-4.14/interp looks at type, jited',
  },
  {
    what: 'an extension among the initial entries',
    text: `${HEAD}maps:\n  jmp: { type: prog_array, max_entries: 2, entries: { 1: p } }\nprograms:\n${PLAIN}  p: { asm: exit, replaces: { program: entry, function: sub } }\n`,
    message:
      'f.yaml:4:58: maps.jmp.entries.1: p cannot be put into jmp (EINVAL): linux-6.12/x86_64 looks at type, jited, kprobe_override, xdp_has_frags, dev_bound, attach_func_proto, extension, cgroup_storage_leaf, expected_attach_type',
  },
];

export const BAD_OBJECTS: readonly BadFile[] = [
  ...WRONG_ATTRIBUTES,
  ...WRONG_EXTENSIONS,
  ...WRONG_OPERATIONS,
  ...SIMULTANEOUS,
  ...IMPOSSIBLE_STARTS,
];

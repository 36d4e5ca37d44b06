// Scenario files that are wrong as a whole, in their shape or in their maps, each with the message that it must
// give.

import { type BadFile, HEAD, PROGRAMS, HASH, map } from './bad-file-parts.ts';

export const BAD_FILES: readonly BadFile[] = [
  // The file as a whole.
  {
    what: 'an empty file',
    text: '',
    message: 'f.yaml:1:1: the file is empty; a scenario starts with `tailproof: 1`',
  },
  {
    what: 'only a comment',
    text: '# nothing\n',
    message: 'f.yaml:1:1: the file is empty; a scenario starts with `tailproof: 1`',
  },
  {
    what: 'a text',
    text: 'hello\n',
    message: 'f.yaml:1:1: this is no scenario: it has no `tailproof: 1`',
  },
  {
    what: 'a list',
    text: '- 1\n',
    message: 'f.yaml:1:1: this is no scenario: it has no `tailproof: 1`',
  },
  {
    what: 'another YAML file',
    text: 'name: ci\non: push\n',
    message: 'f.yaml:1:1: this is no scenario: it has no `tailproof: 1`',
  },
  {
    what: 'another format',
    text: 'tailproof: 2\ntype: raw\nprograms: {}\n',
    message: 'f.yaml:1:12: tailproof: this is format 2; only format 1 is known',
  },
  {
    what: 'a misspelt first key',
    text: `tailprof: 1\ntype: raw\n${PROGRAMS}`,
    message: "f.yaml:1:1: tailprof: unknown key; did you mean 'tailproof'?",
  },
  {
    what: 'a tab as indentation',
    text: `${HEAD}programs:\n\tentry: exit\n`,
    message: 'f.yaml:4:1: not YAML: Tabs are not allowed as indentation',
  },
  {
    what: 'an unclosed bracket',
    text: `${HEAD}maps: { jmp: { type: hash\n`,
    message:
      'f.yaml:4:1: not YAML: Flow map in block collection must be sufficiently indented and end with a }',
  },
  {
    what: 'a key twice',
    text: `${HEAD}type: raw\n${PROGRAMS}`,
    message: "f.yaml:3:1: the key 'type' is there twice",
  },
  {
    what: 'a second document',
    text: `${HEAD}${PROGRAMS}---\na: 1\n`,
    message: 'f.yaml:7:1: not YAML: a file holds one YAML document',
  },
  {
    what: 'a tag',
    text: `${HEAD}programs: !lua x\n`,
    message: 'f.yaml:3:11: not YAML: Unresolved tag: !lua',
  },
  {
    what: 'YAML 1.1',
    text: `%YAML 1.1\n---\n${HEAD}${PROGRAMS}`,
    message: 'f.yaml:1:1: YAML 1.1 is not read; scenarios are YAML 1.2',
  },
  {
    what: 'an unknown anchor',
    text: `${HEAD}programs: *p\n`,
    message: "f.yaml:3:11: there is no anchor 'p' before this",
  },
  {
    what: 'an anchor within itself',
    text: `${HEAD}maps: &m { a: *m }\n`,
    message: 'f.yaml:3:10: nested more than 32 levels deep',
  },
  {
    what: 'an alias bomb',
    text: `a: &a [x, x, x, x, x, x, x, x]\n${'abcdefg'
      .split('')
      .map((letter, index) => {
        const next = 'bcdefgh'[index];
        return `${next}: &${next} [${Array(8).fill(`*${letter}`).join(', ')}]\n`;
      })
      .join('')}`,
    message: 'f.yaml:2:28: more than 1000 aliases',
  },
  {
    what: 'deep nesting',
    text: `a: ${'['.repeat(100)}${']'.repeat(100)}\n`,
    message: 'f.yaml:1:36: nested more than 32 levels deep',
  },
  {
    what: 'very deep nesting',
    text: `a: ${'['.repeat(20_000)}\n`,
    message: 'f.yaml:1:1: nested more than 32 levels deep',
  },
  {
    what: 'a list as a key',
    text: `${HEAD}maps:\n  ? [a]\n  : 1\n`,
    message: 'f.yaml:4:5: a key is a name or a number, not a list or a mapping',
  },
  {
    what: 'a key of JavaScript',
    text: `${HEAD}maps: { __proto__: {} }\n`,
    message: 'f.yaml:3:9: __proto__ cannot be a key',
  },
  // Shape.
  {
    what: 'an unknown key',
    text: `${HEAD}${PROGRAMS}progams: {}\n`,
    message: "f.yaml:7:1: progams: unknown key; did you mean 'programs'?",
  },
  {
    what: 'an unknown key near to none',
    text: `${HEAD}${PROGRAMS}zzz: {}\n`,
    message:
      'f.yaml:7:1: zzz: unknown key; there are: tailproof, profile, type, maps, programs, run, runs, schedule, expect',
  },
  { what: 'no programs', text: HEAD, message: 'f.yaml:1:1: programs: is missing' },
  {
    what: 'empty programs',
    text: `${HEAD}programs: {}\n`,
    message: 'f.yaml:3:11: programs: a scenario needs a program',
  },
  { what: 'no type', text: `tailproof: 1\n${PROGRAMS}`, message: 'f.yaml:1:1: type: is missing' },
  {
    what: 'an unknown type',
    text: `tailproof: 1\ntype: sched_clss\n${PROGRAMS}`,
    message: "f.yaml:2:7: type: there is no 'sched_clss' here; did you mean 'sched_cls'?",
  },
  {
    what: 'an unknown profile',
    text: `${HEAD}profile: linux-9\n${PROGRAMS}`,
    message:
      "f.yaml:3:10: profile: there is no profile 'linux-9'; one is linux-6.12/x86_64, and tailproof list profiles shows all",
  },
  {
    what: 'nothing where maps are',
    text: `${HEAD}maps:\n${PROGRAMS}`,
    message: 'f.yaml:3:6: maps: expected a mapping, but this is nothing',
  },
  {
    what: 'a name with a space',
    text: `${HEAD}maps: { "a b": {} }\n${PROGRAMS}`,
    message:
      'f.yaml:3:9: maps.a b: a name starts with a letter or _, goes on with letters, digits, _, . and -, and has at most 63 of them',
  },
  {
    what: 'a number as a name',
    text: `${HEAD}programs: { 1: exit }\n`,
    message:
      'f.yaml:3:13: programs.1: a name starts with a letter or _, goes on with letters, digits, _, . and -, and has at most 63 of them',
  },
  {
    what: 'several errors',
    text: `${HEAD}${PROGRAMS}run: { fuel: many, seed: -1 }\nexpect: { exit: x }\n`,
    message: "f.yaml:7:14: run.fuel: expected an integer, but this is the text 'many' (and 2 more)",
  },
  {
    what: 'run and runs',
    text: `${HEAD}${PROGRAMS}run: {}\nruns: []\n`,
    message: 'f.yaml:7:1: run: the file has runs, each with its own; this belongs into them',
  },
  {
    what: 'no runs',
    text: `${HEAD}${PROGRAMS}runs: []\n`,
    message: 'f.yaml:7:7: runs: the list of runs is empty',
  },
  {
    what: 'a run without a name',
    text: `${HEAD}${PROGRAMS}runs:\n  - fuel: 3\n`,
    message: 'f.yaml:8:5: runs.0.name: is missing',
  },
  {
    what: 'two runs of one name',
    text: `${HEAD}${PROGRAMS}runs:\n  - name: a\n  - name: a\n`,
    message: "f.yaml:9:11: runs.1.name: two runs are called 'a'",
  },
  {
    what: 'a mistake in the second run',
    text: `${HEAD}${PROGRAMS}runs:\n  - name: a\n  - name: b\n    packet: "0g"\n`,
    message: "f.yaml:10:15: runs.1.packet: 'g' at position 2 is not a hex digit",
  },
  // Maps.
  {
    what: 'a map without max_entries',
    text: map('{ type: prog_array }'),
    message: 'f.yaml:4:6: maps.m.max_entries: is missing',
  },
  {
    what: 'an unknown map type',
    text: map('{ type: progarray, max_entries: 1 }'),
    message: "f.yaml:4:14: maps.m.type: there is no 'progarray' here; did you mean 'prog_array'?",
  },
  {
    what: 'an array without value_size',
    text: map('{ type: array, max_entries: 1 }'),
    message: 'f.yaml:4:6: maps.m.value_size: is missing',
  },
  {
    what: 'a hash map without key_size',
    text: map('{ type: hash, value_size: 1, max_entries: 1 }'),
    message: 'f.yaml:4:6: maps.m.key_size: is missing',
  },
  {
    what: 'an array with wide keys',
    text: map('{ type: array, key_size: 8, value_size: 1, max_entries: 1 }'),
    message: "f.yaml:4:31: maps.m.key_size: an array's key has 4 bytes, not 8",
  },
  {
    what: 'a prog array with wide values',
    text: map('{ type: prog_array, value_size: 8, max_entries: 1 }'),
    message: 'f.yaml:4:38: maps.m.value_size: in a prog array this is 4, not 8',
  },
  {
    what: 'max_entries 0',
    text: map('{ type: prog_array, max_entries: 0 }'),
    message: 'f.yaml:4:39: maps.m.max_entries: 0 is not from 1 to 1048576',
  },
  {
    what: 'value_size 0',
    text: map('{ type: array, value_size: 0, max_entries: 1 }'),
    message: 'f.yaml:4:33: maps.m.value_size: 0 is not from 1 to 67108864',
  },
  {
    what: 'a key longer than the stack',
    text: map('{ type: hash, key_size: 513, value_size: 1, max_entries: 1 }'),
    message: 'f.yaml:4:30: maps.m.key_size: 513 is not from 1 to 512',
  },
  {
    what: 'a huge map',
    text: map('{ type: array, value_size: 4096, max_entries: 1000000 }'),
    message:
      'f.yaml:4:52: maps.m.max_entries: the map takes 4096000000 bytes; at most 67108864 can be had',
  },
  {
    what: 'huge maps together',
    text: `${HEAD}maps:\n  a: &big { type: array, value_size: 8, max_entries: 5000000 }\n  b: *big\n${PROGRAMS}`,
    message: "f.yaml:4:3: maps: the maps' values take more than 67108864 bytes",
  },
  {
    what: 'an index beyond the prog array',
    text: map('{ type: prog_array, max_entries: 2, entries: { 0: entry, 2: entry } }'),
    message: 'f.yaml:4:63: maps.m.entries.2: the index is not below max_entries, which is 2',
  },
  {
    what: 'a name as an index',
    text: map('{ type: prog_array, max_entries: 2, entries: { entry: 0 } }'),
    message:
      "f.yaml:4:53: maps.m.entries.entry: expected an index from 0 to 4294967295, but this is 'entry'",
  },
  {
    what: 'an unknown program in a slot',
    text: map('{ type: prog_array, max_entries: 2, entries: { 1: leaf } }'),
    message: "f.yaml:4:56: maps.m.entries.1: there is no program 'leaf'; there are: entry",
  },
  {
    what: 'one slot spelt in two ways',
    text: map('{ type: prog_array, max_entries: 2, entries: { 1: entry, 0x1: entry } }'),
    message: 'f.yaml:4:63: maps.m.entries.0x1: the map has this key already',
  },
  {
    what: 'an index beyond the array',
    text: map('{ type: array, value_size: 4, max_entries: 2, entries: { 2: 1 } }'),
    message: 'f.yaml:4:63: maps.m.entries.2: the index is not below max_entries, which is 2',
  },
  {
    what: 'a value that does not fit',
    text: map('{ type: array, value_size: 1, max_entries: 2, entries: { 0: 256 } }'),
    message: 'f.yaml:4:66: maps.m.entries.0: 256 does not fit into 1 byte',
  },
  {
    what: 'a negative value that does not fit',
    text: map('{ type: array, value_size: 1, max_entries: 2, entries: { 0: -129 } }'),
    message: 'f.yaml:4:66: maps.m.entries.0: -129 does not fit into 1 byte',
  },
  {
    what: 'a value with too few bytes',
    text: map('{ type: array, value_size: 4, max_entries: 2, entries: { 0: "01 02" } }'),
    message: 'f.yaml:4:66: maps.m.entries.0: the value has 2 bytes here; value_size is 4',
  },
  {
    what: 'an integer for a wide value',
    text: map('{ type: array, value_size: 16, max_entries: 2, entries: { 0: 1 } }'),
    message:
      'f.yaml:4:67: maps.m.entries.0: an integer has at most 8 bytes; write all 16 bytes in hex',
  },
  {
    what: 'a value that may be hex or decimal',
    text: map('{ type: array, value_size: 1, max_entries: 2, entries: { 0: 010 } }'),
    message:
      'f.yaml:4:66: maps.m.entries.0: 010 may be hex or decimal: quote hex bytes, leave out zeros before a number',
  },
  {
    what: 'a float as a value',
    text: map('{ type: array, value_size: 1, max_entries: 2, entries: { 0: 1.5 } }'),
    message:
      'f.yaml:4:66: maps.m.entries.0: expected an integer or hex bytes in quotes, but this is 1.5',
  },
  {
    what: 'a list as a value',
    text: map('{ type: array, value_size: 1, max_entries: 2, entries: { 0: [1] } }'),
    message: 'f.yaml:4:66: maps.m.entries.0: expected one value, but this is a list',
  },
  {
    what: 'too many entries',
    text: `${HEAD}${HASH}{ 1: 1, 2: 2, 3: 3 } }\n${PROGRAMS}`,
    message: 'f.yaml:4:87: maps.h.entries.3: the map has room for 2 entries only',
  },
  {
    what: 'one hash key spelt in two ways',
    text: `${HEAD}${HASH}[{ key: 1, value: 1 }, { key: "01 00", value: 2 }] }\n${PROGRAMS}`,
    message: 'f.yaml:4:103: maps.h.entries.1.key: the map has this key already',
  },
  {
    what: 'a wrong digit in a listed key',
    text: `${HEAD}${HASH}[{ key: "0z 00", value: 1 }] }\n${PROGRAMS}`,
    message: "f.yaml:4:83: maps.h.entries.0.key: 'z' at position 2 is not a hex digit",
  },
  {
    what: 'a listed entry without a value',
    text: `${HEAD}${HASH}[{ key: 1 }] }\n${PROGRAMS}`,
    message: 'f.yaml:4:74: maps.h.entries.0: value is missing',
  },
];

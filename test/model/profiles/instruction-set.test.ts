// Which release has which instruction, by hand from the reference (5.4 to 5.7) and RFC 9669's history.

import { expect, test } from 'vitest';
import type { RowName } from '../../../model/isa/row.ts';
import { ROWS } from '../../../model/isa/table.ts';
import {
  isBefore,
  linuxRelease,
  type LinuxRelease,
  releaseOf,
} from '../../../model/profiles/instruction-set.ts';

const row = (name: RowName) => ROWS.find((candidate) => candidate.name === name)!;

test.each<[LinuxRelease, RowName[]]>([
  ['linux-4.2', ['ADD64', 'MOV32', 'DIV32', 'NEG64', 'BE16', 'LE64', 'JA', 'EXIT', 'CALL_HELPER']],
  ['linux-4.2', ['JEQ64', 'JSGE64', 'LDXB', 'STDW', 'STXW', 'LD_IMM64', 'LD_MAP_FD', 'LD_ABS_W']],
  ['linux-4.2', ['ATOMIC_ADD32', 'ATOMIC_ADD64']],
  ['linux-4.14', ['JLT64', 'JLE64', 'JSLT64', 'JSLE64']],
  ['linux-4.16', ['CALL_LOCAL']],
  ['linux-5.1', ['JEQ32', 'JSET32', 'JLT32', 'JSLE32']],
  ['linux-5.2', ['LD_MAP_VALUE_FD']],
  ['linux-5.10', ['LD_VAR_ADDR']],
  ['linux-5.12', ['ATOMIC_OR64', 'ATOMIC_FETCH_ADD32', 'ATOMIC_XCHG64', 'ATOMIC_CMPXCHG32']],
  ['linux-5.13', ['CALL_BTF', 'LD_CODE_ADDR']],
  ['linux-5.14', ['LD_MAP_IDX', 'LD_MAP_VALUE_IDX']],
  [
    'linux-6.6',
    ['SDIV64', 'SMOD32', 'MOVSX8_64', 'MOVSX16_32', 'BSWAP16', 'BSWAP64', 'LDXSB', 'JA32'],
  ],
  ['linux-6.9', ['MAY_GOTO']],
  ['linux-6.15', ['LOAD_ACQ_B', 'STORE_REL_DW']],
])('since %s: %j', (release, names) => {
  expect(names.map((name) => releaseOf(row(name)))).toEqual(names.map(() => release));
});

test('what LLVM emits for a later processor is in no earlier release', () => {
  for (const each of ROWS) {
    // ST is in every kernel; LLVM came to it late.
    if (each.cpu === 4 && each.operation.family !== 'st') {
      expect(isBefore(releaseOf(each), 'linux-6.6'), each.name).toBe(false);
    }
  }
});

test('releases are in the order of their numbers, not of their text', () => {
  expect(isBefore('linux-6.9', 'linux-6.12')).toBe(true);
  expect(isBefore('linux-6.12', 'linux-6.9')).toBe(false);
  expect(isBefore('linux-6.9', 'linux-6.9')).toBe(false);
  expect(isBefore('linux-5.19', 'linux-6.1')).toBe(true);
});

test.each(['', 'linux', 'linux-6', 'linux-6.1.2', 'Linux-6.1', 'linux-6.x', 'linux-1000.1'])(
  '%j is no release',
  (text) => {
    expect(linuxRelease(text)).toBeUndefined();
  },
);

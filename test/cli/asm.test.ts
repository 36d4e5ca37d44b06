import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROWS } from '../../model/isa/table.ts';
import { tailproof } from './fake-terminal.ts';
import { temporaryDirectory } from './temporary.ts';

const PROGRAM = `  r1 = 0x1122334455667788 ll
l2:
  if r1 == 5 goto l4
  goto l2
l4:
  w0 = 7
  lock *(u64 *)(r10 -8) += r1
  exit
`;

describe('asm and disasm', () => {
  test.each([
    ['hex', 'hex'],
    ['slots', 'hex'],
    ['bin', 'bin'],
  ])('round trip by way of %s', async (format, input) => {
    const assembled = await tailproof(['asm', '-', '--format', format], { stdin: PROGRAM });
    expect(assembled.code).toBe(0);
    const text = await tailproof(['disasm', '-', '--format', input], { stdin: assembled.bytes });
    expect(text).toMatchObject({ code: 0, out: PROGRAM, err: '' });
  });

  test('hex has a slot a line', async () => {
    const { out } = await tailproof(['asm', '-'], { stdin: 'r0 = 7\nexit\n' });
    expect(out).toBe('b7 00 00 00 07 00 00 00\n95 00 00 00 00 00 00 00\n');
  });

  test('slots are words as the conformance suite writes them', async () => {
    const { out } = await tailproof(['asm', '-', '--format', 'slots'], { stdin: 'r0 = 7\nexit\n' });
    expect(out).toBe('0x00000007000000b7\n0x0000000000000095\n');
  });

  test("reads the suite's spelling too", async () => {
    const kernel = await tailproof(['asm', '-'], { stdin: 'r0 = 7\nexit\n' });
    const suite = await tailproof(['asm', '-'], { stdin: 'mov %r0, 7\nexit\n' });
    expect(suite.out).toBe(kernel.out);
  });

  test('hex in any white space, with comments', async () => {
    const stdin = '# a program\nb7000000 07000000\t95 00\n0000 000000 00 # exit\n';
    const { code, out } = await tailproof(['disasm', '-'], { stdin });
    expect({ code, out }).toEqual({ code: 0, out: 'r0 = 7\nexit\n' });
  });

  test('writes a file as a whole, over one that is there', async () => {
    const directory = temporaryDirectory({ 'p.s': 'exit\n', 'p.bin': 'something longer than it' });
    const output = join(directory, 'p.bin');
    const argv = ['asm', join(directory, 'p.s'), '--format', 'bin', '--output', output];
    expect(await tailproof(argv)).toMatchObject({ code: 0, out: '' });
    expect([...readFileSync(output)]).toEqual([0x95, 0, 0, 0, 0, 0, 0, 0]);
    expect(readdirSync(directory).sort()).toEqual(['p.bin', 'p.s']);
  });

  test('as JSON', async () => {
    const assembled = JSON.parse(
      (await tailproof(['asm', '-', '--json'], { stdin: 'l: r0 = 7\nexit\n' })).out,
    );
    expect(assembled).toEqual({
      file: '<stdin>',
      slots: 2,
      bytes: 'b7000000070000009500000000000000',
      labels: { l: 0 },
    });
    const { out } = await tailproof(['disasm', '-', '--json'], { stdin: assembled.bytes });
    expect(JSON.parse(out).instructions).toEqual([
      { slot: 0, row: 'MOV64', text: 'r0 = 7' },
      { slot: 1, row: 'EXIT', text: 'exit' },
    ]);
  });
});

describe('list', () => {
  test.each(['profiles', 'helpers', 'traps', 'types'])('%s', async (what) => {
    const { code, out } = await tailproof(['list', what]);
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot(`golden/list-${what}.txt`);
  });

  test.each(['rows', 'profiles', 'helpers', 'faults', 'traps', 'types'])(
    '%s as JSON has as many records as the table has lines',
    async (what) => {
      const records = JSON.parse((await tailproof(['list', what, '--json'])).out);
      const { out } = await tailproof(['list', what]);
      expect(records.length).toBeGreaterThan(0);
      expect(out.trimEnd().split('\n')).toHaveLength(records.length + 1);
    },
  );

  test('rows are all rows', async () => {
    const records = JSON.parse((await tailproof(['list', 'rows', '--json'])).out);
    expect(records).toHaveLength(ROWS.length);
  });
});

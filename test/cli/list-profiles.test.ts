// What `list profiles` says of how sure it is.

import { expect, test } from 'vitest';
import { tailproof } from './fake-terminal.ts';

interface Listed {
  readonly name: string;
  readonly known: string;
  readonly tailCall: { readonly order: readonly string[] };
  readonly provenance: Readonly<Record<string, { readonly tag: string; readonly source: string }>>;
}

test('a profile that is only remembered says so', async () => {
  const { out } = await tailproof(['list', 'profiles']);
  const line = (name: string) => out.split('\n').find((row) => row.startsWith(`${name} `));
  expect(line('linux-4.14/interp')).toMatch(/remembered$/);
  expect(line('linux-6.12/mips64')).toMatch(/in part a guess$/);
  expect(line('linux-6.12/x86_64')).toMatch(/read in source$/);
});

test('JSON has every fact with its source', async () => {
  const { out } = await tailproof(['list', 'profiles', '--json']);
  const found = (JSON.parse(out) as Listed[]).find(({ name }) => name === 'linux-6.12/x86_64');
  expect(found).toMatchObject({
    known: 'read in source',
    tailCall: { order: ['index', 'count', 'slot'], propagation: 'reference' },
    facts: { div0: 'zero' },
    provenance: { burns: { tag: 'O' }, div0: { tag: 'M' } },
  });
  expect(Object.keys(found!.provenance)).toHaveLength(20);
});

// The file of the proof cache: what is in it, what is damaged, and where it cannot be.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheDirectory, openProofCache } from '../../cli/proof-cache.ts';
import type { LastingReply } from '../../smt/index.ts';
import { temporaryDirectory } from './temporary.ts';

const UNSAT: LastingReply = { answer: 'unsat' };
const SAT: LastingReply = { answer: 'sat', values: [['a name\nof two lines', '#x01']] };

function filled(): string {
  const directory = temporaryDirectory();
  const cache = openProofCache(directory);
  cache.set('k1', UNSAT);
  cache.set('k2', SAT);
  return directory;
}

const fileOf = (directory: string) => join(directory, 'answers.v1');

test('keeps what it is given', () => {
  const cache = openProofCache(filled());
  expect([cache.get('k1'), cache.get('k2'), cache.get('k3')]).toEqual([UNSAT, SAT, undefined]);
  expect([cache.hits, cache.dropped]).toEqual([2, 0]);
});

test.each([
  ['a changed byte', (text: string) => text.replace('"unsat"', '"unsaT"')],
  ['an answer under the key of another goal', (text: string) => text.replace('"k1"', '"k9"')],
  ['a line that is no line of ours', (text: string) => text.replace(/^.*\n/, 'what is this?\n')],
])('drops %s, and no other line', (_, damage) => {
  const directory = filled();
  writeFileSync(fileOf(directory), damage(readFileSync(fileOf(directory), 'utf8')));
  const cache = openProofCache(directory);
  expect([cache.get('k1'), cache.get('k9'), cache.get('k2')]).toEqual([undefined, undefined, SAT]);
  expect(cache.dropped).toBe(1);
});

test('goes on after a line that was cut off', () => {
  const directory = filled();
  const text = readFileSync(fileOf(directory), 'utf8');
  writeFileSync(fileOf(directory), text.slice(0, -5));
  const cache = openProofCache(directory);
  expect(cache.get('k2')).toBeUndefined();
  cache.set('k2', SAT);
  const again = openProofCache(directory);
  expect([again.get('k1'), again.get('k2'), again.dropped]).toEqual([UNSAT, SAT, 1]);
});

test('two processes append to one file', () => {
  const directory = temporaryDirectory();
  const [a, b] = [openProofCache(directory), openProofCache(directory)];
  a.set('k1', UNSAT);
  b.set('k2', SAT);
  const cache = openProofCache(directory);
  expect([cache.get('k1'), cache.get('k2')]).toEqual([UNSAT, SAT]);
});

test('a directory that cannot be is an input error', () => {
  const directory = temporaryDirectory({ file: 'x' });
  expect(() => openProofCache(join(directory, 'file', 'cache'))).toThrow(
    'the proof cache cannot be used: a part of the path is a file',
  );
});

test('is where XDG says', () => {
  expect(cacheDirectory({ XDG_CACHE_HOME: '/c' })).toBe('/c/tailproof/proofs');
  expect(cacheDirectory({ XDG_CACHE_HOME: '' })).toMatch(/\.cache\/tailproof\/proofs$/);
});

// Every bug of the museum is found again from its two variants, and its fix is proved.

import { afterAll, describe, expect, test } from 'vitest';
import type { Exhibit, Find, Tools } from '../../../fuzz/museum/index.ts';
import { EXHIBITS } from '../../../fuzz/museum/index.ts';
import { seenText } from '../../../fuzz/museum/sight.ts';
import { catalogueVariant } from '../../../fuzz/museum/variant.ts';
import { parseProfile } from '../../../model/profiles/read.ts';
import { parseScenario } from '../../../model/scenario/read.ts';
import { createMachine } from '../../../interp/index.ts';
import { createSolverPool } from '../../../smt/index.ts';

const pool = createSolverPool({ jobs: 1 });
afterAll(() => pool.close());

/** A hunt that may try so often. */
function tools(tries = 2000): Tools {
  let looks = 0;
  return { pool, seed: 2, isOver: () => looks++ >= tries };
}

async function found(exhibit: Exhibit, way: 'proof' | 'fuzzing', tries?: number): Promise<Find> {
  const hunt = exhibit[way];
  if (typeof hunt !== 'function') throw new Error(hunt.reason);
  const result = await hunt(tools(tries));
  if (result.kind !== 'found') throw new Error(`${result.kind} after ${result.tried}`);
  return result.find;
}

const DEMANDED = [
  '3733f4be2870',
  '96bc4432f5ad',
  'e49e6f6db04e',
  '116e04ba1459',
  '2b5dcb31a19a',
  'd6083f040d5d',
  'ff672c67ee76',
  '16338a9b3ac3',
  'd269176e766c',
  '90caccdd8cc0',
  '4b7de801606e',
  'a657182a5c51',
  '54713c85f536',
  '28ead3eaabc1',
  'CVE-2026-74305',
  'CVE-2025-40123',
  'f263a81451c1',
  'c9da161c6517',
  'ebpf-for-windows-2496',
];

test('the museum has what it should, each once', () => {
  const ids = EXHIBITS.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(DEMANDED));
  const names = EXHIBITS.flatMap(({ id, aliases }) => [id, ...aliases]);
  expect(new Set(names).size).toBe(names.length);
});

describe.each(EXHIBITS.map((exhibit) => [exhibit.id, exhibit] as const))('%s', (_, exhibit) => {
  // Of the verifier's bugs there is no theorem: they are shown by runs.
  test.skipIf(exhibit.kind === 'verifier')('is found by proof', async () => {
    const find = await found(exhibit, 'proof');
    expect(find.files[0]?.text).toBe(find.text);
    showsAgain(find);
  });

  test('is found by fuzzing', async () => {
    showsAgain(await found(exhibit, 'fuzzing', 200_000));
  }, 120_000);

  const fix = exhibit.kind === 'verifier' ? 'shown' : 'proved';
  test(`its fix is ${fix}, and the bug is seen by it`, async () => {
    const result = await exhibit.fix(tools());
    expect(result.kind).toBe(fix);
    if (result.kind === 'proved') expect(result.goals).toBeGreaterThan(0);
  }, 120_000);
});

const machine = createMachine();

/** What was saved says how to see the bug: the scenario, once with each profile. */
function showsAgain({ seen, files, text }: Find): void {
  if (!text.includes('tailproof: 1')) {
    expect(text).toMatch(/^faulty:\n {2}1\. /m);
    return;
  }
  const scenario = parseScenario(text);
  for (const role of ['faulty', 'mended'] as const) {
    const line = text.split('\n').find((comment) => comment.startsWith(`# ${role}: `));
    const name = / with --profile (.*)$/.exec(line ?? '')?.[1];
    if (name === undefined) continue;
    const file = files.find((candidate) => candidate.name === name);
    const profile = file === undefined ? catalogueVariant(name).profile : parseProfile(file.text);
    const { ending, tailCalls, schedule } = machine.run({ ...scenario, profile });
    const told = seenText({
      ending: ending.kind,
      ...(ending.kind === 'exit' ? { r0: ending.r0 } : {}),
      ...(ending.kind === 'trap' ? { trap: ending.trap } : {}),
      tailCalls,
      schedule,
    });
    expect(told).toBe(seen[role]);
  }
  expect(seen.faulty).not.toBe(seen.mended);
}

// Each limit on a real kernel: what it says of the programs at the limit and beyond is what the table says.

import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { LIMIT_ROWS, verdictOn, type Witness } from '../../fuzz/verifier/limits/index.ts';
import { createLinuxEngines } from '../../interp/linux/index.ts';
import { requestOf, verdictsOf } from '../../interp/linux/verdict.ts';
import type { Verdict } from '../../model/verifier/verdict.ts';
import { NOT_INSTALLED } from './installed.ts';

describe.skipIf(NOT_INSTALLED !== undefined)('limits on 6.12', () => {
  const linux = createLinuxEngines(['linux:6.12'], process.env, { guests: 1, silenceMs: 120_000 });
  const [kernel] = linux.engines;
  afterAll(() => linux.close());

  /** The first verdict that is not an acceptance, or the first program's. */
  async function askKernel({ scenario, privileged }: Witness): Promise<Verdict> {
    const request = requestOf(scenario, { logLevel: 1, unprivileged: !privileged });
    if ('unsupported' in request) return { kind: 'unsupported', reason: request.unsupported };
    const [verdicts] = await verdictsOf(kernel!, [request]);
    return verdicts!.find(({ kind }) => kind !== 'accepted') ?? verdicts![0]!;
  }

  /** How much was gone through and kept on the way. Depths of stack are told of programs that are accepted. */
  function statisticsOf(verdict: Verdict): object {
    if (verdict.kind === 'unsupported') return verdict;
    const { stackDepths, ...counts } = verdict.statistics;
    return verdict.kind === 'accepted' ? { ...counts, stackDepths } : counts;
  }

  const witnesses = LIMIT_ROWS.flatMap((row) => [
    { name: `${row.name}, at the limit`, witness: row.at, refusal: 'none' as const },
    { name: `${row.name}, beyond`, witness: row.beyond, refusal: row.refusal },
  ]);

  test.each(witnesses)('$name', async ({ witness, refusal }) => {
    const asked = witness();
    const verdict = await askKernel(asked);
    if (refusal === 'none') expect(verdict).toMatchObject({ kind: 'accepted' });
    else expect(verdict).toMatchObject({ kind: 'rejected', ...refusal });
    expect(statisticsOf(verdictOn(asked))).toEqual(statisticsOf(verdict));
  });

  test('a run takes 33 tail calls, and no more', async () => {
    const row = LIMIT_ROWS.find(({ name }) => name === 'tail-calls')!;
    const outcomes = await kernel!.run([row.at().scenario, row.beyond().scenario]);
    expect(outcomes).toMatchObject([
      { kind: 'exit', retval: 1 },
      { kind: 'exit', retval: 0 },
    ]);
  });
});

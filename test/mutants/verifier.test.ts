// Every planted fault of the verifier must be killed: by the soundness campaign, or by a program that a kernel refuses.
// `npm run mutants`; not part of `npm test`.

import { afterAll, describe, expect, it } from 'vitest';
import { VERIFIER_FAULTS, type VerifierFault } from '../../fuzz/faults/verifier/index.ts';
import { type BrokenPromise, VerifierLane } from '../../fuzz/verifier/campaign/chunk.ts';
import { SOUND_VERSION } from '../../fuzz/verifier/campaign/version.ts';
import { testedVerifier } from '../../fuzz/verifier/oracle/tested.ts';
import { directTailCallsBeyond, REFUSED, refuses } from './verifier-vectors.ts';

const SEED = 7;
const RUNS_MAX = 2000;
const CHUNK_RUNS = 100;
/** Faults that runs must show: the others are found by programs that kernels refuse. */
const BY_CAMPAIGN_MIN = 40;

const report: string[] = [];
let byCampaign = 0;
afterAll(() => {
  process.stdout.write(`\n${report.join('\n')}\n${report.length} faults, all of them killed\n`);
});

const laneOf = (fault?: VerifierFault) =>
  new VerifierLane({
    seed: SEED,
    version: SOUND_VERSION,
    watchEvery: 0,
    exploreEvery: 0,
    ...(fault && { change: fault.change }),
  });

async function firstBroken(lane: VerifierLane, runs: number): Promise<BrokenPromise | undefined> {
  for (let first = 0; first < runs; first += CHUNK_RUNS) {
    const [broken] = (await lane.run(first, CHUNK_RUNS)).broken;
    if (broken !== undefined) return broken;
  }
  return undefined;
}

/** The program of which a fault says something else than kernels do. */
function vectorThatTells({ change }: VerifierFault): string | undefined {
  const asked = testedVerifier(SOUND_VERSION, change);
  const told = REFUSED.find((program) => !refuses(asked, program));
  if (told !== undefined) return told.name;
  return directTailCallsBeyond(asked) > 0 ? 'a direct tail call beyond the array' : undefined;
}

describe('verifier', () => {
  it('keeps its promise without a fault', async () => {
    expect(await firstBroken(laneOf(), RUNS_MAX)).toBeUndefined();
  });

  it.each(REFUSED)('refuses as 6.12 does: $name', (program) => {
    expect(refuses(testedVerifier(SOUND_VERSION), program)).toBe(true);
  });

  it('has enough faults', () => {
    expect(VERIFIER_FAULTS.length).toBeGreaterThanOrEqual(60);
  });

  it.each(VERIFIER_FAULTS)('$name is killed', async (fault) => {
    const vector = vectorThatTells(fault);
    const broken =
      fault.unsound || vector === undefined
        ? await firstBroken(laneOf(fault), RUNS_MAX)
        : undefined;
    expect(broken ?? vector, fault.summary).toBeDefined();
    if (broken !== undefined) byCampaign++;
    const run =
      broken === undefined ? '' : `the campaign in run ${broken.run} (${broken.violation.kind})`;
    const both = [run, vector === undefined ? '' : `the program '${vector}'`].filter(Boolean);
    report.push(`${fault.name}: killed by ${both.join(' and ')}`);
  });

  it('has most faults killed by the campaign', () => {
    expect(byCampaign).toBeGreaterThanOrEqual(BY_CAMPAIGN_MIN);
  });
});

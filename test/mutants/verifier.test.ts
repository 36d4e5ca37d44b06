// Every planted fault of the verifier must be killed: by the soundness campaign, by a program that a kernel refuses, or
// by one of which a kernel's log is another.
// `npm run mutants`; not part of `npm test`.

import { afterAll, describe, expect, it } from 'vitest';
import { VERIFIER_FAULTS, type VerifierFault } from '../../fuzz/faults/verifier/index.ts';
import { type BrokenPromise, VerifierLane } from '../../fuzz/verifier/campaign/chunk.ts';
import { SOUND_VERSION } from '../../fuzz/verifier/campaign/version.ts';
import { testedVerifier } from '../../fuzz/verifier/oracle/tested.ts';
import { verify } from '../../model/verifier/index.ts';
import { type Recorded, recorded } from '../model/verifier/explore/recorded.ts';
import { directTailCallsBeyond, REFUSED, refuses } from './verifier-vectors.ts';

const SEED = 7;
const RUNS_MAX = 2000;
const CHUNK_RUNS = 100;
/** Faults that runs must show: the others are found by programs that kernels refuse. */
const BY_CAMPAIGN_MIN = 40;

const RARE = 'not met in 2,000 runs, nor by a recorded program';
const LEANING = 'met by the museum, whose hunt leans to the construct';
/** Faults that nothing here kills yet: tests that are missing, and why. */
const SURVIVORS: ReadonlyMap<string, string> = new Map([
  ['verifier/null-check-of-another', RARE],
  ['verifier/context-size-one-more', RARE],
  ['verifier/packet-load-never-fails', LEANING],
  ['verifier/tail-call-keeps-packet', LEANING],
  ['verifier/covers-any-map', RARE],
  ['verifier/covers-nullable', LEANING],
  ['verifier/partial-write-is-whole', RARE],
]);

const report: string[] = [];
let byCampaign = 0;
afterAll(() => {
  for (const [name, reason] of SURVIVORS) report.push(`${name}: SURVIVES, ${reason}`);
  process.stdout.write(
    `\n${report.join('\n')}\n${report.length - SURVIVORS.size} faults killed, ${SURVIVORS.size} not\n`,
  );
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

const RECORDED = recorded().map((record) => ({ ...record, log: logOf(record) }));

type Asked = Pick<Recorded, 'subject' | 'keepsAllStates'>;

/** The log of a program that was recorded on 6.12; without a fault it is the kernel's (explore/recorded.test.ts). */
function logOf({ subject, keepsAllStates }: Asked, change: VerifierFault['change'] = {}): string {
  const verdict = verify(subject, {
    ...testedVerifier('linux-6.12', change),
    ...{ logLevel: 2, keepsAllStates },
  });
  return 'log' in verdict ? verdict.log : verdict.reason;
}

/** The recorded program whose log a fault changes. */
function recordThatTells({ change }: VerifierFault): string | undefined {
  return RECORDED.find((record) => logOf(record, change) !== record.log)?.name;
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
    expect(VERIFIER_FAULTS.length - SURVIVORS.size).toBeGreaterThanOrEqual(60);
  });

  it('names the faults that nothing here kills yet', () => {
    const names = VERIFIER_FAULTS.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...SURVIVORS.keys()]));
  });

  const killed = VERIFIER_FAULTS.filter(({ name }) => !SURVIVORS.has(name));
  it.each(killed)('$name is killed', async (fault) => {
    const vector = vectorThatTells(fault) ?? recordThatTells(fault);
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

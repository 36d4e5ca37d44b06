// Every planted fault of the verifier must be killed: by a program that a kernel refuses, by one of which a kernel's log
// is another, or by a run, of the soundness campaign or of one of those programs, that breaks the verifier's promise.
// `npm run mutants`; not part of `npm test`.

import { afterAll, describe, expect, it } from 'vitest';
import { VERIFIER_FAULTS, type VerifierFault } from '../../fuzz/faults/verifier/index.ts';
import { type BrokenPromise, VerifierLane } from '../../fuzz/verifier/campaign/chunk.ts';
import { SOUND_VERSION } from '../../fuzz/verifier/campaign/version.ts';
import { testedVerifier } from '../../fuzz/verifier/oracle/tested.ts';
import { verify } from '../../model/verifier/index.ts';
import { type Recorded, recorded } from '../model/verifier/explore/recorded.ts';
import { REFUSED } from './verifier-vectors/index.ts';
import { brokenByPlainRun } from './verifier-vectors/plain-run.ts';
import { directTailCallsBeyond, refuses } from './verifier-vectors/verdicts.ts';

const SEED = 7;
const RUNS_MAX = 2000;
/** Where a program tells of the fault already, so many say whether runs often do. */
const RUNS_BESIDE = 500;
const CHUNK_RUNS = 100;
const FAULTS_MIN = 120;
/** So many faults must show in runs of the campaign, and in runs at all; verdicts and logs tell of the others. */
const SHOWN_MIN = { byCampaign: 40, byRuns: 80 };

const report: string[] = [];
const shown = { byCampaign: 0, byRuns: 0 };
afterAll(() => {
  const counts = `${shown.byRuns} of them by runs, ${shown.byCampaign} by the campaign's`;
  process.stdout.write(`\n${report.join('\n')}\n${report.length} faults killed, ${counts}\n`);
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

/** What is run with nothing drawn. */
const PLAIN = [...REFUSED, ...RECORDED];

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

/** The run that breaks a promise of the verifier with a fault, in words. */
async function runThatShows(fault: VerifierFault, runs: number): Promise<string | undefined> {
  const broken = await firstBroken(laneOf(fault), runs);
  const run =
    broken === undefined
      ? plainRunThatShows(fault)
      : `the campaign in run ${broken.run} (${broken.violation.kind})`;
  if (broken !== undefined) shown.byCampaign++;
  if (run !== undefined) shown.byRuns++;
  return run;
}

function plainRunThatShows({ change }: VerifierFault): string | undefined {
  const tested = testedVerifier(SOUND_VERSION, change);
  for (const program of PLAIN) {
    const violation = brokenByPlainRun(tested, program);
    if (violation !== undefined) return `a run of '${program.name}' (${violation.kind})`;
  }
  return undefined;
}

describe('verifier', () => {
  it('keeps its promise without a fault', async () => {
    expect(await firstBroken(laneOf(), RUNS_MAX)).toBeUndefined();
    const tested = testedVerifier(SOUND_VERSION);
    expect(PLAIN.filter((program) => brokenByPlainRun(tested, program))).toEqual([]);
  });

  it.each(REFUSED)('refuses as $kernel does: $name', (program) => {
    expect(refuses(testedVerifier(SOUND_VERSION), program)).toBe(true);
  });

  it('has enough faults', () => {
    expect(VERIFIER_FAULTS.length).toBeGreaterThanOrEqual(FAULTS_MIN);
  });

  it.each(VERIFIER_FAULTS)('$name is killed', async (fault) => {
    const program = vectorThatTells(fault) ?? recordThatTells(fault);
    const runs = program === undefined ? RUNS_MAX : fault.unsound ? RUNS_BESIDE : 0;
    const run = runs > 0 ? await runThatShows(fault, runs) : undefined;
    const told = program === undefined ? undefined : `the program '${program}'`;
    const killers = [run, told].filter((killer) => killer !== undefined);
    expect(killers, fault.summary).not.toEqual([]);
    report.push(`${fault.name}: killed by ${killers.join(' and ')}`);
  });

  it('has most faults shown by runs', () => {
    expect(shown.byCampaign).toBeGreaterThanOrEqual(SHOWN_MIN.byCampaign);
    expect(shown.byRuns).toBeGreaterThanOrEqual(SHOWN_MIN.byRuns);
  });
});

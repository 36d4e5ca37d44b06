// The verifier's bugs as exhibits. They are looked for by the soundness campaign as it is, on a verifier with the bug:
// what is found is a run that breaks the verifier's promise. The mend: without the bug the verifier refuses what was
// found, or its states hold the run; and as many runs of the same hunt find nothing.

import { createMachine } from '../../../interp/index.ts';
import { formatScenario } from '../../../model/scenario/write.ts';
import { instructionCount } from '../../campaign/finding.ts';
import { type BrokenPromise, VerifierLane } from '../../verifier/campaign/chunk.ts';
import { smallest } from '../../verifier/campaign/finding.ts';
import { testedVerifier } from '../../verifier/oracle/tested.ts';
import { examine, violationText } from '../../verifier/oracle/violation.ts';
import type { Exhibit, Find, FixResult, HuntResult, Tools } from '../exhibit.ts';
import { VERIFIER_BUGS, type VerifierBug } from './bugs.ts';

const SOURCE = 'linux-tail-calls §3.7, §6.5, §6.6';
const CHUNK_RUNS = 50;

const settingsOf = ({ about }: VerifierBug, seed: number) => ({
  seed,
  watchEvery: 0,
  exploreEvery: 0,
  ...(about === undefined ? {} : { about }),
});

const faultyLane = (bug: VerifierBug, seed: number) =>
  new VerifierLane({ ...settingsOf(bug, seed), version: bug.faulty, change: bug.change });

interface Hunted {
  /** Absent where none was found in time. */
  readonly broken?: BrokenPromise;
  readonly runs: number;
}

/** Goes through runs of a campaign until one breaks a promise. */
async function huntOn(lane: VerifierLane, isOver: (runs: number) => boolean): Promise<Hunted> {
  let runs = 0;
  while (!isOver(runs)) {
    await new Promise((resolve) => setImmediate(resolve));
    const [broken] = (await lane.run(runs, CHUNK_RUNS)).broken;
    runs += CHUNK_RUNS;
    if (broken !== undefined) return { broken, runs };
  }
  return { runs };
}

async function hunt(bug: VerifierBug, { seed, isOver }: Tools): Promise<HuntResult> {
  const lane = faultyLane(bug, seed);
  const { broken, runs: tried } = await huntOn(lane, isOver);
  if (broken === undefined) return { kind: 'not found', tried };
  const { scenario, violation } = smallest(lane, broken);
  const { privileged, keepsAllStates } = broken;
  const verifier = { ...testedVerifier(bug.mended), keepsAllStates };
  const mended = examine(verifier, createMachine(), scenario, privileged);
  if (mended.violation !== undefined) {
    const problem = `without the bug, too: ${violationText(scenario, mended.violation)}`;
    return { kind: 'unsound', problem, tried };
  }
  const refusals = mended.verdicts.flatMap((verdict) =>
    verdict.kind === 'rejected' ? [`the program is refused: ${verdict.message}`] : [],
  );
  const seen = {
    faulty: violationText(scenario, violation),
    mended: refusals[0] ?? 'its states hold the run',
  };
  const text = formatScenario(scenario, {
    comments: [
      `${bug.id}: ${bug.title}`,
      `With the bug: ${seen.faulty}`,
      `Without: ${seen.mended}`,
    ],
  });
  const size = [{ count: instructionCount(scenario), noun: 'instruction' }];
  const find: Find = { size, seen, text, files: [{ name: `${bug.id}.yaml`, text }] };
  return { kind: 'found', find, tried };
}

/** Looks as long as it took to find the bug, and as far again, on the mended rules. */
async function showMend(bug: VerifierBug, { seed, isOver }: Tools): Promise<FixResult> {
  const theorem = 'the same hunt finds nothing without the bug';
  const { broken, runs } = await huntOn(faultyLane(bug, seed), isOver);
  if (broken === undefined) {
    return { kind: 'unknown', theorem, problems: ['the hunt did not find the bug in time'] };
  }
  const lane = new VerifierLane({ ...settingsOf(bug, seed), version: bug.mended });
  const again = await huntOn(lane, (done) => done >= 2 * runs || isOver());
  if (again.broken !== undefined) {
    const { scenario, violation } = again.broken;
    return { kind: 'not proved', theorem, problems: [violationText(scenario, violation)] };
  }
  if (again.runs < runs) return { kind: 'unknown', theorem, problems: ['the time was up'] };
  return { kind: 'shown', theorem, runs: again.runs };
}

export const VERIFIER_EXHIBITS: readonly Exhibit[] = VERIFIER_BUGS.map((bug) => ({
  id: bug.id,
  aliases: bug.aliases,
  kind: 'verifier',
  title: bug.title,
  kernels: bug.kernels,
  source: SOURCE,
  sureness: 'S',
  faulty: `${bug.faulty}: ${bug.mechanism}`,
  mended: bug.mended,
  shows:
    'a run of accepted programs that traps, is in none of the verifier’s states, or has more stack in use than the rules leave',
  law: 'every run of an accepted program lies in the states that it was accepted for, and stays within the stack that the rules leave',
  proof: { reason: 'the verifier is no formula' },
  fuzzing: (tools) => hunt(bug, tools),
  fix: (tools) => showMend(bug, tools),
}));

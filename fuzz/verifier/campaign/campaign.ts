// The soundness campaign: chunks of cases spread over worker threads, their results taken in order, so that the
// report depends on seed and runs alone, whatever the number of threads and their timing.

import { invariant } from '../../../model/errors.ts';
import { formatScenario } from '../../../model/scenario/write.ts';
import type { VerifierVersion } from '../../../model/verifier/index.ts';
import { createCampaignPool } from '../../campaign/chunk.ts';
import {
  dispatch,
  type Ended,
  type Extent,
  InOrder,
  type Lane,
  localLane,
  workerLane,
} from '../../campaign/lanes.ts';
import type { VerifierFault } from '../../faults/verifier/fault.ts';
import { type FalseRejection, type VerifierChunk, VerifierLane } from './chunk.ts';
import { addCounts, type Counts, noCounts } from './counts.ts';
import { coverageOf, type VerifierCoverage } from './coverage.ts';
import { createVerifierFinding, type VerifierFinding } from './finding.ts';
import { SOUND_VERSION } from './version.ts';
import type { VerifierWorkerSettings } from './worker.ts';

export interface VerifierCampaignOptions extends Extent {
  /** Unsigned 32 bits. */
  readonly seed: number;
  /** Whose promise is tested. */
  readonly version?: VerifierVersion;
  readonly fault?: VerifierFault;
  /** Threads; with 1 the campaign runs in the calling thread. */
  readonly jobs?: number;
  readonly watchEvery?: number;
  readonly exploreEvery?: number;
  /** The campaign stops after so many findings. */
  readonly findingsMax?: number;
  readonly onFinding?: (finding: VerifierFinding) => void;
  readonly onProgress?: (progress: VerifierProgress) => void;
}

export interface VerifierProgress {
  readonly runs: number;
  readonly findings: number;
  readonly counts: Counts;
}

/** A reason by which safe programs are rejected, with the shortest of them. */
export interface Price {
  readonly reason: string;
  readonly programs: number;
  /** As a scenario file. */
  readonly example: string;
  readonly instructions: number;
}

export interface VerifierReport {
  readonly seed: number;
  readonly version: VerifierVersion;
  readonly first: number;
  readonly runs: number;
  /** The run to go on with. */
  readonly next: number;
  readonly ended: Ended;
  readonly findings: readonly VerifierFinding[];
  readonly counts: Counts;
  readonly coverage: VerifierCoverage;
  /** Most programs first. */
  readonly prices: readonly Price[];
}

const FINDINGS_MAX = 5;
const WATCH_EVERY = 4;
const EXPLORE_EVERY = 100;
const CHUNK_RUNS = 100;

function settingsOf(options: VerifierCampaignOptions): VerifierWorkerSettings {
  return {
    seed: options.seed,
    version: options.version ?? SOUND_VERSION,
    watchEvery: options.watchEvery ?? WATCH_EVERY,
    exploreEvery: options.exploreEvery ?? EXPLORE_EVERY,
    ...(options.fault === undefined ? {} : { fault: options.fault.name }),
  };
}

function lanesOf(options: VerifierCampaignOptions): Lane<VerifierChunk>[] {
  const { jobs = 1, fault } = options;
  const settings = settingsOf(options);
  if (jobs > 1) {
    return Array.from({ length: jobs }, () =>
      workerLane<VerifierChunk>(WORKER_BASE, 'fuzz/verifier/campaign/worker', settings),
    );
  }
  const pool = settings.exploreEvery > 0 ? createCampaignPool() : undefined;
  const lane = new VerifierLane({ ...settings, ...(fault && { change: fault.change }) }, pool);
  return [
    localLane(
      ({ first, runs }) => lane.run(first, runs),
      async () => pool?.close(),
    ),
  ];
}

/** A module two folders below the root, as workers are looked for from there. */
const WORKER_BASE = new URL(
  import.meta.url.endsWith('.ts') ? '../campaign.ts' : '../campaign.js',
  import.meta.url,
).href;

/** Gathers chunks in order and decides when it is enough. */
class Tally {
  readonly counts = noCounts();
  readonly findings: VerifierFinding[] = [];
  runs = 0;
  private readonly shortest = new Map<string, FalseRejection>();
  private readonly inOrder: InOrder<VerifierChunk>;
  private readonly options: VerifierCampaignOptions;
  private readonly lane: VerifierLane;

  constructor(options: VerifierCampaignOptions) {
    this.options = options;
    const { fault } = options;
    this.inOrder = new InOrder(options.first ?? 0);
    this.lane = new VerifierLane({
      ...settingsOf(options),
      ...(fault && { change: fault.change }),
      exploreEvery: 0,
    });
  }

  get full(): boolean {
    return this.findings.length >= (this.options.findingsMax ?? FINDINGS_MAX);
  }

  get next(): number {
    const last = this.findings.at(-1);
    if (this.full && last !== undefined) return last.run + 1;
    return (this.options.first ?? 0) + this.runs;
  }

  add(chunk: VerifierChunk): void {
    for (const next of this.inOrder.add(chunk)) if (!this.full) this.take(next);
  }

  private take({ runs, counts, broken, falseRejections }: VerifierChunk): void {
    this.runs += runs;
    addCounts(this.counts, counts);
    for (const one of falseRejections) {
      const known = this.shortest.get(one.reason);
      if (known === undefined || one.instructions < known.instructions) {
        this.shortest.set(one.reason, one);
      }
    }
    const { seed, onFinding, onProgress } = this.options;
    for (const one of broken) {
      if (this.full) break;
      const origin = { seed, options: optionsText(this.options) };
      // Instructions from another thread are copies, with rows that are none of the table: they are drawn again.
      const drawn = this.lane.brokenIn(one.run);
      invariant(drawn !== undefined, `run ${one.run} breaks nothing when it is made again`);
      const finding = createVerifierFinding(this.lane, drawn, origin);
      this.findings.push(finding);
      onFinding?.(finding);
    }
    onProgress?.({ runs: this.runs, findings: this.findings.length, counts: this.counts });
  }

  prices(): Price[] {
    return Object.entries(this.counts.falseRejections)
      .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .map(([reason, programs]) => {
        const { run, program, instructions } = this.shortest.get(reason)!;
        const { scenario } = this.lane.caseOf(run);
        const example = formatScenario({
          ...scenario,
          programs: [scenario.programs[program]!],
          maps: scenario.maps.map((map) =>
            map.type === 'prog_array' ? { ...map, entries: [] } : map,
          ),
          run: { ...scenario.run, program: 0 },
          schedule: [],
        });
        return { reason, programs, example, instructions };
      });
  }
}

/** What the command line is given for a campaign to be made again, besides seed and runs. */
export function optionsText({ version, fault }: VerifierCampaignOptions): string {
  const other = version === undefined || version === SOUND_VERSION ? '' : ` --verifier ${version}`;
  return fault === undefined ? other : `${other} --fault ${fault.name}`;
}

/** Runs a campaign. It resolves with what there is when it is aborted; it rejects only on a bug of ours. */
export async function runVerifierCampaign(
  options: VerifierCampaignOptions,
): Promise<VerifierReport> {
  const lanes = lanesOf(options);
  const tally = new Tally(options);
  try {
    const ended = await dispatch(options, lanes, tally, CHUNK_RUNS);
    return {
      seed: options.seed,
      version: options.version ?? SOUND_VERSION,
      first: options.first ?? 0,
      runs: tally.runs,
      next: tally.next,
      ended,
      findings: tally.findings,
      counts: tally.counts,
      coverage: coverageOf(tally.counts),
      prices: tally.prices(),
    };
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

// A campaign: chunks of runs spread over worker threads, their results taken in order, so that the report
// depends on seed and runs alone, whatever the number of threads and their timing.

import type { Profile } from '../../model/profiles/profile.ts';
import type { SolverPool } from '../../smt/index.ts';
import { Coverage, type CoverageSummary } from '../coverage/coverage.ts';
import type { Fault } from '../faults/fault.ts';
import { profilesDrawn } from '../generate/scenario.ts';
import {
  type ChunkResult,
  type ChunkSettings,
  createCampaignPool,
  createEngines,
  runChunk,
  type SolverCounts,
} from './chunk.ts';
import { createFinding, type Finding } from './finding.ts';
import {
  dispatch,
  type Ended,
  type Extent,
  InOrder,
  type Lane,
  localLane,
  workerLane,
} from './lanes.ts';
import type { ChunkReply, WorkerSettings } from './protocol.ts';

export interface CampaignOptions extends Extent {
  /** Unsigned 32 bits. */
  readonly seed: number;
  /** Threads; with 1 the campaign runs in the calling thread. */
  readonly jobs?: number;
  /** Each n-th run also goes through Z3; 0 for none. */
  readonly solverEvery?: number;
  readonly fault?: Fault;
  /** Instead of the usual mix. */
  readonly profiles?: readonly Profile[];
  /** The campaign stops after so many findings. */
  readonly findingsMax?: number;
  readonly onProgress?: (progress: CampaignProgress) => void;
  readonly onFinding?: (finding: Finding) => void;
}

export interface CampaignProgress {
  readonly runs: number;
  readonly findings: number;
  readonly coverage: CoverageSummary;
}

export interface CampaignReport {
  readonly seed: number;
  readonly first: number;
  /** Runs whose results are in the report: all from `first` on without a gap. */
  readonly runs: number;
  /** The run to go on with. Where findings ended it, that is the one after the last of them. */
  readonly next: number;
  /** Why it ended. */
  readonly ended: Ended;
  readonly findings: readonly Finding[];
  readonly coverage: CoverageSummary;
  readonly endings: Readonly<Record<string, number>>;
  readonly solver: Readonly<SolverCounts>;
}

const FINDINGS_MAX = 5;
const SOLVER_EVERY = 200;

function lanesOf(settings: ChunkSettings, jobs: number): Lane<ChunkResult>[] {
  return jobs === 1
    ? [threadLane(settings)]
    : Array.from({ length: jobs }, () => campaignWorker(settings));
}

function threadLane(settings: ChunkSettings): Lane<ChunkResult> {
  const engines = createEngines(settings.fault);
  const pool: SolverPool | undefined = settings.solverEvery > 0 ? createCampaignPool() : undefined;
  return localLane(
    ({ first, runs }) => runChunk(settings, engines, first, runs, pool),
    async () => pool?.close(),
  );
}

function campaignWorker({ seed, solverEvery, fault, scenario }: ChunkSettings): Lane<ChunkResult> {
  const workerData: WorkerSettings = {
    seed,
    solverEvery,
    ...(fault && { fault: fault.name }),
    ...(scenario && { scenario }),
  };
  const lane = workerLane<ChunkReply>(import.meta.url, 'fuzz/campaign/worker', workerData);
  return {
    async run(request) {
      const { counts, ...rest } = await lane.run(request);
      return { ...rest, coverage: new Coverage(counts) };
    },
    close: () => lane.close(),
  };
}

/** Gathers chunk results in order and decides when it is enough. */
class Tally {
  readonly findings: Finding[] = [];
  readonly coverage = new Coverage();
  readonly solver: SolverCounts = { scenarios: 0, paths: 0, unknown: 0, cut: 0 };
  readonly endings: Record<string, number> = {};
  runs = 0;
  private readonly inOrder: InOrder<ChunkResult>;
  private readonly settings: ChunkSettings;
  private readonly options: CampaignOptions;
  private readonly engines;

  constructor(settings: ChunkSettings, options: CampaignOptions) {
    this.settings = settings;
    this.options = options;
    this.engines = createEngines(settings.fault);
    this.inOrder = new InOrder(options.first ?? 0);
  }

  get full(): boolean {
    return this.findings.length >= (this.options.findingsMax ?? FINDINGS_MAX);
  }

  get next(): number {
    const last = this.findings.at(-1);
    if (this.full && last !== undefined) return last.run + 1;
    return (this.options.first ?? 0) + this.runs;
  }

  summary(): CoverageSummary {
    return this.coverage.summary(profilesDrawn(this.settings.scenario));
  }

  add(result: ChunkResult): void {
    for (const next of this.inOrder.add(result)) if (!this.full) this.take(next);
  }

  private take(result: ChunkResult): void {
    this.runs += result.runs;
    this.coverage.add(result.coverage);
    for (const [ending, count] of Object.entries(result.endings)) {
      this.endings[ending] = (this.endings[ending] ?? 0) + count;
    }
    for (const key of ['scenarios', 'paths', 'unknown', 'cut'] as const) {
      this.solver[key] += result.solver[key];
    }
    for (const mismatch of result.mismatches) {
      if (this.full) break;
      const finding = createFinding(this.settings, this.engines, mismatch);
      this.findings.push(finding);
      this.options.onFinding?.(finding);
    }
    this.options.onProgress?.({
      runs: this.runs,
      findings: this.findings.length,
      coverage: this.summary(),
    });
  }
}

/** Runs a campaign. It resolves with what there is when it is aborted; it rejects only on a bug of ours. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const settings: ChunkSettings = {
    seed: options.seed,
    solverEvery: options.solverEvery ?? SOLVER_EVERY,
    ...(options.fault && { fault: options.fault }),
    ...(options.profiles && { scenario: { profiles: options.profiles } }),
  };
  const lanes = lanesOf(settings, options.jobs ?? 1);
  const tally = new Tally(settings, options);
  try {
    const ended = await dispatch(options, lanes, tally);
    return {
      seed: options.seed,
      first: options.first ?? 0,
      runs: tally.runs,
      next: tally.next,
      ended,
      findings: tally.findings,
      coverage: tally.summary(),
      endings: tally.endings,
      solver: tally.solver,
    };
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

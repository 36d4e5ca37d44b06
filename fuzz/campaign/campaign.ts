// A campaign: chunks of runs spread over worker threads, their results taken in order, so that the report
// depends on seed and runs alone, whatever the number of threads and their timing.

import { Worker } from 'node:worker_threads';
import { InternalError } from '../../model/errors.ts';
import type { Profile } from '../../model/profiles/profile.ts';
import type { SolverPool } from '../../smt/index.ts';
import { workerUrl } from '../../smt/solver/worker-url.ts';
import { Coverage, type CoverageSummary } from '../coverage/coverage.ts';
import type { Fault } from '../faults/fault.ts';
import {
  type ChunkResult,
  type ChunkSettings,
  createCampaignPool,
  createEngines,
  runChunk,
  type SolverCounts,
} from './chunk.ts';
import { createFinding, type Finding } from './finding.ts';
import { profilesDrawn } from '../generate/scenario.ts';
import type { ChunkFailure, ChunkReply, ChunkRequest, WorkerSettings } from './protocol.ts';

export interface CampaignOptions {
  /** Unsigned 32 bits. */
  readonly seed: number;
  /** The first run; a campaign goes on where another stopped. */
  readonly first?: number;
  /** How many runs; without it, until the deadline or the signal. */
  readonly runs?: number;
  /** Milliseconds on the clock that is passed in. */
  readonly timeMs?: number;
  readonly now?: () => number;
  /** Threads; with 1 the campaign runs in the calling thread. */
  readonly jobs?: number;
  /** Each n-th run also goes through Z3; 0 for none. */
  readonly solverEvery?: number;
  readonly fault?: Fault;
  /** Instead of the usual mix. */
  readonly profiles?: readonly Profile[];
  /** The campaign stops after so many findings. */
  readonly findingsMax?: number;
  readonly signal?: AbortSignal;
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
  readonly ended: 'runs' | 'time' | 'findings' | 'aborted';
  readonly findings: readonly Finding[];
  readonly coverage: CoverageSummary;
  readonly endings: Readonly<Record<string, number>>;
  readonly solver: Readonly<SolverCounts>;
}

const CHUNK_RUNS = 250;
const FINDINGS_MAX = 5;
const SOLVER_EVERY = 200;

/** Where chunks are run: in this thread, or in a worker. */
interface Lane {
  run(request: ChunkRequest): Promise<ChunkResult>;
  close(): Promise<void>;
}

function localLane(settings: ChunkSettings): Lane {
  const engines = createEngines(settings.fault);
  const pool: SolverPool | undefined = settings.solverEvery > 0 ? createCampaignPool() : undefined;
  return {
    async run({ first, runs }) {
      // Lets signals, timers and the terminal have their turn between chunks.
      await new Promise((resolve) => setImmediate(resolve));
      return runChunk(settings, engines, first, runs, pool);
    },
    close: async () => pool?.close(),
  };
}

function workerLane({ seed, solverEvery, fault, scenario }: ChunkSettings): Lane {
  const workerData: WorkerSettings = {
    seed,
    solverEvery,
    ...(fault && { fault: fault.name }),
    ...(scenario && { scenario }),
  };
  const worker = new Worker(workerUrl(import.meta.url, 'fuzz/campaign/worker'), {
    workerData,
    execArgv: [],
  });
  const reply = () =>
    new Promise<ChunkReply | ChunkFailure>((resolve, reject) => {
      const settled = () => {
        worker.off('message', onMessage);
        worker.off('error', onError);
      };
      const onMessage = (message: ChunkReply | ChunkFailure) => {
        settled();
        resolve(message);
      };
      const onError = (error: Error) => {
        settled();
        reject(error);
      };
      worker.on('message', onMessage);
      worker.on('error', onError);
    });
  return {
    async run(request) {
      worker.postMessage(request);
      const answer = await reply();
      if ('error' in answer) throw new InternalError(`a campaign worker failed: ${answer.error}`);
      const { counts, ...rest } = answer;
      return { ...rest, coverage: new Coverage(counts) };
    },
    async close() {
      const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      worker.postMessage('close');
      await exited;
    },
  };
}

/** Gathers chunk results in order and decides when it is enough. */
class Tally {
  readonly findings: Finding[] = [];
  readonly coverage = new Coverage();
  readonly solver: SolverCounts = { scenarios: 0, paths: 0, unknown: 0, cut: 0 };
  readonly endings: Record<string, number> = {};
  runs = 0;
  private readonly waiting = new Map<number, ChunkResult>();
  private readonly settings: ChunkSettings;
  private readonly options: CampaignOptions;
  private readonly engines;

  constructor(settings: ChunkSettings, options: CampaignOptions) {
    this.settings = settings;
    this.options = options;
    this.engines = createEngines(settings.fault);
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
    this.waiting.set(result.first, result);
    for (;;) {
      const next = this.waiting.get((this.options.first ?? 0) + this.runs);
      if (next === undefined || this.full) return;
      this.waiting.delete(next.first);
      this.take(next);
    }
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
  const jobs = options.jobs ?? 1;
  const lanes = Array.from({ length: jobs }, () =>
    jobs === 1 ? localLane(settings) : workerLane(settings),
  );
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

/** Hands out chunks until a limit is met, and waits for those that are under way. */
async function dispatch(
  options: CampaignOptions,
  lanes: readonly Lane[],
  tally: Tally,
): Promise<CampaignReport['ended']> {
  const { first = 0, runs = Number.POSITIVE_INFINITY, timeMs, now, signal } = options;
  const deadline = timeMs !== undefined && now ? now() + timeMs : Number.POSITIVE_INFINITY;
  const end = first + runs;
  let next = first;
  let ended: CampaignReport['ended'] = 'runs';
  const limit = (): CampaignReport['ended'] | undefined => {
    if (signal?.aborted) return 'aborted';
    if (tally.full) return 'findings';
    return now && now() >= deadline ? 'time' : undefined;
  };
  const work = async (lane: Lane) => {
    while (next < end) {
      const reached = limit();
      if (reached !== undefined) {
        ended = reached;
        return;
      }
      const request = { first: next, runs: Math.min(CHUNK_RUNS, end - next) };
      next += request.runs;
      tally.add(await lane.run(request));
    }
  };
  await Promise.all(lanes.map(work));
  return tally.full ? 'findings' : ended;
}

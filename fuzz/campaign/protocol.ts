// What a campaign and its worker threads say to each other.

import type { CoverageCounts } from '../coverage/coverage.ts';
import type { ScenarioOptions } from '../generate/scenario.ts';
import type { ChunkResult } from './chunk.ts';

export interface WorkerSettings {
  readonly seed: number;
  readonly solverEvery: number;
  /** Name of a planted fault. */
  readonly fault?: string;
  readonly scenario?: ScenarioOptions;
}

export interface ChunkRequest {
  readonly first: number;
  readonly runs: number;
}

/** A chunk's result with its coverage taken apart. */
export type ChunkReply = Omit<ChunkResult, 'coverage'> & {
  readonly counts: CoverageCounts;
};

/** The worker met a bug of ours. */
export interface ChunkFailure {
  readonly error: string;
}

// A campaign's worker thread: runs chunks on request.

import { workerData } from 'node:worker_threads';
import type { SolverPool } from '../../smt/index.ts';
import { faultNamed } from '../faults/fault.ts';
import { FAULTS } from '../faults/faults.ts';
import { type ChunkSettings, createCampaignPool, createEngines, runChunk } from './chunk.ts';
import { serveLane } from './lanes.ts';
import type { ChunkReply, WorkerSettings } from './protocol.ts';

const { seed, solverEvery, fault: faultName, scenario } = workerData as WorkerSettings;
const fault = faultName === undefined ? undefined : faultNamed(FAULTS, faultName);
const settings: ChunkSettings = {
  seed,
  solverEvery,
  ...(fault && { fault }),
  ...(scenario && { scenario }),
};
const engines = createEngines(fault);
const pool: SolverPool | undefined = solverEvery > 0 ? createCampaignPool() : undefined;

serveLane({
  async run({ first, runs }): Promise<ChunkReply> {
    const { coverage, ...rest } = await runChunk(settings, engines, first, runs, pool);
    const { steps, tailCalls, operations } = coverage;
    return { ...rest, counts: { steps, tailCalls, operations } };
  },
  close: async () => pool?.close(),
});

// A campaign's worker thread: runs chunks on request.

import { parentPort, workerData } from 'node:worker_threads';
import { invariant } from '../../model/errors.ts';
import type { SolverPool } from '../../smt/index.ts';
import { faultNamed } from '../faults/fault.ts';
import { FAULTS } from '../faults/faults.ts';
import { type ChunkSettings, createCampaignPool, createEngines, runChunk } from './chunk.ts';
import type { ChunkReply, ChunkRequest, WorkerSettings } from './protocol.ts';

const port = parentPort;
invariant(port !== null, 'a campaign worker runs in a thread of its own');

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

port.on('message', async (request: ChunkRequest | 'close') => {
  if (request === 'close') {
    await pool?.close();
    port.close();
    return;
  }
  try {
    const { coverage, ...rest } = await runChunk(
      settings,
      engines,
      request.first,
      request.runs,
      pool,
    );
    const { steps, tailCalls, operations } = coverage;
    const reply: ChunkReply = { ...rest, counts: { steps, tailCalls, operations } };
    port.postMessage(reply);
  } catch (error) {
    port.postMessage({
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
});

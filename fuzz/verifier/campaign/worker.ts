// A worker thread of a soundness campaign: runs chunks on request.

import { parentPort, workerData } from 'node:worker_threads';
import { invariant } from '../../../model/errors.ts';
import { createCampaignPool } from '../../campaign/chunk.ts';
import type { ChunkRequest } from '../../campaign/protocol.ts';
import { verifierFaultNamed } from '../../faults/verifier/index.ts';
import { type VerifierChunkSettings, VerifierLane } from './chunk.ts';

export interface VerifierWorkerSettings extends Omit<VerifierChunkSettings, 'change'> {
  /** Name of a planted fault. */
  readonly fault?: string;
}

const port = parentPort;
invariant(port !== null, 'a campaign worker runs in a thread of its own');

const { fault, ...settings } = workerData as VerifierWorkerSettings;
const pool = settings.exploreEvery > 0 ? createCampaignPool() : undefined;
const change = fault === undefined ? {} : { change: verifierFaultNamed(fault).change };
const lane = new VerifierLane({ ...settings, ...change }, pool);

port.on('message', async (request: ChunkRequest | 'close') => {
  if (request === 'close') {
    await pool?.close();
    port.close();
    return;
  }
  try {
    port.postMessage(await lane.run(request.first, request.runs));
  } catch (error) {
    port.postMessage({
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
});

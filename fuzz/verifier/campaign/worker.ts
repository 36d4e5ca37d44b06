// A worker thread of a soundness campaign: runs chunks on request.

import { workerData } from 'node:worker_threads';
import { createCampaignPool } from '../../campaign/chunk.ts';
import { serveLane } from '../../campaign/lanes.ts';
import { verifierFaultNamed } from '../../faults/verifier/index.ts';
import { type VerifierChunkSettings, VerifierLane } from './chunk.ts';

export interface VerifierWorkerSettings extends Omit<VerifierChunkSettings, 'change'> {
  /** Name of a planted fault. */
  readonly fault?: string;
}

const { fault, ...settings } = workerData as VerifierWorkerSettings;
const pool = settings.exploreEvery > 0 ? createCampaignPool() : undefined;
const change = fault === undefined ? {} : { change: verifierFaultNamed(fault).change };
const lane = new VerifierLane({ ...settings, ...change }, pool);

serveLane({
  run: ({ first, runs }) => lane.run(first, runs),
  close: async () => pool?.close(),
});

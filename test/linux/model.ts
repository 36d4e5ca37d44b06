// The interpreter as a campaign's model, with a planted fault where one is wanted.

import { faultNamed, faultySemantics } from '../../fuzz/faults/fault.ts';
import { FAULTS } from '../../fuzz/faults/faults.ts';
import type { Model } from '../../fuzz/kernel/campaign.ts';
import { createMachine } from '../../interp/index.ts';

export function createCampaignModel(fault?: string): Model {
  const semantics = fault === undefined ? undefined : faultySemantics(faultNamed(FAULTS, fault));
  const machine = createMachine(semantics?.interp);
  return { name: 'interp', run: (scenario) => machine.run(scenario) };
}

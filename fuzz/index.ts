// Generators, oracles, campaigns and shrinking.

export * from './arbitraries.ts';
export {
  type CampaignOptions,
  type CampaignProgress,
  type CampaignReport,
  runCampaign,
} from './campaign/campaign.ts';
export type { Finding } from './campaign/finding.ts';
export { compareOutcomes, type Difference } from './compare.ts';
export type { CoverageSummary } from './coverage/coverage.ts';
export { type Fault, faultNamed } from './faults/fault.ts';
export { FAULTS } from './faults/faults.ts';
export { shrinkScenario } from './shrink/shrink.ts';

// A campaign as the command line runs it: findings saved at once, progress shown, Ctrl-C heeded.

import type { CampaignReport } from '../fuzz/campaign/campaign.ts';
import type { Finding } from '../fuzz/campaign/finding.ts';
import type { Fault } from '../fuzz/faults/fault.ts';
import type { Profile } from '../model/profiles/profile.ts';
import { type CampaignExtent, extentOf } from './campaign-extent.ts';
import { FindingStore } from './findings.ts';
import { interruptible } from './interruptible.ts';
import { progressText } from './render/campaign.ts';
import { createProgress } from './render/progress.ts';
import type { Terminal } from './terminal.ts';

export interface CampaignSettings extends CampaignExtent {
  readonly jobs: number;
  readonly solverEvery?: number;
  readonly fault?: Fault;
  readonly profiles?: readonly Profile[];
  /** Where findings go; checked by the caller before it says anything. */
  readonly out: string;
  readonly onFinding?: (finding: Finding, file: string) => void;
  readonly onProgress?: (runs: number, findings: number) => void;
}

export interface CampaignRun {
  readonly report: CampaignReport;
  /** Of the findings, in order. */
  readonly files: readonly string[];
  readonly elapsedMs: number;
}

export async function conductCampaign(
  settings: CampaignSettings,
  terminal: Terminal,
): Promise<CampaignRun> {
  const { runCampaign } = await import('../fuzz/campaign/campaign.ts');
  const { seed, runs, jobs, solverEvery, fault, profiles, onFinding, onProgress } = settings;
  const store = new FindingStore(settings.out);
  const progress = createProgress(terminal);
  const startedAt = terminal.now();
  progress.update(() => `starting a campaign with seed ${seed}`);
  try {
    const report = await interruptible(terminal, (signal) =>
      runCampaign({
        ...extentOf(settings),
        jobs,
        signal,
        now: () => terminal.now(),
        ...(solverEvery === undefined ? {} : { solverEvery }),
        ...(fault === undefined ? {} : { fault }),
        ...(profiles === undefined ? {} : { profiles }),
        onProgress: (now) => {
          progress.update(() => progressText(now, terminal.now() - startedAt, runs));
          onProgress?.(now.runs, now.findings);
        },
        onFinding: (finding) => {
          const file = store.save(finding);
          progress.clear();
          onFinding?.(finding, file);
        },
      }),
    );
    return { report, files: store.files, elapsedMs: terminal.now() - startedAt };
  } finally {
    progress.clear();
  }
}

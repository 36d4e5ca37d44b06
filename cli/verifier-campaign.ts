// tailproof fuzz --oracle verifier: a campaign against the verifier's promise, its findings and its report.

import type { VerifierReport } from '../fuzz/verifier/campaign/campaign.ts';
import type { VerifierVersion } from '../model/verifier/index.ts';
import { type CampaignExtent, extentOf } from './campaign-extent.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { FindingStore } from './findings.ts';
import { interruptible } from './interruptible.ts';
import { writeInto } from './io.ts';
import { jsonLine } from './render/json.ts';
import { createProgress } from './render/progress.ts';
import {
  priceName,
  verifierFindingLines,
  verifierProgressText,
  verifierReportLines,
} from './render/verifier-campaign.ts';
import { shellWord } from './report-error.ts';
import { printLines, type Session } from './session.ts';

export interface VerifierCampaignSettings extends CampaignExtent {
  readonly version?: VerifierVersion;
  readonly jobs: number;
  /** Rejected programs of each n-th run go to symbolic execution. */
  readonly solverEvery?: number;
  readonly fault?: string;
  readonly out: string;
  readonly json?: true;
}

/** Runs the campaign and reports. @throws InputError for a fault that there is not */
export async function fuzzVerifier(
  settings: VerifierCampaignSettings,
  session: Session,
): Promise<void> {
  const { terminal, colors } = session;
  const { json, out } = settings;
  const store = new FindingStore(out);
  const progress = createProgress(terminal);
  const startedAt = terminal.now();
  const options = await campaignOptions(settings);
  const { runVerifierCampaign } = await import('../fuzz/verifier/campaign/campaign.ts');
  const report = await interruptible(terminal, (signal) =>
    runVerifierCampaign({
      ...options,
      signal,
      now: () => terminal.now(),
      onFinding: (finding) => {
        const file = store.save(finding);
        progress.clear();
        if (json)
          terminal.out(jsonLine({ event: 'finding', ...finding, scenario: undefined, file }));
        else printLines(session, verifierFindingLines(finding, file, colors));
      },
      onProgress: (now) => {
        const elapsedMs = terminal.now() - startedAt;
        progress.update(() => verifierProgressText(now, elapsedMs, settings.runs));
        if (json) {
          terminal.out(jsonLine({ event: 'progress', runs: now.runs, findings: now.findings }));
        }
      },
    }),
  );
  progress.clear();
  const examples = report.prices.map(({ reason, example }) =>
    writeInto(out, `${priceName(reason)}.yaml`, example),
  );
  const code = exitOf(report);
  if (json) {
    const findings = report.findings.map(({ run }, i) => ({ run, file: store.files[i] }));
    const prices = report.prices.map(({ example: _, ...price }, i) => ({
      ...price,
      file: examples[i],
    }));
    terminal.out(jsonLine({ event: 'report', ...report, findings, prices, code }));
  } else {
    printLines(session, verifierReportLines(report, examples, colors));
    const replays = store.files.map(
      (file) => `  tailproof replay ${shellWord(file)} --oracle verifier`,
    );
    if (replays.length > 0) printLines(session, ['Look at them as each file says:', ...replays]);
  }
  const seconds = (terminal.now() - startedAt) / 1000;
  terminal.err(
    `${seconds.toFixed(1)} s, ${Math.round(report.runs / Math.max(seconds, 0.001))} runs/s\n`,
  );
  session.finish(code);
}

async function campaignOptions(settings: VerifierCampaignSettings) {
  const { jobs, version, solverEvery, fault } = settings;
  const { verifierFaultNamed } = await import('../fuzz/faults/verifier/index.ts');
  return {
    ...extentOf(settings),
    jobs,
    ...(version === undefined ? {} : { version }),
    ...(solverEvery === undefined ? {} : { exploreEvery: solverEvery }),
    ...(fault === undefined ? {} : { fault: verifierFaultNamed(fault) }),
  };
}

function exitOf({ ended, findings }: VerifierReport): ExitCode {
  if (ended === 'aborted') return EXIT.interrupted;
  return findings.length > 0 ? EXIT.mismatch : EXIT.ok;
}

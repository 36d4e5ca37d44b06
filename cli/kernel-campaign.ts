// tailproof fuzz --engines …,linux:…: a campaign against real kernels, its findings and its report.

import type { Finding } from '../fuzz/campaign/finding.ts';
import type { KernelCampaignReport, KernelCounts, Model } from '../fuzz/kernel/campaign.ts';
import { InputError } from '../model/errors.ts';
import { type CampaignExtent, extentOf } from './campaign-extent.ts';
import { loadEngines } from './engines.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { FindingStore } from './findings.ts';
import { type EngineList, withKernels } from './kernels.ts';
import { differenceText } from './render/difference.ts';
import { jsonLine } from './render/json.ts';
import { createProgress } from './render/progress.ts';
import { table } from './render/table.ts';
import { count } from './render/text.ts';
import { printLines, type Session } from './session.ts';

export interface KernelCampaignSettings extends CampaignExtent {
  readonly engines: EngineList;
  readonly guests?: number;
  readonly fault?: string;
  readonly out: string;
  readonly json?: true;
}

const ENDED: Readonly<Record<KernelCampaignReport['ended'], string>> = {
  runs: 'all runs done',
  time: 'the time is up',
  findings: 'stopped at so many findings',
  aborted: 'interrupted',
};

/** Runs the campaign and reports. @throws InputError when a kernel is not installed. */
export async function fuzzKernels(
  settings: KernelCampaignSettings,
  session: Session,
): Promise<void> {
  const { terminal } = session;
  const { engines, runs, guests, fault, json } = settings;
  const models = await loadModels(engines, fault);
  const { runKernelCampaign } = await import('../fuzz/kernel/campaign.ts');
  const store = new FindingStore(settings.out);
  const progress = createProgress(terminal);
  const startedAt = terminal.now();
  progress.update(() => `starting ${engines.kernels.join(' and ')}`);
  const unsaved: Finding[] = [];
  const onFinding = (finding: Finding) => {
    progress.clear();
    const file = save(store, finding, session);
    if (file === undefined) unsaved.push(finding);
    else if (json) {
      terminal.out(jsonLine({ event: 'finding', ...finding, scenario: undefined, file }));
    } else printLines(session, kernelFindingLines(finding, file, session));
  };
  const report = await withKernels(
    engines.kernels,
    terminal,
    (kernels, signal) =>
      runKernelCampaign({
        models,
        kernels,
        ...extentOf(settings),
        signal,
        now: () => terminal.now(),
        ...(guests === undefined ? {} : { lanes: guests }),
        onFinding,
        onProgress: (now) => {
          if (json) terminal.out(jsonLine({ event: 'progress', ...now }));
          const total = runs === undefined ? '' : `/${runs * engines.kernels.length}`;
          const rate = Math.round((now.runs * 1000) / Math.max(1, terminal.now() - startedAt));
          progress.update(
            () => `${now.runs}${total} runs · ${rate}/s · ${count(now.findings, 'finding')}`,
          );
        },
      }),
    guests === undefined ? {} : { guests },
  );
  progress.clear();
  const code = unsaved.length > 0 ? EXIT.input : exitOf(report);
  if (json) {
    const findings = report.findings.map(({ run }, i) => ({ run, file: store.files[i] }));
    terminal.out(jsonLine({ event: 'report', ...report, findings, code }));
  } else printLines(session, kernelReportLines(report, session));
  const seconds = (terminal.now() - startedAt) / 1000;
  terminal.err(`${seconds.toFixed(1)} s\n`);
  session.finish(code);
}

/** A finding as it comes up; its file names the kernel. */
function kernelFindingLines(finding: Finding, file: string, { colors }: Session): string[] {
  const { run, difference, instructions } = finding;
  const text = differenceText(difference, colors, ['model', 'kernel']);
  return [
    `${colors.red('finding')} in run ${run}, ${count(instructions, 'instruction')}: ${text}`,
    `  saved as ${file}`,
  ];
}

async function loadModels({ models }: EngineList, fault: string | undefined): Promise<Model[]> {
  const loaded = await Promise.all(models.map((name) => loadEngines(name, fault)));
  return loaded.flat();
}

/** A finding that cannot be saved is written to standard output as a whole, and the campaign goes on. */
function save(store: FindingStore, finding: Finding, session: Session): string | undefined {
  try {
    return store.save(finding);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    session.terminal.err(`tailproof: ${error.message}; the finding follows on standard output\n`);
    session.terminal.out(finding.text);
    return undefined;
  }
}

function exitOf({ ended, findings, kernels }: KernelCampaignReport): ExitCode {
  if (ended === 'aborted') return EXIT.interrupted;
  if (findings.length > 0) return EXIT.mismatch;
  // Nothing compared is nothing learnt.
  return kernels.every(({ compared }) => compared > 0) ? EXIT.ok : EXIT.inconclusive;
}

function kernelReportLines(report: KernelCampaignReport, { colors }: Session): string[] {
  const { seed, first, runs, findings, kernels, ended, incidents } = report;
  const range = runs === 0 ? 'no run' : `runs ${first} to ${first + runs - 1}`;
  const verdict =
    findings.length === 0
      ? colors.green('no mismatch with a kernel')
      : colors.red(count(findings.length, 'finding'));
  return [
    `${colors.bold(`seed ${seed}, ${range}`)} (${ENDED[ended]}): ${verdict}`,
    ...table(kernels.map(countsRow), { indent: '  ' }),
    ...kernels.flatMap(reasonLines),
    ...(incidents === 0
      ? []
      : [`  ${count(incidents, 'guest')} failed for no reason that came again`]),
  ];
}

function countsRow({ kernel, runs, compared, rejected, tailCalls }: KernelCounts): string[] {
  const share = runs === 0 ? '' : ` (${((100 * compared) / runs).toFixed(1)} %)`;
  return [
    kernel,
    `${runs} runs`,
    `${compared} compared${share}`,
    `${rejected} rejected`,
    `${tailCalls} tail calls`,
  ];
}

const REASONS_SHOWN = 6;

/** Why runs were not compared; none of them counts as agreement. */
function reasonLines({ kernel, rejections, left }: KernelCounts): string[] {
  const most = Object.entries({ ...rejections, ...left })
    .sort(([, a], [, b]) => b - a)
    .slice(0, REASONS_SHOWN);
  return most.map(([reason, number]) => `  ${kernel}: ${number} not compared: ${reason}`);
}

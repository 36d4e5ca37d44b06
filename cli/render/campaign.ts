// A campaign for people: its progress, its findings and what it came to.

import type { CampaignProgress, CampaignReport } from '../../fuzz/campaign/campaign.ts';
import type { Finding } from '../../fuzz/campaign/finding.ts';
import type { Colors } from '../terminal.ts';
import { differenceText } from './difference.ts';
import { table } from './table.ts';
import { count, firstFew } from './text.ts';

const ROWS_SHOWN = 12;

export function progressText(
  { runs, findings, coverage }: CampaignProgress,
  elapsedMs: number,
  total: number | undefined,
): string {
  const rate = elapsedMs > 0 ? Math.round((runs * 1000) / elapsedMs) : 0;
  const of = total === undefined ? '' : `/${total}`;
  return [
    `${runs}${of} runs`,
    `${rate} scenarios/s`,
    `rows ${coverage.rows}/${coverage.rowsAll}`,
    `cells ${coverage.cells + coverage.tailCallCells.met}`,
    count(findings, 'finding'),
  ].join(' · ');
}

/** A finding as it comes up. */
export function findingLines(finding: Finding, file: string, colors: Colors): string[] {
  const { run, difference, instructions } = finding;
  return [
    `${colors.red('finding')} in run ${run}, ${count(instructions, 'instruction')}: ${differenceText(difference, colors)}`,
    `  saved as ${file}`,
  ];
}

const ENDED: Readonly<Record<CampaignReport['ended'], string>> = {
  runs: 'all runs done',
  time: 'the time is up',
  findings: 'stopped at so many findings',
  aborted: 'interrupted',
};

/** The report; the same for the same seed and runs. */
export function reportLines(report: CampaignReport, colors: Colors): string[] {
  const { seed, first, runs, ended, findings, coverage, endings, solver } = report;
  const range = runs === 0 ? 'no run' : `runs ${first} to ${first + runs - 1}`;
  const verdict =
    findings.length === 0
      ? colors.green('no mismatch between the engines')
      : colors.red(`${count(findings.length, 'finding')}`);
  const kinds = Object.entries(endings).sort(([, a], [, b]) => b - a);
  const tailCalls = Object.entries(coverage.tailCallResults);
  return [
    `${colors.bold(`seed ${seed}, ${range}`)}: ${verdict}`,
    ...table(
      [
        ['runs', `${runs} (${ENDED[ended]})`],
        ['endings', listed(kinds)],
        ['rows', `${coverage.rows} of ${coverage.rowsAll} instructions and forms`],
        ...missed(coverage.rowsMissed),
        ['cells', `${coverage.cells} of row, edge class and outcome`],
        ['tail calls', listed(tailCalls)],
        ...cellRows(coverage),
        ['solver', solverText(solver)],
      ],
      { indent: '  ' },
    ),
  ];
}

/** Cells of tail calls and of user space: met, impossible by why, missing. */
function cellRows({ tailCallCells, operations }: CampaignReport['coverage']): string[][] {
  const { met, all, unreachable, missing } = tailCallCells;
  const reasons = Object.entries(unreachable);
  const impossible = reasons.reduce((sum, [, number]) => sum + number, 0);
  return [
    [
      'hops',
      `${met} of ${all} cells of result, hop and writer; ${impossible} cannot be met, ${missing.length} missing`,
    ],
    ...reasons.map(([reason, number]) => ['impossible', `${number}: ${reason}`]),
    ...missed(missing),
    ['user space', `${operations.met} of ${operations.all} results of operations`],
    ...missed(operations.missing),
  ];
}

function missed(names: readonly string[]): string[][] {
  return names.length === 0 ? [] : [['missed', firstFew(names, ROWS_SHOWN).join(', ')]];
}

function listed(counts: readonly (readonly [string, number])[]): string {
  if (counts.length === 0) return 'none';
  return counts.map(([name, number]) => `${name.replaceAll('_', ' ')} ${number}`).join(', ');
}

function solverText({ scenarios, paths, unknown, cut }: CampaignReport['solver']): string {
  if (scenarios === 0) return 'not asked';
  return `${count(paths, 'path')} of ${count(scenarios, 'scenario')} compared; unknown ${unknown}, cut ${cut} (neither counts as agreement)`;
}

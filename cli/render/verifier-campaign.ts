// A campaign against the verifier's promise for people: its progress, its findings and what it came to.

import type { VerifierProgress, VerifierReport } from '../../fuzz/verifier/campaign/campaign.ts';
import type { Met } from '../../fuzz/verifier/campaign/coverage.ts';
import type { VerifierFinding } from '../../fuzz/verifier/campaign/finding.ts';
import type { Colors } from '../terminal.ts';
import { table } from './table.ts';
import { count, firstFew } from './text.ts';

const ROWS_SHOWN = 20;

export function verifierProgressText(
  { runs, findings, counts }: VerifierProgress,
  elapsedMs: number,
  total: number | undefined,
): string {
  const rate = elapsedMs > 0 ? Math.round((runs * 1000) / elapsedMs) : 0;
  return [
    `${runs}${total === undefined ? '' : `/${total}`} runs`,
    `${rate} runs/s`,
    `${accepted(counts.verdicts)} accepted`,
    count(findings, 'finding'),
  ].join(' · ');
}

export function verifierFindingLines(
  { run, summary, instructions }: VerifierFinding,
  file: string,
  colors: Colors,
): string[] {
  return [
    `${colors.red('finding')} in run ${run}, ${count(instructions, 'instruction')}: ${summary}`,
    `  saved as ${file}`,
  ];
}

const ENDED: Readonly<Record<VerifierReport['ended'], string>> = {
  runs: 'all runs done',
  time: 'the time is up',
  findings: 'stopped at so many findings',
  aborted: 'interrupted',
};

/** The report; the same for the same seed and runs. @param examples files of the prices' examples. */
export function verifierReportLines(
  report: VerifierReport,
  examples: readonly string[],
  colors: Colors,
): string[] {
  const { seed, version, first, runs, ended, findings, counts, coverage, prices } = report;
  const range = runs === 0 ? 'no run' : `runs ${first} to ${first + runs - 1}`;
  const verdict =
    findings.length === 0
      ? colors.green('no violation')
      : colors.red(count(findings.length, 'finding'));
  return [
    `${colors.bold(`seed ${seed}, ${range}, ${version}`)}: ${verdict}`,
    ...table(
      [
        ['runs', `${runs} (${ENDED[ended]})`],
        ['programs', `${listed(counts.verdicts)}: ${accepted(counts.verdicts)} accepted`],
        ['not modelled', listed(counts.unsupported, (name) => name)],
        ['endings', listed(counts.endings)],
        ['tail calls', listed(counts.hops)],
        ...metRows('reasons', 'reasons to reject', coverage.reasons),
        ...metRows('rules', 'rules gone through', coverage.rules),
        ...metRows('accepted', 'of them by accepted programs', coverage.accepted),
        ...metRows('sides', 'sides of rules that refuse or decide', coverage.sides),
        ['operands', `${coverage.operands} families on types of registers, accepted`],
        ['explored', `rejected programs: ${listed(counts.explored)}`],
        ...prices.map(({ reason, programs, instructions }, i) => [
          'price',
          `${programs} safe, refused by: ${reason} (${count(instructions, 'instruction')}: ${examples[i]})`,
        ]),
      ],
      { indent: '  ' },
    ),
  ];
}

function metRows(head: string, what: string, { met, all, missing }: Met): string[][] {
  const missed = missing.length === 0 ? [] : [['missed', firstFew(missing, ROWS_SHOWN).join(', ')]];
  return [[head, `${met} of ${all} ${what}`], ...missed];
}

/** The share of programs that were accepted. */
function accepted(verdicts: Readonly<Record<string, number>>): string {
  const { accepted: number = 0 } = verdicts;
  const all = Object.values(verdicts).reduce((sum, one) => sum + one, 0);
  return all === 0 ? '0 %' : `${((100 * number) / all).toFixed(1)} %`;
}

/** @param spell how names are shown; by default as words. */
function listed(
  numbers: Readonly<Record<string, number>>,
  spell = (name: string) => name.replaceAll('_', ' '),
): string {
  const entries = Object.entries(numbers).sort(([, a], [, b]) => b - a);
  if (entries.length === 0) return 'none';
  return entries.map(([name, number]) => `${spell(name)} ${number}`).join(', ');
}

/** A reason as the name of a file. */
export function priceName(reason: string): string {
  const words = reason.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return `refused-${words.replace(/^-+|-+$/g, '').slice(0, 60)}`;
}

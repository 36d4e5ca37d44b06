// The museum for people, and as JSON.

import type {
  Exhibit,
  ExhibitReport,
  Find,
  FixReport,
  Measure,
  Way,
  WayReport,
} from '../../fuzz/museum/index.ts';
import type { Provenance } from '../../model/profiles/profile.ts';
import type { Colors } from '../terminal.ts';
import { table } from './table.ts';
import { count, firstFew } from './text.ts';

const PROBLEMS_SHOWN = 5;

const SURENESS: Readonly<Record<Provenance, string>> = {
  O: 'observed',
  S: 'read in source',
  U: "a user's own",
  M: 'remembered',
  H: 'in part a guess',
};

export interface ReportOptions {
  /** What a hunt had. */
  readonly seconds: number;
  /** Whether to show what was found. */
  readonly inFull: boolean;
  readonly colors: Colors;
}

/** What there is. */
export function listingLines(exhibits: readonly Exhibit[]): string[] {
  return exhibits.flatMap((exhibit) => [
    `${nameOf(exhibit)}: ${exhibit.title}`,
    ...table(factsOf(exhibit), { indent: '  ' }),
  ]);
}

const nameOf = ({ id, aliases }: Exhibit) =>
  aliases.length === 0 ? id : `${id} (${aliases.join(', ')})`;

function factsOf(exhibit: Exhibit): string[][] {
  const { kernels, source, sureness, faulty, mended, shows, law } = exhibit;
  return [
    ['kernels', kernels],
    ['source', `${source}; ${SURENESS[sureness]}`],
    ['faulty', faulty],
    ['mended', mended],
    ['shown by', shows],
    ['law', law],
  ];
}

/** The table, why ways do not apply, what is wrong, and what was found. */
export function reportLines(reports: readonly ExhibitReport[], options: ReportOptions): string[] {
  const { colors, inFull } = options;
  const head = ['bug', 'kernels', 'by proof', 'by fuzzing', 'smallest', 'fix', 'title'];
  const rows = reports.map((report) => rowOf(report, options));
  return [
    ...table([head.map((title) => colors.bold(title)), ...rows], { right: [2, 3] }),
    '',
    'by proof, by fuzzing: seconds. smallest: instructions/slots/writes, or steps.',
    ...reports.flatMap((report) => noteLines(report)),
    ...(inFull ? reports.flatMap((report) => ['', ...fullLines(report)]) : []),
  ];
}

function rowOf({ exhibit, ways, fix, smallest }: ExhibitReport, options: ReportOptions): string[] {
  return [
    exhibit.id,
    exhibit.kernels,
    wayText(ways.proof, options),
    wayText(ways.fuzzing, options),
    smallest === undefined ? '—' : shortSize(smallest.size),
    fixText(fix, options.colors),
    exhibit.title,
  ];
}

const secondsText = (ms: number) => (ms / 1000).toFixed(2);

function wayText(way: WayReport, { colors, seconds }: ReportOptions): string {
  switch (way.kind) {
    case 'found':
      return secondsText(way.ms);
    case 'not found':
      return colors.yellow(way.ms >= seconds * 1000 ? `not in ${seconds}` : 'not found');
    case 'unsound':
      return colors.red('DISAGREE');
    case 'not applicable':
      return '—';
    case 'interrupted':
      return colors.yellow('interrupted');
  }
}

function fixText(fix: FixReport, colors: Colors): string {
  if (fix.kind === 'proved' || fix.kind === 'shown') return colors.green(fix.kind);
  return fix.kind === 'not proved' ? colors.red('NOT PROVED') : colors.yellow(fix.kind);
}

/** `9/1/0` where all know what is counted, else `5 steps`. */
function shortSize(size: readonly Measure[]): string {
  const [only] = size;
  if (size.length === 1 && only !== undefined) return count(only.count, only.noun);
  return size.map((measure) => measure.count).join('/');
}

const longSize = (size: readonly Measure[]) =>
  size.map((measure) => count(measure.count, measure.noun)).join(', ');

function noteLines({ exhibit, ways, fix }: ExhibitReport): string[] {
  const notes = (Object.keys(ways) as Way[]).flatMap((way) => {
    const report = ways[way];
    if (report.kind === 'not applicable') return [`not by ${way}: ${report.reason}`];
    return report.kind === 'unsound' ? [`by ${way}: ${report.problem}`] : [];
  });
  const problems = 'problems' in fix ? firstFew(fix.problems, PROBLEMS_SHOWN) : [];
  return [...notes, ...problems.map((problem) => `fix: ${problem}`)].map(
    (note) => `${exhibit.id} ${note}`,
  );
}

function fullLines({ exhibit, smallest }: ExhibitReport): string[] {
  return [
    `${nameOf(exhibit)}: ${exhibit.title}`,
    ...table(factsOf(exhibit), { indent: '  ' }),
    ...(smallest === undefined ? [] : findLines(smallest)),
  ];
}

function findLines({ size, seen, text }: Find): string[] {
  return [
    ...table(
      [
        ['found', longSize(size)],
        ['faulty run', seen.faulty],
        ['mended run', seen.mended],
      ],
      { indent: '  ' },
    ),
    '',
    text.trimEnd(),
  ];
}

/** The whole in one sentence. */
export function conclusion(reports: readonly ExhibitReport[], chosen: number): string {
  const of = (result: ExhibitReport['result']) =>
    reports.filter((report) => report.result === result).length;
  const all = count(chosen, 'bug');
  if (reports.length < chosen) return `Interrupted: ${reports.length} of ${all} were visited.`;
  if (of('wrong') > 0) return `${of('wrong')} of ${all} did not come out as the fix says.`;
  if (of('open') > 0) return `${of('open')} of ${all} left open: not found, or not decided.`;
  const proved = reports.every(({ fix }) => fix.kind === 'proved') ? 'proved' : 'proved or shown';
  return `${all} found again, ${chosen === 1 ? 'its fix' : 'each fix'} ${proved}.`;
}

/** What is to be known of an exhibit without a visit. */
export function exhibitJson({ proof, fuzzing, fix: _, ...facts }: Exhibit) {
  const reasonOf = (way: Exhibit['proof']) => (typeof way === 'function' ? true : way.reason);
  return { ...facts, ways: { proof: reasonOf(proof), fuzzing: reasonOf(fuzzing) } };
}

export function reportJson({ exhibit, ways, fix, smallest, result }: ExhibitReport) {
  const { ways: _, ...facts } = exhibitJson(exhibit);
  return { ...facts, result, ways, fix, smallest };
}

// The table of limits for people, and as JSON.

import { type LimitEvent, type LimitReport, saidText } from '../../fuzz/verifier/limits/index.ts';
import type { Colors } from '../terminal.ts';
import { table } from './table.ts';
import { count } from './text.ts';

/** What is being done, as progress tells it. */
export const DOING: Readonly<Record<(LimitEvent & { type: 'begin' })['doing'], string>> = {
  at: 'the program at the limit',
  beyond: 'the program beyond',
  run: 'its run',
  theorems: 'theorems',
  'small scale': 'all small programs',
};

export interface ReportOptions {
  /** Whether to say of each limit what is counted and why it holds. */
  readonly inFull: boolean;
  readonly colors: Colors;
}

/** `open`: only what the solver gave up on is missing. */
export function resultOf({ problems, theorems }: LimitReport): 'holds' | 'wrong' | 'open' {
  if (problems.length === 0) return 'holds';
  const open = Object.values(theorems).filter((result) => result === 'unknown');
  return open.length === problems.length ? 'open' : 'wrong';
}

const HEAD = ['limit', 'value', 'at', 'attained', 'allowed', 'tight', 'argument', 'beyond'];

/** The table, what is wrong, and all there is to say of each limit. */
export function reportLines(
  reports: readonly LimitReport[],
  { inFull, colors }: ReportOptions,
): string[] {
  const rows = reports.map((report) => rowOf(report, colors));
  return [
    ...table([HEAD.map((title) => colors.bold(title)), ...rows], { right: [1, 3, 4] }),
    ...reports.flatMap(({ row, problems }) =>
      problems.map((problem) => colors.red(`${row.name}: ${problem}`)),
    ),
    ...(inFull ? reports.flatMap((report) => ['', ...fullLines(report)]) : []),
  ];
}

function rowOf(report: LimitReport, colors: Colors): string[] {
  const { row, at, beyond, attained, stays, tight } = report;
  return [
    row.name,
    number(row.value),
    at === 'accepted' ? at : colors.red(saidText(at)),
    number(attained),
    number(row.allows),
    tight ? colors.green('yes') : 'no',
    argumentText(report),
    stays === undefined ? saidText(beyond) : `${saidText(beyond)}: ${number(stays)} ${row.unit}`,
  ];
}

/** `1,000,000` */
const number = (value: number) => value.toLocaleString('en-US');

function argumentText({ theorems, smallScale }: LimitReport): string {
  const programs = smallScale === undefined ? [] : [`${number(smallScale.programs)} programs`];
  return [...Object.keys(theorems), ...programs].join(', ');
}

function fullLines({ row, theorems, smallScale }: LimitReport): string[] {
  const { name, what, constant, value, unit, note } = row;
  const facts = [
    ['limit', `${what}: ${constant}, ${number(value)}`],
    ['attained', `${unit} of the program at the limit`],
    ...Object.entries(theorems).map(([theorem, result]) => [
      'theorem',
      `${theorem}: ${result === 'as-stated' ? 'proved' : result}`,
    ]),
  ];
  if (row.smallScale !== undefined && smallScale !== undefined) {
    const { programs, accepted, greatest } = smallScale;
    facts.push([
      'small scale',
      `${row.smallScale.words}: of ${number(programs)}, ${number(accepted)} are accepted; at most ${number(greatest)} ${row.smallScale.unit}`,
    ]);
  }
  if (note !== undefined) facts.push(['note', note]);
  return [`${name}:`, ...table(facts, { indent: '  ' })];
}

/** The whole in one sentence. */
export function conclusion(reports: readonly LimitReport[], chosen: number): string {
  const all = count(chosen, 'limit');
  if (reports.length < chosen) return `Interrupted: ${reports.length} of ${all} were examined.`;
  const results = reports.map(resultOf);
  const wrong = results.filter((result) => result === 'wrong').length;
  const open = results.filter((result) => result === 'open').length;
  if (wrong > 0) return `${wrong} of ${all} ${wrong === 1 ? 'does' : 'do'} not hold.`;
  if (open > 0) return `${open} of ${all} left open: the solver gave up.`;
  const tight = reports.filter((report) => report.tight).length;
  return `${all} ${chosen === 1 ? 'holds' : 'hold'}; ${tight === chosen ? 'tight' : `${tight} tight`}.`;
}

export function reportJson(report: LimitReport) {
  const { row, at, beyond, attained, stays, theorems, smallScale, tight, problems } = report;
  const { name, what, constant, value, unit, allows, note } = row;
  return {
    ...{ name, what, constant, value, at, beyond, attained, unit, allows, tight },
    ...{ result: resultOf(report), problems, theorems },
    ...(stays === undefined ? {} : { stays }),
    ...(smallScale === undefined ? {} : { smallScale: scaleJson(report) }),
    ...(note === undefined ? {} : { note }),
  };
}

function scaleJson({ row, smallScale }: LimitReport) {
  const { programs, accepted, greatest } = smallScale!;
  const { words, allows, unit } = row.smallScale!;
  return { words, programs, accepted, greatest, allows, unit };
}

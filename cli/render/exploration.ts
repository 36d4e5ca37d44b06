// What an exploration found, for people.

import type { Outcome } from '../../model/scenario/outcome.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import type { PathMismatch, RunCheck } from '../check-run.ts';
import type { Colors } from '../terminal.ts';
import { differenceText } from './difference.ts';
import { inputLines } from './input.ts';
import { endingText, labelledLine } from './outcome.ts';
import { table } from './table.ts';
import { count, firstFew } from './text.ts';

const INPUT_LINES_MAX = 24;
const EXITS_SHOWN = 12;

/** What a path did, without the input's part in it: exits are told apart by r0, traps by their place. */
export function pathKey(scenario: Scenario, { ending }: Outcome): string {
  return endingText(scenario, ending);
}

function groupLines(check: RunCheck): string[] {
  const counts = new Map<string, number>();
  for (const { scenario, outcome } of check.paths) {
    const key = pathKey(scenario, outcome);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const rows = [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([key, number]) => [String(number), key]);
  return firstFew(table(rows, { right: [0] }), EXITS_SHOWN);
}

function inputOf(check: RunCheck, found: Scenario): string[] {
  const lines = inputLines(check.scenario, found);
  if (lines.length === 0) return ["input: the scenario's own"];
  return ['input:', ...firstFew(lines, INPUT_LINES_MAX).map((line) => `  ${line}`)];
}

function trapLines(check: RunCheck, colors: Colors): string[] {
  return check.traps.flatMap(({ scenario, outcome, paths, expected }) => [
    `${colors.yellow(endingText(scenario, outcome.ending))} (${count(paths, 'path')})${
      expected ? '' : colors.red(' where the file expects none')
    }`,
    ...inputOf(check, scenario).map((line) => `  ${line}`),
  ]);
}

function mismatchLines(
  check: RunCheck,
  { scenario, difference }: PathMismatch,
  colors: Colors,
): string[] {
  return [
    differenceText(difference, colors, ['interp', 'predicted']),
    ...inputOf(check, scenario).map((line) => `  ${line}`),
  ];
}

/** What was left out, one line a reason. */
export function leftOutLines({ exploration }: RunCheck): string[] {
  const { cut, unexplored, unknown, stopped } = exploration;
  const reasons = new Map<string, number>();
  for (const { reason } of cut) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const why: Readonly<Record<typeof stopped, string>> = {
    done: '',
    paths: 'the bound on paths was reached (--paths)',
    checks: 'the bound on questions to the solver was reached (--checks)',
    aborted: 'it was interrupted',
  };
  return [
    ...[...reasons].map(([reason, n]) => `${count(n, 'path')} cut: ${reason}`),
    ...(unexplored === 0
      ? []
      : [`${count(unexplored, 'branch', 'branches')} not explored: ${why[stopped]}`]),
    ...(unknown.length === 0
      ? []
      : [
          `${count(unknown.length, 'branch', 'branches')} unknown to the solver: ${[
            ...new Set(unknown.map(({ reason }) => reason)),
          ].join(', ')}`,
        ]),
  ];
}

const HEADINGS = {
  unsound: 'FAILED: the verifier accepts what traps',
  agree: 'ok: on every feasible path both engines agree',
  mismatch: 'FAILED: the engines differ on a path',
  expectation: 'FAILED: not as expected',
  inconclusive: 'inconclusive: not all paths were decided',
} as const;

function promiseLines({ scenario, promise, traps, exploration }: RunCheck): string[] {
  if (promise === undefined) return [];
  if (promise.kind !== 'accepted') {
    const { kind, verifier, program, reason } = promise;
    const said = kind === 'rejected' ? `${verifier} refuses` : `${verifier} does not decide`;
    return [`${said} ${program}: ${reason}`];
  }
  const accepted = `${promise.verifier} accepts`;
  if (traps.length > 0) return [`${accepted}, and yet it traps`];
  const followed = exploration.complete ? '' : ' on the paths that were followed';
  const bytes = scenario.run.packet?.length ?? 0;
  return [
    `${accepted}, and no input traps${followed}`,
    `for packets of ${count(bytes, 'byte')} and the schedule of the file`,
  ];
}

/** One run's exploration. */
export function checkLines(check: RunCheck, colors: Colors): string[] {
  const { name, exploration, verdict, mismatches, failures } = check;
  const paint =
    verdict === 'agree' ? colors.green : verdict === 'inconclusive' ? colors.yellow : colors.red;
  const block = (label: string, lines: readonly string[]) =>
    lines.map((line, i) => labelledLine(i === 0 ? label : '', line));
  const { infeasible, checks } = exploration;
  return [
    `${colors.bold(name)}  ${paint(HEADINGS[verdict])}`,
    labelledLine(
      'paths',
      `${check.paths.length} feasible, ${infeasible} infeasible, ${count(checks, 'question')} to the solver`,
    ),
    ...block('outcomes', groupLines(check)),
    ...block('verifier', promiseLines(check)),
    ...block('traps', trapLines(check, colors)),
    ...block(
      'mismatches',
      mismatches.flatMap((mismatch) => mismatchLines(check, mismatch, colors)),
    ),
    ...block('left out', leftOutLines(check)),
    ...block(
      'expect',
      failures.map((failure) => `${colors.red('does not hold')}: ${failure}`),
    ),
  ];
}

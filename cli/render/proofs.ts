// Theorems and proofs for people, and as JSON.

import type { Outcome } from '../../model/scenario/outcome.ts';
import { formatScenario } from '../../model/scenario/write.ts';
import type { Method, Model, ProofReport, Theorem, TheoremReport } from '../../smt/index.ts';
import type { ProofSolvers } from '../proof-solvers.ts';
import type { RunResult } from '../run-scenario.ts';
import type { Colors } from '../terminal.ts';
import { endingText, outcomeJson } from './outcome.ts';
import { table } from './table.ts';
import { count, firstFew, hex, withoutMiddle } from './text.ts';

const VALUES_SHOWN = 8;
const PROBLEMS_SHOWN = 10;
const TRACE_SHOWN = 16;

export function methodText(method: Method): string {
  switch (method.kind) {
    case 'direct':
      return 'direct';
    case 'cases':
      return `by cases: ${method.over}`;
    case 'induction':
      return `by induction on ${method.on}`;
    case 'bounded':
      return `bounded: ${method.bound}`;
  }
}

/** What there is to prove. */
export function listingLines(theorems: readonly Listed[]): string[] {
  return theorems.flatMap(({ theorem: { name, method, statement }, expected, decidedBy }) => [
    `${name} (${expected}${decidedBy === undefined ? '' : ` for ${decidedBy}`}, ${methodText(method)})`,
    `  ${statement}`,
  ]);
}

/** A theorem, and what it is expected to be; the name of the profile where that decides. */
export interface Listed {
  readonly theorem: Theorem;
  readonly expected: TheoremReport['expected'];
  readonly decidedBy: string | undefined;
}

export function theoremListing({ theorem, expected, decidedBy }: Listed) {
  const { name, statement, source, method } = theorem;
  const profile = decidedBy === undefined ? {} : { profile: decidedBy };
  return { name, statement, source, method, expected, ...profile };
}

/** `proved`, or how it is not as stated. */
function verdictText({ verdict, result }: TheoremReport, colors: Colors): string {
  const { verdict: word } = verdict;
  switch (result) {
    case 'as-stated':
      return colors.green(word === 'refuted' ? 'refuted, as stated' : word);
    case 'not-as-stated':
      return colors.red(`${word}, NOT as stated`);
    case 'unknown':
      return colors.yellow('unknown');
    case 'skipped':
      return colors.yellow('skipped');
  }
}

/** The table, what is wrong, and what shows the refuted ones. */
export function reportLines(
  { theorems, times }: ProofReport,
  replays: readonly RunResult[],
  colors: Colors,
): string[] {
  const rows = theorems.map((report) => [
    report.name,
    verdictText(report, colors),
    `${report.lemmas.length}`,
    `${report.faults.length}`,
    ((times[report.name] ?? 0) / 1000).toFixed(1),
  ]);
  const head = ['theorem', 'verdict', 'lemmas', 'faults', 'seconds'].map((title) =>
    colors.bold(title),
  );
  return [
    ...table([head, ...rows], { right: [2, 3, 4] }),
    ...theorems.flatMap((report) => problemLines(report)),
    ...theorems.flatMap((report) => traceLines(report)),
    ...replays.flatMap((replay) => ['', `${replay.name}, shown by a run:`, ...replayLines(replay)]),
  ];
}

function problemLines({ name, problems, result, verdict, expected }: TheoremReport): string[] {
  const lines = result === 'as-stated' ? [] : ['', `${name}:`];
  lines.push(...firstFew(problems, PROBLEMS_SHOWN).map((problem) => `  ${problem}`));
  if (verdict.verdict === 'refuted' && expected === 'proved') {
    lines.push(`  counterexample: ${modelText(verdict.model)}`);
  }
  return lines;
}

function traceLines({ name, trace }: TheoremReport): string[] {
  if (trace === undefined) return [];
  const shown = withoutMiddle(trace, TRACE_SHOWN);
  return ['', `${name}, shown by a trace:`, ...shown.map((line) => `  ${line}`)];
}

function modelText(model: Model): string {
  const values = [...model].map(([name, value]) =>
    typeof value === 'bigint' ? `${name} = ${hex(value)}` : `${name} = ${String(value)}`,
  );
  return firstFew(values, VALUES_SHOWN).join(', ');
}

function replayLines({ scenario, outcomes, difference, failures }: RunResult): string[] {
  return [
    ...outcomes.map(
      ({ engine, outcome }) =>
        `  ${engine}: ${endingText(scenario, outcome.ending)}, ${callsText(outcome)}`,
    ),
    ...(difference === undefined ? [] : ['  the engines differ']),
    ...failures.map((failure) => `  does not hold: ${failure}`),
  ];
}

const callsText = ({ tailCalls }: Outcome) => `${count(tailCalls, 'tail call')} taken`;

/** The whole in one sentence. */
export function conclusion({ theorems, goals, aborted }: ProofReport): string {
  const all = count(theorems.length, 'theorem');
  const of = (result: TheoremReport['result']) =>
    theorems.filter((report) => report.result === result).length;
  if (aborted) return `Interrupted: ${of('as-stated')} of ${all} were decided.`;
  const wrong = of('not-as-stated');
  const open = of('unknown') + of('skipped');
  if (wrong > 0) return `${wrong} of ${all} ${wrong === 1 ? 'is' : 'are'} not as stated.`;
  if (open > 0) return `${open} of ${all} could not be decided; none is wrong.`;
  return `${all} as stated (${count(goals, 'goal')}).`;
}

export function theoremJson({ replay, ...report }: TheoremReport) {
  return { ...report, ...(replay === undefined ? {} : { replay: formatScenario(replay) }) };
}

export function replayJson({ name, scenario, outcomes, verdict, failures }: RunResult) {
  return {
    name,
    verdict,
    failures,
    outcomes: outcomes.map(({ engine, outcome }) => ({
      engine,
      ...outcomeJson(scenario, outcome),
    })),
  };
}

const UNCONFIRMED_SHOWN = 10;

/** What the cache and the second solver had to do with it. */
export function confirmationLines({ cache, second, confirmations }: ProofSolvers): string[] {
  const lines: string[] = [];
  if (cache !== undefined && cache.hits > 0) {
    lines.push(`${count(cache.hits, 'answer')} from the cache (--no-cache asks again).`);
  }
  if (cache !== undefined && cache.dropped > 0) {
    lines.push(
      `${count(cache.dropped, 'line')} of the cache ${cache.dropped === 1 ? 'was' : 'were'} damaged and dropped.`,
    );
  }
  if (second === undefined) return lines;
  const open = confirmations.flatMap((confirmation) =>
    confirmation.confirmed ? [] : [`  not confirmed: ${confirmation.goal}: ${confirmation.reason}`],
  );
  const confirmed = confirmations.length - open.length;
  return [
    ...lines,
    `${confirmed} of ${count(confirmations.length, 'goal')} confirmed by ${second.name}.`,
    ...firstFew(open, UNCONFIRMED_SHOWN),
  ];
}

export function solversJson({ cache, second, confirmations }: ProofSolvers) {
  return {
    ...(cache === undefined ? {} : { cached: cache.hits, damaged: cache.dropped }),
    ...(second === undefined ? {} : { confirmedBy: second.name, confirmations }),
  };
}

/** A program that a user's own operator is wrong about, where one was found. */
export type OperatorProgram =
  | { readonly found: false }
  | {
      readonly found: true;
      readonly program: readonly string[];
      /** The word in the context, and R0 at the exit, in hex. */
      readonly input: string;
      readonly r0: string;
    };

export function operatorProgramLines(shown: OperatorProgram | undefined): string[] {
  if (shown === undefined) return [];
  if (!shown.found) return ['', 'No short program was found that shows it.'];
  const { program, input, r0 } = shown;
  return [
    '',
    `Shown by a program; with ${input} in the context it exits with ${r0}, which no state allows:`,
    ...program.map((line) => `  ${line}`),
  ];
}

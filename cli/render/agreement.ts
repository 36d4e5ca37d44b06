// How far two verifiers agree, for people and as JSON.

import type {
  AgreementCounts,
  AgreementReport,
  DifferenceClass,
} from '../../fuzz/verifier/agreement/agree.ts';
import type { Colors } from '../terminal.ts';
import { table } from './table.ts';
import { count } from './text.ts';

/** What is promised of programs and of instructions. */
const VERDICTS_LEAST = 0.99;
const STATES_LEAST = 0.95;

const share = (part: number, whole: number) => (whole === 0 ? 1 : part / whole);

/** Whether as much is the same as is promised, and no run leaves the kernel's states. */
export function isFaithful(report: AgreementCounts): boolean {
  const { compared, sameErrno, instructions, sameStates, outside } = report;
  return (
    share(sameErrno, compared) >= VERDICTS_LEAST &&
    share(sameStates, instructions) >= STATES_LEAST &&
    outside === 0
  );
}

export function agreementProgress(counts: Readonly<AgreementCounts>, programs: number): string {
  const { compared, sameVerdict, instructions, sameStates } = counts;
  return [
    `${counts.programs}/${programs} programs`,
    `verdicts ${percent(sameVerdict, compared)}`,
    `states ${percent(sameStates, instructions)}`,
  ].join(' · ');
}

/** Rounded down, so that 100 % is all. */
function percent(part: number, whole: number): string {
  return `${(Math.floor(share(part, whole) * 10_000) / 100).toFixed(2)} %`;
}

const ENDED: Readonly<Record<AgreementReport['ended'], string>> = {
  cases: '',
  time: ' (the time is up)',
  aborted: ' (interrupted)',
};
const CLASSES_SHOWN = 20;

export function agreementLines(report: AgreementReport, colors: Colors): string[] {
  const { kernel, seed, first, programs, compared, accepted, differences } = report;
  const paint = isFaithful(report) ? colors.green : colors.red;
  const of = (part: number, whole: number, what: string) =>
    `${paint(percent(part, whole))} of ${count(whole, what)}`;
  return [
    `${colors.bold(`${kernel}, seed ${seed}, from run ${first}`)}: ${count(programs, 'program')}${ENDED[report.ended]}`,
    ...table(
      [
        ['accepted', `${percent(accepted, compared)} of ${compared} compared`],
        ['verdicts', of(report.sameVerdict, compared, 'program')],
        ['error numbers', of(report.sameErrno, compared, 'program')],
        ['messages', of(report.sameMessage, compared, 'program')],
        ['states', of(report.sameStates, report.instructions, 'instruction')],
        ['runs', `${report.runs}, ${report.steps} steps: ${report.outside} outside of the states`],
        ...Object.entries(report.left).map(([reason, n]) => ['not compared', `${n}: ${reason}`]),
      ],
      { indent: '  ' },
    ),
    ...(differences.length === 0 ? [] : ['', ...classLines(differences)]),
  ];
}

function classLines(differences: readonly DifferenceClass[]): string[] {
  const rows = differences
    .slice(0, CLASSES_SHOWN)
    .map(({ count: n, kind, name, run, program }) => [
      String(n),
      kind,
      `run ${run}, program ${program}`,
      name,
    ]);
  const more = differences.length - rows.length;
  return [
    'differences:',
    ...table(rows, { indent: '  ', right: [0] }),
    ...(more > 0 ? [`  and ${count(more, 'more class', 'more classes')}`] : []),
  ];
}

/** The report with the run and program of each class, but not their scenarios. */
export function agreementJson(report: AgreementReport): object {
  const differences = report.differences.map(
    ({ kind, name, count: n, run, program, privileged }) => ({
      ...{ kind, name, count: n, run, program, privileged },
    }),
  );
  return { ...report, faithful: isFaithful(report), differences };
}

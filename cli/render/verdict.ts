// What a verifier says of a program, for people and as JSON.

import type { Verdict } from '../../model/verifier/verdict.ts';
import type { Colors } from '../terminal.ts';
import type { VerdictComparison } from '../verify-compare.ts';
import type { SourceLine } from '../verify-files.ts';
import { labelledLine } from './outcome.ts';
import { count } from './text.ts';

/** A verdict with what it is about. */
export interface ProgramVerdict {
  readonly file: string;
  readonly program: string;
  readonly engine: string;
  readonly verdict: Verdict;
  /** Of the instruction at fault. */
  readonly at?: SourceLine;
}

/** A few lines for one program, without its log. */
export function verdictLines(found: ProgramVerdict, colors: Colors): string[] {
  const { file, program, engine, verdict, at } = found;
  const heading = (words: string) => `${colors.bold(`${file} ${program}`)}  ${words} by ${engine}`;
  const place = at === undefined ? [] : [labelledLine('at', placeText(at))];
  switch (verdict.kind) {
    case 'accepted':
      return [heading(colors.green('accepted')), labelledLine('work', workText(verdict))];
    case 'rejected':
      return [
        heading(colors.red(`rejected with ${verdict.errno}`)),
        labelledLine('message', messageText(verdict)),
        ...place,
        labelledLine('work', workText(verdict)),
      ];
    case 'unsupported':
      return [
        heading(colors.yellow('not decided')),
        labelledLine('reason', verdict.reason),
        ...place,
      ];
  }
}

/** `file.yaml:12: r0 = *(u64 *)(r1 + 0)`, with the slot where the verifier's log has it. */
function placeText({ file, line, text, slot }: SourceLine): string {
  return `${file}:${line}: ${text}  (slot ${slot})`;
}

type Decided = Exclude<Verdict, { readonly kind: 'unsupported' }>;

function workText({ statistics }: Decided): string {
  const { processed, totalStates, peakStates, stackDepths } = statistics;
  const states =
    totalStates === 0 ? [] : [`${count(totalStates, 'state')} (at most ${peakStates})`];
  const stack = stackDepths.length === 0 ? [] : [`stack ${stackDepths.join('+')}`];
  return [`${count(processed, 'instruction')} gone through`, ...states, ...stack].join(', ');
}

/** A load that prog arrays refuse has no message. */
function messageText({ message }: { readonly message: string }): string {
  return message === '' ? 'none' : message;
}

/** The log as it stands. */
export function logLines({ verdict }: ProgramVerdict): string[] {
  return verdict.kind === 'unsupported' ? [] : verdict.log.trimEnd().split('\n');
}

export function verdictJson({ at, verdict, ...found }: ProgramVerdict, withLog: boolean) {
  const place = at === undefined ? {} : { line: at.line, source: at.text };
  if (verdict.kind === 'unsupported') return { ...found, ...verdict, ...place };
  const { log, ...decided } = verdict;
  return { ...found, ...decided, ...place, ...(withLog ? { log } : {}) };
}

type Both = readonly [ProgramVerdict, ProgramVerdict];

const NOTHING_MORE = 'the log has ended';

/** Two verdicts on one program, and the first line where the logs part. */
export function comparisonLines(
  both: Both,
  comparison: VerdictComparison,
  colors: Colors,
): string[] {
  const [{ file, program }] = both;
  const { verdicts, log } = comparison;
  const words = {
    same: colors.green('the same verdict'),
    differ: colors.red('verdicts differ'),
    undecided: colors.yellow('not compared'),
  };
  const width = Math.max(...both.map(({ engine }) => engine.length));
  const beside = (texts: readonly (string | undefined)[]) =>
    texts.map((text, i) =>
      labelledLine('', `${both[i]!.engine.padEnd(width)}  ${text ?? NOTHING_MORE}`),
    );
  const states =
    log === undefined
      ? verdicts === 'undecided'
        ? []
        : [labelledLine('states', 'the same, in the order of the log')]
      : [
          labelledLine('states', `the logs part after ${count(log.same, log.unit)}:`),
          ...beside([log.left, log.right]),
        ];
  return [
    `${colors.bold(`${file} ${program}`)}  ${words[verdicts]}`,
    ...beside(both.map(({ verdict }) => shortText(verdict))),
    ...states,
  ];
}

function shortText(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'accepted':
      return `accepted, ${workText(verdict)}`;
    case 'rejected':
      return `rejected with ${verdict.errno}: ${messageText(verdict)}`;
    case 'unsupported':
      return `not decided: ${verdict.reason}`;
  }
}

export function comparisonJson(both: Both, comparison: VerdictComparison, withLog: boolean) {
  const [{ file, program }] = both;
  const verdicts = both.map((one) => verdictJson(one, withLog));
  return { file, program, comparison, verdicts };
}

// Two verdicts on one program beside each other: whether they are the same, and where the logs part.

import { normalise, parseVerifierLog, statesBefore } from '../interp/linux/log/parse.ts';
import type { RegisterState } from '../interp/linux/log/register.ts';
import type { ScalarState } from '../interp/linux/log/scalar.ts';
import type { Verdict } from '../model/verifier/verdict.ts';

export interface VerdictComparison {
  /** In kind and error number; undecided where one of the two is. */
  readonly verdicts: 'same' | 'differ' | 'undecided';
  /** Refusals whose messages are not the same. */
  readonly messages?: readonly [string, string];
  /** Where the logs part; absent where they do not. */
  readonly log?: LogDifference;
}

export interface LogDifference {
  /** Lines of the log before it, or instructions gone through, that are the same. */
  readonly same: number;
  readonly unit: 'line' | 'instruction';
  /** Undefined where a log has ended. */
  readonly left: string | undefined;
  readonly right: string | undefined;
}

export function compareVerdicts(left: Verdict, right: Verdict): VerdictComparison {
  if (left.kind === 'unsupported' || right.kind === 'unsupported') return { verdicts: 'undecided' };
  const log = logDifference(left.log, right.log);
  const rest = log === undefined ? {} : { log };
  if (left.kind === 'rejected' && right.kind === 'rejected') {
    const verdicts = left.errno === right.errno ? 'same' : 'differ';
    const messages = [left.message, right.message] as const;
    return { verdicts, ...(messages[0] === messages[1] ? {} : { messages }), ...rest };
  }
  return { verdicts: left.kind === right.kind ? 'same' : 'differ', ...rest };
}

/** As Linux 6.1 spells the context: its logs are compared by what they mean. */
const OLDER = /\bctx\(off=-?\d+,imm=/;

/** Where two logs of level 2 part, apart from addresses and from how precision was traced back. */
export function logDifference(left: string, right: string): LogDifference | undefined {
  return OLDER.test(left) === OLDER.test(right)
    ? firstDifference(linesOf(left), linesOf(right), 'line')
    : firstDifference(statesOf(left), statesOf(right), 'instruction');
}

function firstDifference(
  left: readonly string[],
  right: readonly string[],
  unit: LogDifference['unit'],
): LogDifference | undefined {
  const length = Math.max(left.length, right.length);
  for (let at = 0; at < length; at++) {
    if (left[at] !== right[at]) return { same: at, unit, left: left[at], right: right[at] };
  }
  return undefined;
}

const TRACING = /^(?:mark_precise: |frame \d+: propagating |force_precise: )/;

function linesOf(log: string): string[] {
  const lines = log.split('\n').filter((line) => line !== '' && !TRACING.test(line));
  return lines.map((line) => normalise(line).replace(/\s+; ?/, ' ; '));
}

/**
 * The registers before instructions, without what 6.1 leaves open: whether a bound of 32 bits that it does not print
 * says nothing or the same as that of 64, what a stored register was, and ids.
 */
function statesOf(log: string): string[] {
  return statesBefore(parseVerifierLog(log)).map(({ pc, frame, registers }) => {
    const texts = [...registers]
      .sort(([a], [b]) => a - b)
      .map(([register, state]) => `R${register}=${registerText(state)}`);
    return `${pc}: frame${frame}: ${texts.join(' ')}`;
  });
}

function registerText(state: RegisterState): string {
  if (state.kind === 'scalar') return scalarText(state);
  const { to, offset, variable, range } = state;
  const checked = range === undefined ? '' : ` r=${range}`;
  return `${to}+${offset}+${scalarText(variable)}${checked}`;
}

function scalarText({ varOff, umin, umax, smin, smax }: ScalarState): string {
  if (varOff.mask === 0n) return `${varOff.value}`;
  const bits = `(0x${varOff.value.toString(16)}; 0x${varOff.mask.toString(16)})`;
  return `scalar(u[${umin},${umax}] s[${smin},${smax}] ${bits})`;
}

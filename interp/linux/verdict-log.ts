// A kernel's answer to BPF_PROG_LOAD as a verdict: what the end of the verifier's log says, and its statistics.

import { InternalError } from '../../model/errors.ts';
import { ERRNO, type ErrnoName } from '../../model/maps/errno.ts';
import type { Accepted, Rejected, Statistics } from '../../model/verifier/verdict.ts';

const PROCESSED =
  /^processed (\d+) insns \(limit \d+\) max_states_per_insn (\d+) total_states (\d+) peak_states (\d+) mark_read (\d+)$/m;
/** The only line that is another one each time. */
const TIME = /^verification time .*\n/m;
const STACK_DEPTH = /^stack depth (\d+(?:\+\d+)*)$/m;
/** Lines that come after the last word on a program. */
const CLOSING = /^(?:processed \d+ insns |stack depth )/;
const INSTRUCTION = /^(\d+): \([0-9a-f]{2}\) /;
/** Lines that tell how the verifier went on, and not why it stopped. */
const PROGRESS = /^(?:\d+: |from \d+ to \d+: |func#\d+ @\d+$|mark_precise: )/;
/** What follows a message, and shows more of it. */
const DETAIL = /^(?:cur|old) state:/;
/** Where a message names the instruction itself: by slot, or as the start of a jump. */
const NAMED = /\b(?:insn|from insn|at insn) (\d+)\b/;

/**
 * The verdict on a program. @param errno positive, 0 for success. @param logOfKernel of any level; with
 * BPF_LOG_STATS it has the depths of stacks.
 */
export function verdictOf(errno: number, logOfKernel: string): Accepted | Rejected {
  const log = logOfKernel.replace(TIME, '');
  const statistics = statisticsOf(log);
  if (errno === 0) return { kind: 'accepted', statistics, log };
  const lines = log
    .split('\n')
    .filter((line) => line !== '' && !CLOSING.test(line) && !DETAIL.test(line));
  const last = lines.at(-1) ?? '';
  const message = PROGRESS.test(last) ? '' : last;
  const pc = faultyPc(message, lines);
  return {
    kind: 'rejected',
    errno: nameOf(errno),
    message,
    ...(pc === undefined ? {} : { pc }),
    statistics,
    log,
  };
}

/** Slot of the instruction at fault: the one that the message names, else the last that was gone through. */
function faultyPc(message: string, lines: readonly string[]): number | undefined {
  if (message === '') return undefined;
  const named = NAMED.exec(message)?.[1];
  if (named !== undefined) return Number(named);
  const last = lines.findLast((line) => INSTRUCTION.test(line));
  return last === undefined ? undefined : Number(INSTRUCTION.exec(last)![1]);
}

/** The numbers of a log's end; zeros where a kernel stopped before it counted. */
export function statisticsOf(log: string): Statistics {
  const [, ...numbers] = PROCESSED.exec(log) ?? [];
  const [
    processed = 0,
    maxStatesPerInstruction = 0,
    totalStates = 0,
    peakStates = 0,
    markRead = 0,
  ] = numbers.map(Number);
  const depths = STACK_DEPTH.exec(log)?.[1];
  const stackDepths = depths === undefined ? [] : depths.split('+').map(Number);
  return { processed, maxStatesPerInstruction, totalStates, peakStates, markRead, stackDepths };
}

function nameOf(errno: number): ErrnoName {
  const found = Object.entries(ERRNO).find(([, number]) => number === errno);
  if (found === undefined) throw new InternalError(`a kernel gave the error number ${errno}`);
  return found[0] as ErrnoName;
}

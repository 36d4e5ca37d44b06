// The verifier's log: which lines it has and when, in the spelling of 6.12. At level 0 nothing is formatted.

import type { Instruction } from '../../isa/instruction.ts';
import type { MapDefinition } from '../../scenario/scenario.ts';
import type { Frame } from '../state/frame.ts';
import type { State } from '../state/state.ts';
import type { Statistics } from '../verdict.ts';
import { instructionText } from './instruction.ts';
import { frameText, isScratched, scratchAll } from './state.ts';

/** 1 (BPF_LOG_LEVEL1): the path that was refused. 2 (BPF_LOG_LEVEL2): every path, and states where paths meet. */
export type LogLevel = 0 | 1 | 2;

export class Log {
  readonly level: LogLevel;
  private readonly maps: readonly MapDefinition[];
  private readonly lines: string[] = [];
  /** The length of each line when it was added, without what was put behind it later. */
  private readonly lengths: number[] = [];
  /** Whether the last line goes on with the next one. */
  private open = false;
  /** The number of lines up to the instruction that was logged last. */
  private afterInstruction = -1;
  /** The slot at which the path was left that this one goes on from; until the state there is told. */
  private from: number | undefined;

  /** @param maps of the program, for the texts of registers. */
  constructor(level: LogLevel, maps: readonly MapDefinition[] = []) {
    this.level = level;
    this.maps = maps;
  }

  get text(): string {
    return this.lines.map((line) => `${line}\n`).join('');
  }

  /** Where the log ends now, for `resume`. */
  get position(): number {
    return this.lines.length;
  }

  /** Adds a line, if there is a log at all. */
  line(text: string): void {
    if (this.level > 0) this.add(text);
  }

  /** All that is known of a frame: ` R1=ctx() R10=fp0`. */
  frame(frame: Frame): string {
    return frameText(frame, this.maps, 'all');
  }

  /** `func#0 @0`: where functions start. */
  functions(starts: readonly number[]): void {
    if (this.level < 2) return;
    for (const [index, start] of starts.entries()) this.line(`func#${index} @${start}`);
  }

  /** The first path starts: its state is told before its first instruction. */
  start({ frame }: State): void {
    if (this.level > 0) scratchAll(frame);
  }

  /**
   * A path is gone on with that waited since a branch.
   * @param from slot of that branch. @param position of the log then: at level 1, what came since is forgotten.
   */
  resume({ frame }: State, from: number, position: number): void {
    if (this.level === 0) return;
    if (this.level === 1) this.forget(position);
    scratchAll(frame);
    this.from = from;
  }

  /** Before an instruction is gone through: what changed since the one before it, then its text. */
  instruction(state: State, pc: number, instruction: Instruction): void {
    if (this.level === 0) return;
    if (this.level === 2 && this.from !== undefined) {
      this.add('', `${arrivalText(state, this.from, pc)}:${this.frame(state.frame)}`);
      this.from = undefined;
    }
    this.changes(state, pc);
    this.add(`${pc}: ${instructionText(instruction)}`);
    this.afterInstruction = this.lines.length;
  }

  /** What changed, if anything: behind the instruction that did it, or on a line of its own. */
  changes(state: State, pc: number): void {
    const { frame } = state;
    if (this.level === 0 || !isScratched(frame)) return;
    const text = frameText(frame, this.maps, 'scratched');
    if (this.afterInstruction === this.lines.length) {
      const last = this.lines.length - 1;
      this.lines[last] = `${this.lines[last]!.padEnd(columnBehind(this.lines[last]!))};${text}`;
    } else this.add(`${pc}:${text}`);
    // As one set for all frames: what changed in the caller is not told when it goes on.
    for (const { scratched } of state.frames) scratched.clear();
  }

  /** The path ends here, because a state that was found safe covers it. */
  pruned(state: State, pc: number): void {
    if (this.level === 0) return;
    if (this.from === undefined) this.add(`${pc}: safe`);
    else this.add('', `${arrivalText(state, this.from, pc)}: safe`);
  }

  /** A local call has made a frame. */
  call(caller: Frame, callee: Frame): void {
    if (this.level === 0) return;
    this.add('caller:', this.frame(caller), 'callee:', this.frame(callee));
    scratchAll(callee);
  }

  /** A function ends. @param callee as it was. @param to slot at which the caller goes on. */
  return(callee: Frame, caller: Frame, to: number): void {
    if (this.level === 0) return;
    caller.scratched.copyFrom(callee.scratched);
    this.add('returning from callee:', this.frame(callee));
    this.add(`to caller at ${to}:`, this.frame(caller));
  }

  /** The path goes on elsewhere after an exit: the state there is told before the next instruction. */
  exit(pc: number): void {
    if (this.level > 0) this.from = pc;
  }

  private add(...texts: string[]): void {
    for (const text of texts) {
      if (this.open) {
        this.lines[this.lines.length - 1] += ` ${text}`;
        this.open = false;
        continue;
      }
      this.lengths[this.lines.length] = text.length;
      this.lines.push(text);
    }
  }

  /**
   * Forgets what came after a position. The end of a line that was gone on with since is gone, as in the kernel: the
   * next line stands behind it.
   */
  private forget(position: number): void {
    this.lines.length = position;
    this.afterInstruction = -1;
    const last = position - 1;
    const line = this.lines[last];
    if (line === undefined || line.length === this.lengths[last]) return;
    this.lines[last] = line.slice(0, this.lengths[last]);
    this.open = true;
  }

  /** The end of the log. At level 1, an accepted program's has nothing else. */
  finish(statistics: Statistics, processedMax: number, accepted: boolean): void {
    if (this.level === 1 && accepted) this.forget(0);
    const { processed, maxStatesPerInstruction, totalStates, peakStates, markRead, stackDepths } =
      statistics;
    this.line(`stack depth ${stackDepths.join('+')}`);
    this.line(
      `processed ${processed} insns (limit ${processedMax}) max_states_per_insn ${maxStatesPerInstruction} total_states ${totalStates} peak_states ${peakStates} mark_read ${markRead}`,
    );
  }
}

/** Where a path is gone on with that waited. */
function arrivalText({ isSpeculative }: State, from: number, pc: number): string {
  return `from ${from} to ${pc}${isSpeculative ? ' (speculative execution)' : ''}`;
}

/** States begin at columns that are multiples of 8, at 40 or beyond, with some space before them. */
const FIRST_STOP = 40;
const STOP = 8;
/** Between an instruction and its state, with the `;` and the space behind it. */
const GAP_MIN = 5;

/** The column of the `;` behind an instruction's line. */
function columnBehind(line: string): number {
  const stop = Math.ceil((line.length + GAP_MIN) / STOP) * STOP;
  return Math.max(stop, FIRST_STOP) - 2;
}

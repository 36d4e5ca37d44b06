// The verifier's log at level 2 as events: instructions with what they changed, states, and everything else as it
// stands. For the spellings of Linux 6.1 and 6.12.

import { type FrameState, frameOf, type RegisterState, type SlotState } from './register.ts';

export type LogEvent =
  | {
      /** An instruction that the verifier went through. */
      readonly kind: 'instruction';
      readonly pc: number;
      readonly text: string;
      /** Registers and slots that it names or changed, afterwards. */
      readonly after: FrameState;
    }
  | {
      /** The whole of a frame before an instruction. */
      readonly kind: 'state';
      readonly pc: number;
      readonly state: FrameState;
    }
  | {
      /** A path that starts at a branch. */
      readonly kind: 'from';
      readonly from: number;
      readonly to: number;
      readonly state: FrameState;
    }
  | {
      /** A path that ends before an instruction, because a state there covers it. */
      readonly kind: 'pruned';
      readonly pc: number;
    }
  | {
      /** Frames at a call and at its return. */
      readonly kind: 'frame';
      readonly at: 'caller' | 'callee' | 'returning' | 'returned';
      readonly state: FrameState;
    }
  | { readonly kind: 'message'; readonly text: string };

export interface VerifierLog {
  readonly events: readonly LogEvent[];
  /** Instructions that the verifier went through, from its statistics. */
  readonly processed?: number;
}

const INSTRUCTION = /^(\d+): (\([0-9a-f]{2}\) .*?)(?:\s*; ?(.*))?$/;
const STATE = /^(\d+):(?: (.*))?$/;
const FROM = /^from (\d+) to (\d+):(?: (.*))?$/;
const PRUNED = /^(?:from \d+ to )?(\d+): safe$/;
const PROCESSED = /^processed (\d+) insns/;
const HEADINGS: Readonly<Record<string, 'caller' | 'callee' | 'returning'>> = {
  'caller:': 'caller',
  'callee:': 'callee',
  'returning from callee:': 'returning',
};
const RETURNED = /^to caller at (\d+):$/;
/** Linux 6.1 prints offsets and immediates also where they are 0. */
const OLDER = /\b(?:ctx|pkt_end|map_ptr)\(off=-?\d+,|\bctx\(off=0,imm=0\)/;

/** Addresses of the kernel, which differ from boot to boot: as 0. */
const ADDRESS = /\b0x(?:ff[0-9a-f]{14})\b/g;

/** Reads a log. What is not understood stays as a message; nothing is lost. */
export function parseVerifierLog(log: string): VerifierLog {
  const older = OLDER.test(log);
  const events: LogEvent[] = [];
  let processed: number | undefined;
  let heading: 'caller' | 'callee' | 'returning' | 'returned' | undefined;
  for (const line of log.split('\n')) {
    if (line === '') continue;
    const statistics = PROCESSED.exec(line);
    if (statistics !== null) processed = Number(statistics[1]);
    const named = RETURNED.test(line) ? 'returned' : HEADINGS[line];
    if (named === undefined) add(events, line, heading, older);
    heading = named;
  }
  return { events, ...(processed === undefined ? {} : { processed }) };
}

function add(
  events: LogEvent[],
  line: string,
  heading: 'caller' | 'callee' | 'returning' | 'returned' | undefined,
  older: boolean,
): void {
  if (heading !== undefined) {
    events.push({ kind: 'frame', at: heading, state: frameOf(line, older) });
    return;
  }
  const instruction = INSTRUCTION.exec(line);
  if (instruction !== null) {
    const [, pc, text, after] = instruction;
    events.push({
      kind: 'instruction',
      pc: Number(pc),
      text: normalise(text!.trimEnd()),
      after: frameOf(after ?? '', older),
    });
    return;
  }
  const pruned = PRUNED.exec(line);
  if (pruned !== null) {
    events.push({ kind: 'pruned', pc: Number(pruned[1]) });
    return;
  }
  const from = FROM.exec(line);
  if (from !== null) {
    const [, start, to, state] = from;
    events.push({
      kind: 'from',
      from: Number(start),
      to: Number(to),
      state: frameOf(state ?? '', older),
    });
    return;
  }
  const state = STATE.exec(line);
  if (state === null) events.push({ kind: 'message', text: normalise(line) });
  else addState(events, Number(state[1]), frameOf(state[2] ?? '', older));
}

/**
 * A line with a state. Where the instruction before it had none of its own, because other lines came between,
 * this is what that instruction changed.
 */
function addState(events: LogEvent[], pc: number, state: FrameState): void {
  const last = events.findLastIndex(({ kind }) => kind !== 'message');
  const before = events[last];
  if (before?.kind === 'instruction' && isEmpty(before.after))
    events[last] = { ...before, after: state };
  else events.push({ kind: 'state', pc, state });
}

const isEmpty = ({ registers, stack }: FrameState) => registers.size === 0 && stack.size === 0;

/** A text without what differs from boot to boot. */
export function normalise(text: string): string {
  return text.replace(ADDRESS, '0x0');
}

/** A whole frame before one instruction, on one of the verifier's ways to it. */
export interface StateBefore {
  readonly pc: number;
  readonly frame: number;
  readonly registers: ReadonlyMap<number, RegisterState>;
  readonly stack: ReadonlyMap<number, SlotState>;
}

/** Calls and loads from packets. */
const CLOBBERS = /^\(85\) call |^\([0-9a-f]{2}\) r0 = \*\(u\d+ \*\)skb\[/;
/** What is in R0 afterwards is printed, if anything is. */
const CLOBBERED = [0, 1, 2, 3, 4, 5];

/** For each instruction that the verifier went through: the frame before it, kept up over what the log says. */
export function statesBefore({ events }: VerifierLog): StateBefore[] {
  const states: StateBefore[] = [];
  let registers = new Map<number, RegisterState>();
  let stack = new Map<number, SlotState>();
  let frame = 0;
  const replace = (state: FrameState) => {
    registers = new Map(state.registers);
    stack = new Map(state.stack);
    frame = state.frame;
  };
  const change = (state: FrameState) => {
    for (const [register, value] of state.registers) registers.set(register, value);
    for (const [slot, value] of state.stack) stack.set(slot, value);
  };
  let afterFrames = false;
  for (const event of events) {
    if (event.kind === 'message' || event.kind === 'pruned') continue;
    // After the frames of a call or a return a line may hold only what the last instruction changed.
    if (event.kind === 'state' && afterFrames) {
      change(event.state);
      continue;
    }
    afterFrames = event.kind === 'frame';
    if (event.kind !== 'instruction') {
      // What a callee leaves behind is gone when its caller goes on.
      if (event.kind !== 'frame' || event.at === 'returned' || event.at === 'callee')
        replace(event.state);
      continue;
    }
    states.push({ pc: event.pc, frame, registers: new Map(registers), stack: new Map(stack) });
    if (CLOBBERS.test(event.text)) for (const register of CLOBBERED) registers.delete(register);
    change(event.after);
  }
  return states;
}

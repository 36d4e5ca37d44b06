// Scenarios that climb: one attempt of a tail call after the other, far beyond the limit, with writes placed at each.
// They meet what programs at random seldom do: every result at every hop, after every position of the last write.

import type { Profile } from '../../model/profiles/profile.ts';
import { HOP_RESULTS, type HopResult } from '../../model/scenario/outcome.ts';
import { MAY_GOTO_BUDGET } from '../../model/scenario/environment.ts';
import type {
  NamedProgram,
  ProgArray,
  RunSetup,
  Scenario,
  ScheduleEntry,
  ValueMap,
} from '../../model/scenario/scenario.ts';
import type { Program } from '../../model/isa/program.ts';
import {
  HOP_CLASSES,
  TAIL_CALL_CELLS,
  type TailCallCell,
  unreachableCells,
  WRITER_POSITIONS,
  type WriterPosition,
} from '../coverage/tail-calls.ts';
import { CodeBuilder } from './code-builder.ts';
import { FRAME_POINTER } from './draft.ts';
import type { Rng } from './rng.ts';

/** Maps by number: an array that is never written to, one that is, and what the programs go by. */
const [QUIET, WRITTEN, SCRIPT] = [0, 1, 2];
/** Slots of both arrays: a program, nothing, a program. */
const [FILLED, EMPTY, OTHER, SLOTS] = [0, 1, 2, 3];
const BEYOND = 7n;
const WIDE = 1n << 32n;

/** In the script: where the next rung is, and after it the rungs: R3, and what to do. */
const RUNG_BYTES = 16;
const USE_WRITTEN = 1;
/** No attempt: the program exits. */
const LEAVE = 2;
/** Longer ladders cost more than they show. */
const HOPS_MAX = 200;

interface Rung {
  readonly index: bigint;
  readonly flags: number;
}

const LEAVING: Rung = { index: 0n, flags: LEAVE };

/** What the ladder is about; the rest is drawn like anything. */
interface Aim {
  readonly cell: TailCallCell;
  readonly profile: Profile;
}

/** The first hop that a limit of 33 can stop. */
const LATE = 33;

/** How attempts are made: by the run's program, by an extension that it calls again and again, beside the count. */
type Climb = 'chain' | 'restarts' | 'beside';
/** The program that stands in the slots: the last one. */
const TARGETS: Readonly<Record<Climb, number>> = { chain: 0, restarts: 2, beside: 1 };

/** @param input of type sched_cls. */
export function generateLadder(
  rng: Rng,
  profiles: readonly Profile[],
  input: Pick<RunSetup, 'context' | 'packet'>,
): Scenario {
  const aim = drawAim(rng, profiles);
  const { profile } = aim;
  const climb = drawClimb(rng, aim);
  const target = TARGETS[climb];
  const { rungs, schedule, leaves } = drawRungs(rng, aim, climb);
  return {
    profile,
    type: 'sched_cls',
    maps: [progArray('quiet', target), progArray('written', target), scriptOf(rungs)],
    programs: programsOf(climb, leaves),
    run: {
      program: 0,
      ...input,
      registers: new Map(),
      fuel: 20 * rungs.length + 100,
      seed: 0,
      uninitialised: rng.chance(1, 2) ? 'trap' : 'ignore',
      mayGoto: MAY_GOTO_BUDGET,
      helpers: 'linux',
    },
    schedule: [
      ...(climb === 'restarts' ? [{ before: { step: 0 }, op: 'attach', program: 1 } as const] : []),
      { before: { step: 0 }, op: 'update', map: WRITTEN, index: OTHER, program: target },
      ...schedule,
    ],
  };
}

const meeting = new WeakMap<readonly Profile[], readonly (readonly Profile[])[]>();

/** By cell: the profiles under which it may be met. */
function profilesMeeting(profiles: readonly Profile[]): readonly (readonly Profile[])[] {
  let byCell = meeting.get(profiles);
  if (byCell === undefined) {
    byCell = TAIL_CALL_CELLS.map((_, cell) =>
      profiles.filter((profile) => unreachableCells(profile)[cell] === undefined),
    );
    meeting.set(profiles, byCell);
  }
  return byCell;
}

/** A cell to aim at and a profile that may meet it: rare cells as often as any, hops around the limit more often. */
function drawAim(rng: Rng, profiles: readonly Profile[]): Aim {
  for (;;) {
    const hop = rng.chance(1, 2) ? rng.int(0, LATE - 1) : rng.int(LATE, HOP_CLASSES - 1);
    const writer = rng.int(0, WRITER_POSITIONS.length - 1);
    const result = rng.int(0, HOP_RESULTS.length - 1);
    const cell = (result * HOP_CLASSES + hop) * WRITER_POSITIONS.length + writer;
    const able = profilesMeeting(profiles)[cell]!;
    if (able.length > 0) return { cell: TAIL_CALL_CELLS[cell]!, profile: rng.pick(able) };
  }
}

function drawClimb(rng: Rng, { cell: { result, hop }, profile: { tailCall } }: Aim): Climb {
  if (result === 'exhausted') return hop < tailCall.limit ? 'beside' : 'chain';
  return rng.chance(1, 2) ? 'chain' : 'restarts';
}

interface Rungs {
  readonly rungs: readonly Rung[];
  readonly schedule: readonly ScheduleEntry[];
  /** How often the programs exit: at the last rung, and before. */
  readonly leaves: number;
}

function drawRungs(rng: Rng, { cell, profile }: Aim, climb: Climb): Rungs {
  const { limit } = profile.tailCall;
  const exhausting = climb === 'chain' && cell.result === 'exhausted';
  const beyond = exhausting ? Math.min(limit, HOPS_MAX) : 0;
  const hops = Math.max(HOP_CLASSES, beyond + 2) + rng.int(0, 2);
  // Most of those that are about the limit get there as soon as can be.
  const straight = exhausting && rng.chance(3, 4);
  const stay = rng.int(1, Math.max(1, Math.min(limit, 8)));
  const rungs: Rung[] = [];
  const schedule: ScheduleEntry[] = [];
  let leaves = 0;
  for (let hop = 0; hop < hops; hop++) {
    if (climb === 'restarts' && hop > 0 && hop % stay === 0) {
      rungs.push(LEAVING);
      leaves++;
    }
    const keep = (straight && hop < limit) || rng.chance(3, 4);
    const result = keep ? cell.result : rng.pick(HOP_RESULTS);
    const writer = rng.chance(3, 4) ? cell.writer : rng.pick(WRITER_POSITIONS);
    const index = indexFor(rng, profile, result, writer);
    rungs.push({ index, flags: writer === 'none' ? 0 : USE_WRITTEN });
    schedule.push(...writesFor(hop, writer, index, TARGETS[climb]));
  }
  rungs.push(LEAVING);
  return { rungs, schedule, leaves: leaves + 1 };
}

/** R3 for a result; `exhausted` comes from a filled slot when nothing is left. */
function indexFor(rng: Rng, { tailCall }: Profile, result: HopResult, writer: WriterPosition) {
  if (result === 'empty') return BigInt(EMPTY);
  if (result !== 'out_of_range') return BigInt(FILLED);
  // The low half names the slot that is written.
  const wholeCounts = tailCall.indexBits === 64 || tailCall.indexMasked;
  if (wholeCounts && (writer === 'same slot' || rng.chance(1, 2))) return WIDE + BigInt(OTHER);
  return BEYOND;
}

/** Writes before a hop that put the last one where it is wanted; `earlier` and `none` want nothing now. */
function writesFor(
  hop: number,
  writer: WriterPosition,
  index: bigint,
  program: number,
): ScheduleEntry[] {
  const slot = Number(BigInt.asUintN(32, index));
  const place = { before: { hop }, map: WRITTEN } as const;
  if (writer === 'since') {
    const other = slot === OTHER ? FILLED : OTHER;
    return [{ ...place, op: 'update', index: other, program }];
  }
  if (writer !== 'same slot') return [];
  const update = { ...place, op: 'update', index: slot, program } as const;
  return slot === EMPTY ? [update, { ...place, op: 'delete', index: slot }] : [update];
}

function progArray(name: string, program: number): ProgArray {
  const entries = [FILLED, OTHER].map((index) => ({ index, program }));
  return { name, type: 'prog_array', maxEntries: SLOTS, entries };
}

function scriptOf(rungs: readonly Rung[]): ValueMap {
  const value = new Uint8Array(8 + RUNG_BYTES * rungs.length);
  const view = new DataView(value.buffer);
  rungs.forEach(({ index, flags }, rung) => {
    const at = 8 + RUNG_BYTES * rung;
    view.setBigUint64(at, index, true);
    view.setUint32(at + 8, flags, true);
  });
  const entries = [{ key: new Uint8Array(4), value }];
  return {
    name: 'script',
    type: 'array',
    keySize: 4,
    valueSize: value.length,
    maxEntries: 1,
    entries,
  };
}

function programsOf(climb: Climb, leaves: number): NamedProgram[] {
  const climber = built(emitClimb);
  switch (climb) {
    case 'chain':
      return [{ name: 'entry', program: climber }];
    case 'restarts': {
      const { program, slot } = caller(leaves);
      return [
        { name: 'entry', program },
        { name: 'extension', program: climber, replaces: { program: 0, slot } },
        { name: 'climber', program: climber },
      ];
    }
    case 'beside':
      return [
        { name: 'entry', program: built(emitBeside) },
        { name: 'climber', program: climber },
      ];
  }
}

function built(emit: (code: CodeBuilder) => void): Program {
  const code = new CodeBuilder();
  emit(code);
  return code.finish();
}

/** Attempts one rung after the other until one says to leave. */
function emitClimb(code: CodeBuilder): void {
  const [again, written, out] = [code.label(), code.label(), code.label()];
  code.emit('MOV64', 'X', { dst: 6, src: 1 });
  code.place(again);
  code.emit('LD_MAP_VALUE_FD', 'N', { dst: 7, imm: SCRIPT });
  code.emit('MOV64', 'K', { dst: 8, imm: RUNG_BYTES });
  code.emit('ATOMIC_FETCH_ADD64', 'N', { dst: 7, src: 8, offset: 0 });
  code.emit('ADD64', 'X', { dst: 7, src: 8 });
  code.emit('LDXDW', 'N', { dst: 4, src: 7, offset: 16 });
  code.jump('JSET64', 'K', out, { dst: 4, imm: LEAVE });
  code.emit('LDXDW', 'N', { dst: 3, src: 7, offset: 8 });
  code.emit('MOV64', 'X', { dst: 1, src: 6 });
  code.jump('JSET64', 'K', written, { dst: 4, imm: USE_WRITTEN });
  for (const map of [QUIET, WRITTEN]) {
    if (map === WRITTEN) code.place(written);
    code.emit('LD_MAP_FD', 'N', { dst: 2, imm: map });
    code.emit('CALL_HELPER', 'N', { imm: 12 });
    code.jump('JA', 'N', again);
  }
  code.place(out);
  emitExit(code);
}

function emitExit(code: CodeBuilder): void {
  code.emit('MOV64', 'K', { dst: 0, imm: 0 });
  code.emit('EXIT', 'N');
}

/** Calls a function so many times; its slot is where the extension goes. */
function caller(calls: number): { readonly program: Program; readonly slot: number } {
  const code = new CodeBuilder();
  const [again, called] = [code.label(), code.label()];
  code.emit('MOV64', 'X', { dst: 6, src: 1 });
  code.emit('MOV64', 'K', { dst: 7, imm: calls });
  code.place(again);
  code.emit('MOV64', 'X', { dst: 1, src: 6 });
  code.reach('CALL_LOCAL', called);
  code.emit('SUB64', 'K', { dst: 7, imm: 1 });
  code.jump('JNE64', 'K', again, { dst: 7, imm: 0 });
  emitExit(code);
  code.place(called);
  emitExit(code);
  return { program: code.finish(), slot: called.slot };
}

/** Climbs in a function whose caller's stack is 1 byte. */
function emitBeside(code: CodeBuilder): void {
  const called = code.label();
  code.emit('STB', 'N', { dst: FRAME_POINTER, offset: -1, imm: 0 });
  code.reach('CALL_LOCAL', called);
  emitExit(code);
  code.place(called);
  emitClimb(code);
}

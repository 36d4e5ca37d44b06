// A whole program that a verifier accepts, mostly: it counts its entry, fills registers and stack, then does
// statements drawn by weight, and the functions that these call.

import type { Program } from '../../../model/isa/program.ts';
import * as calls from './calls.ts';
import { CONTEXT, Draft, FRAME_POINTER, type PendingFunction, type Surroundings } from './draft.ts';
import * as statements from './statements.ts';

type Statement = (draft: Draft, body: () => void) => void;

const STATEMENTS: readonly { readonly write: Statement; readonly weight: number }[] = [
  { write: statements.binaryAlu, weight: 10 },
  { write: statements.unaryAlu, weight: 5 },
  { write: statements.division, weight: 2 },
  { write: statements.loadConstant, weight: 2 },
  { write: statements.store, weight: 5 },
  { write: statements.load, weight: 5 },
  { write: statements.atomic, weight: 4 },
  { write: statements.readContext, weight: 2 },
  { write: statements.writeContext, weight: 1 },
  { write: statements.packetPointer, weight: 3 },
  { write: statements.packetLoad, weight: 2 },
  { write: statements.conditional, weight: 6 },
  { write: statements.loop, weight: 1 },
  { write: calls.mapHelper, weight: 4 },
  { write: calls.directValue, weight: 1 },
  { write: calls.tailCall, weight: 7 },
  { write: calls.localCall, weight: 3 },
  { write: calls.earlyExit, weight: 1 },
];

const NESTING_MAX = 2;
/** No more statements after so many slots: the verifier's time, not the program's, is what counts. */
const SLOTS_MAX = 110;

/** About a quarter of the kinds are switched off in one scenario, arithmetic never. */
export function swarmWeights(rng: Surroundings['rng']): number[] {
  return STATEMENTS.map(({ weight }, kind) =>
    kind > 0 && rng.chance(1, 4) ? 0 : rng.int(1, 2) * weight,
  );
}

/** @param number of the program in its scenario. */
export function generateProgram(surroundings: Surroundings, number: number): Program {
  const draft = new Draft(surroundings);
  const { code, rng } = draft;
  code.emit('MOV64', 'X', { dst: CONTEXT, src: 1 });
  countEntry(draft, number);
  if (surroundings.dialect.stackFloor > 0) {
    code.emit('STDW', 'N', {
      dst: FRAME_POINTER,
      offset: -surroundings.dialect.stackFloor,
      imm: 0,
    });
  }
  fill(draft);
  writeBody(draft, rng.int(0, 3), 0);
  // Programs without any tail call say little here.
  if (rng.chance(2, 3)) calls.tailCall(draft);
  writeBody(draft, rng.int(1, 5), 0);
  calls.leave(draft);
  let next: PendingFunction | undefined = draft.pending[0];
  for (let written = 1; next !== undefined; written++) {
    writeFunction(draft, next);
    next = draft.pending[written];
  }
  return code.finish();
}

const TRACE_FACTOR = 31;

/** What makes hops visible from outside: how often each program was entered, and in which order. */
function countEntry({ code }: Draft, number: number): void {
  code.emit('LD_MAP_VALUE_FD', 'N', { dst: 1, imm: 0, nextImm: 0 });
  code.emit('LDXDW', 'N', { dst: 2, src: 1, offset: 0 });
  code.emit('MUL64', 'K', { dst: 2, imm: TRACE_FACTOR });
  code.emit('ADD64', 'K', { dst: 2, imm: number + 1 });
  code.emit('STXDW', 'N', { dst: 1, src: 2, offset: 0 });
  code.emit('MOV64', 'K', { dst: 2, imm: 1 });
  code.emit('ATOMIC_ADD64', 'N', { dst: 1, src: 2, offset: 8 * (number + 1) });
}

/** Sets the stack slots of the function and some registers. */
function fill(draft: Draft): void {
  const { rng, code } = draft;
  draft.constant(7);
  for (const register of [0, 8, 9]) if (rng.chance(2, 3)) draft.constant(register);
  for (let slot = 1; slot <= draft.slots; slot++) {
    code.emit('STXDW', 'N', { dst: FRAME_POINTER, src: draft.scalar(), offset: -8 * slot });
  }
}

function writeBody(draft: Draft, count: number, nesting: number): void {
  const { rng, surroundings, code } = draft;
  for (let i = 0; i < count && code.length < SLOTS_MAX; i++) {
    const { write } = STATEMENTS[rng.weighted(surroundings.weights)]!;
    const body = () =>
      nesting < NESTING_MAX
        ? writeBody(draft, rng.int(1, 3), nesting + 1)
        : statements.binaryAlu(draft);
    write(draft, body);
  }
}

function writeFunction(draft: Draft, { label, depth }: PendingFunction): void {
  const { rng, code } = draft;
  draft.depth = depth;
  draft.startFunction();
  code.place(label);
  code.emit('MOV64', 'X', { dst: CONTEXT, src: 1 });
  draft.set(2, 'scalar');
  fill(draft);
  writeBody(draft, rng.int(1, 4), 1);
  calls.leave(draft);
}

// A whole program near the border: statements drawn by weight, the functions that they call, and changes to what
// was written that may make it wrong.

import type { Instruction } from '../../../model/isa/instruction.ts';
import * as calls from './calls.ts';
import { Draft, FRAME_POINTER, type PendingFunction, SCALAR, type Surroundings } from './draft.ts';
import * as memory from './memory.ts';
import * as packets from './packets.ts';
import * as scalars from './scalars.ts';

type Statement = (draft: Draft, body: scalars.Body) => void;

const STATEMENTS: readonly { readonly write: Statement; readonly weight: number }[] = [
  { write: scalars.binaryAlu, weight: 8 },
  { write: scalars.unaryAlu, weight: 3 },
  { write: scalars.loadConstant, weight: 2 },
  { write: scalars.boundNumber, weight: 5 },
  { write: scalars.copy, weight: 3 },
  { write: scalars.conditional, weight: 6 },
  { write: scalars.signMask, weight: 1 },
  { write: scalars.linked, weight: 3 },
  { write: scalars.loop, weight: 2 },
  { write: scalars.mayGotoLoop, weight: 1 },
  { write: memory.access, weight: 5 },
  { write: memory.stackAccess, weight: 4 },
  { write: memory.spill, weight: 4 },
  { write: memory.fill, weight: 4 },
  { write: memory.stackPointer, weight: 2 },
  { write: memory.variableStack, weight: 2 },
  { write: memory.variableOffset, weight: 4 },
  { write: memory.pointerArithmetic, weight: 3 },
  { write: memory.atomic, weight: 3 },
  { write: memory.ordered, weight: 2 },
  { write: memory.contextAccess, weight: 3 },
  { write: memory.wrongBase, weight: 1 },
  { write: packets.packetPointer, weight: 6 },
  { write: packets.packetLoad, weight: 1 },
  { write: calls.mapHelper, weight: 6 },
  { write: calls.directValue, weight: 3 },
  { write: calls.tailCall, weight: 4 },
  { write: calls.localCall, weight: 3 },
  { write: calls.plainHelper, weight: 1 },
  { write: calls.earlyExit, weight: 1 },
];

const NESTING_MAX = 3;
/** No more statements after so many slots: what is near the border is seen in short programs too. */
const SLOTS_MAX = 90;

/** About a third of the kinds are switched off in one scenario, arithmetic never. */
export function swarmWeights(rng: Surroundings['rng']): number[] {
  return STATEMENTS.map(({ weight }, kind) => (kind > 0 && rng.chance(1, 3) ? 0 : weight));
}

/** Mistakes of a program: none in half of them. */
const MISTAKES = [10, 8, 2];

/** Instructions of a program, which a verifier may accept or not. */
export function writeProgram(surroundings: Surroundings): readonly Instruction[] {
  const { rng } = surroundings;
  const draft = new Draft(surroundings, rng.weighted(MISTAKES));
  start(draft);
  writeBody(draft, rng.int(2, 8), 0);
  calls.leave(draft);
  draft.endFunction();
  let next: PendingFunction | undefined = draft.pending[0];
  for (let written = 1; next !== undefined; written++) {
    writeFunction(draft, next);
    next = draft.pending[written];
  }
  return draft.code.finishInstructions();
}

/** Numbers in some registers and slots. */
function start(draft: Draft): void {
  const { rng, code } = draft;
  for (const register of [7, 8, 9]) if (rng.chance(1, 2)) draft.constant(register);
  if (rng.chance(1, 2)) {
    const offset = draft.slot();
    code.emit('STXDW', 'N', { dst: FRAME_POINTER, src: draft.scalar(), offset });
    draft.slots.set(offset, SCALAR);
  }
}

function writeBody(draft: Draft, count: number, nesting: number): void {
  const { rng, surroundings, code } = draft;
  for (let i = 0; i < count && code.length < SLOTS_MAX; i++) {
    const { write } = STATEMENTS[rng.weighted(surroundings.weights)]!;
    const body = () =>
      nesting < NESTING_MAX ? writeBody(draft, rng.int(1, 3), nesting + 1) : memory.access(draft);
    write(draft, body);
  }
}

function writeFunction(draft: Draft, { label, depth, parameters }: PendingFunction): void {
  const { rng, code } = draft;
  draft.depth = depth;
  code.place(label);
  draft.startFunction(parameters);
  writeBody(draft, rng.int(1, 4), 1);
  calls.leave(draft);
  draft.endFunction();
}

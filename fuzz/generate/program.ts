// A whole program: prologue, statements drawn by weight, the local functions that they call.

import type { Program } from '../../model/isa/program.ts';
import * as calls from './calls.ts';
import { Draft, type PendingFunction, SCALAR, type Surroundings, UNSET } from './draft.ts';
import * as statements from './statements.ts';

type Statement = (draft: Draft, body: () => void) => void;

interface StatementKind {
  readonly write: Statement;
  /** How often it is drawn against the others. */
  readonly weight: number;
  /** Needs local calls to be allowed. */
  readonly local?: true;
  /** Makes paths: what a campaign's solver wants to see. */
  readonly branches?: true;
  /** Makes chains and hierarchies of tail calls. */
  readonly chains?: true;
}

/** Every kind of statement; a scenario switches some of them off (swarm testing). */
const STATEMENTS: readonly StatementKind[] = [
  { write: statements.binaryAlu, weight: 10 },
  { write: statements.unaryAlu, weight: 5 },
  { write: statements.loadConstant, weight: 3 },
  { write: statements.store, weight: 5 },
  { write: statements.load, weight: 5 },
  { write: statements.atomic, weight: 4 },
  { write: statements.packetPointer, weight: 2, branches: true },
  { write: statements.packetLoad, weight: 4 },
  { write: statements.conditional, weight: 6, branches: true },
  { write: statements.unconditional, weight: 1 },
  { write: statements.loop, weight: 1 },
  { write: calls.plainHelper, weight: 1 },
  { write: calls.mapHelper, weight: 3, branches: true },
  { write: calls.directValue, weight: 1 },
  { write: calls.tailCall, weight: 6, branches: true, chains: true },
  { write: calls.localCall, weight: 2, local: true, chains: true },
  { write: calls.codeAddress, weight: 1, local: true },
  { write: calls.unmodelled, weight: 1 },
  { write: calls.earlyExit, weight: 1 },
];

const CAN_NEST_MAX = 3;
/** Programs longer than this get no more statements, so that offsets and time stay small. */
const SLOTS_MAX = 160;

/**
 * Weights of the kinds for one scenario: about a third are switched off, arithmetic never.
 * @param options `branchy` draws the kinds that make paths more often; one scenario in `chainsOneIn` has chains of
 * calls and little else.
 */
export function swarmWeights(
  rng: Surroundings['rng'],
  localCalls: boolean,
  { branchy = false, chainsOneIn = 12 }: { branchy?: boolean; chainsOneIn?: number } = {},
): number[] {
  const onlyChains = !branchy && rng.chance(1, chainsOneIn);
  return STATEMENTS.map(({ weight, local, branches, chains }, kind) => {
    if (local && !localCalls) return 0;
    if (onlyChains) return chains ? 10 : kind === 0 ? 1 : 0;
    if (kind === 0) return weight;
    if (branchy && branches) return 4 * weight;
    return rng.chance(1, 3) ? 0 : rng.int(1, 2) * weight;
  });
}

/** Generates a program that fits its surroundings. */
export function generateProgram(surroundings: Surroundings): Program {
  const draft = new Draft(surroundings);
  prologue(draft);
  writeBody(draft, draft.rng.int(1, 8), 0);
  epilogue(draft);
  writeFunctions(draft);
  return draft.code.finish();
}

/** Keeps the context in r6 and fills registers, with constants or, so that branches hang on it, with input. */
function prologue(draft: Draft): void {
  const { rng, code, surroundings } = draft;
  const { contextBytes, registers, type } = surroundings;
  const context = { kind: 'pointer', to: 'context', size: contextBytes } as const;
  draft.set(1, contextBytes > 0 ? context : SCALAR);
  if (type === 'raw') draft.set(2, SCALAR);
  for (const register of registers) draft.set(register, SCALAR);
  if (rng.chance(7, 8)) {
    code.emit('MOV64', 'X', { dst: 6, src: 1 });
    draft.set(6, draft.held[1]!);
  }
  statements.oddStack(draft);
  for (const register of [0, 7, 8, 9]) {
    if (draft.held[register]!.kind !== 'unset') continue;
    if (rng.chance(1, 3)) draft.constant(register);
    else if (rng.chance(1, 2) && contextBytes >= 8) {
      code.emit('LDXW', 'N', {
        dst: register,
        src: 1,
        offset: 4 * rng.int(0, contextBytes / 4 - 1),
      });
      draft.set(register, SCALAR);
    }
  }
}

function writeBody(draft: Draft, count: number, nesting: number): void {
  const { rng, surroundings, code } = draft;
  for (let i = 0; i < count && code.length < SLOTS_MAX; i++) {
    const { write } = STATEMENTS[rng.weighted(surroundings.weights)]!;
    const body = () =>
      nesting < CAN_NEST_MAX
        ? writeBody(draft, rng.int(1, 3), nesting + 1)
        : statements.binaryAlu(draft);
    write(draft, body);
  }
}

/** Mostly a plain exit; now and then a jump or a trap-prone one is enough. */
function epilogue(draft: Draft): void {
  if (draft.held[0]!.kind === 'unset' && draft.rng.chance(1, 30)) draft.code.emit('EXIT', 'N');
  else calls.leave(draft);
}

function writeFunctions(draft: Draft): void {
  let next: PendingFunction | undefined = draft.pending[0];
  for (let written = 1; next !== undefined; written++) {
    writeFunction(draft, next);
    next = draft.pending[written];
  }
}

function writeFunction(draft: Draft, { label, depth }: PendingFunction): void {
  const { rng, code } = draft;
  draft.depth = depth;
  draft.held = draft.held.map(() => UNSET);
  draft.written = new Set();
  draft.reserved = new Set();
  // The caller passes the context or a number in r1, a number in r2.
  draft.set(1, SCALAR);
  draft.set(2, SCALAR);
  code.place(label);
  statements.oddStack(draft);
  if (rng.chance(1, 12)) code.reach('CALL_LOCAL', label);
  if (draft.surroundings.contextBytes > 0 && rng.chance(2, 3)) {
    code.emit('MOV64', 'X', { dst: 6, src: 1 });
    draft.set(6, { kind: 'pointer', to: 'context', size: draft.surroundings.contextBytes });
  }
  writeBody(draft, rng.int(1, 4), 1);
  calls.leave(draft);
}

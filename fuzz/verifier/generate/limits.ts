// Programs at the limits that statements do not come to: chains of calls and their stack, many functions, many
// instructions, many branches, many maps.

import { createInstruction, type Instruction } from '../../../model/isa/instruction.ts';
import { rowNamed } from '../../../model/isa/table.ts';
import { CodeBuilder, type Label } from '../../generate/code-builder.ts';
import { FRAME_POINTER, type Surroundings } from './draft.ts';

type Limit = (surroundings: Surroundings) => readonly Instruction[];

const move0 = createInstruction(rowNamed('MOV64', 'K'));
const exit = createInstruction(rowNamed('EXIT'));

/** Functions that call each other in a row, each with stack of its own; some tail-call. */
function callChain({ rng, maps }: Surroundings): readonly Instruction[] {
  const code = new CodeBuilder();
  const frames = rng.pick([2, 2, 3, 3, 4, 7, 8, 8, 9]);
  const array = maps.findIndex(({ type }) => type === 'prog_array');
  // Together near 512, or before the last near 256.
  const total = rng.pick([200, 256, 256, 512, 512]) + rng.pick([-40, -16, -8, 0, 8, 16, 40]);
  const tailCaller = rng.chance(2, 3) ? rng.int(0, frames - 1) : -1;
  const hidden = rng.chance(1, 6);
  const labels = Array.from({ length: frames }, () => code.label());
  for (let frame = 0; frame < frames; frame++) {
    code.place(labels[frame]!);
    const share = Math.max(8, Math.round((total / frames + rng.int(-8, 8)) / 8) * 8);
    const depth = Math.min(share, 512);
    code.emit('MOV64', 'X', { dst: 6, src: 1 });
    code.emit('STDW', 'N', { dst: FRAME_POINTER, offset: -depth, imm: 0 });
    if (frame + 1 < frames) callNext(code, labels[frame + 1]!, hidden);
    if (frame === tailCaller) {
      code.emit('MOV64', 'X', { dst: 1, src: 6 });
      code.emit('LD_MAP_FD', 'N', { dst: 2, imm: array });
      code.emit('MOV64', 'K', { dst: 3, imm: 0 });
      code.emit('CALL_HELPER', 'N', { imm: 12 });
    }
    code.push(move0);
    code.push(exit);
  }
  return code.finishInstructions();
}

/** @param hidden behind a jump that no path falls through: what is added up for calls counts it all the same. */
function callNext(code: CodeBuilder, next: Label, hidden: boolean): void {
  const past = code.label();
  if (hidden) {
    code.emit('MOV64', 'K', { dst: 2, imm: 0 });
    code.jump('JEQ64', 'K', past, { dst: 2, imm: 0 });
  }
  code.emit('MOV64', 'X', { dst: 1, src: 6 });
  code.reach('CALL_LOCAL', next);
  code.place(past);
}

/** As many functions as a program may have, or one more. */
function manyFunctions({ rng }: Surroundings): readonly Instruction[] {
  const code = new CodeBuilder();
  const labels: Label[] = Array.from({ length: rng.int(254, 256) }, () => code.label());
  for (const label of labels) code.reach('CALL_LOCAL', label);
  code.push(move0);
  code.push(exit);
  for (const label of labels) {
    code.place(label);
    code.push(move0);
    code.push(exit);
  }
  return code.finishInstructions();
}

/** About as many instructions as a program without privileges may have. */
function manyInstructions({ rng }: Surroundings): readonly Instruction[] {
  return [...Array<Instruction>(rng.int(4094, 4096)).fill(move0), exit];
}

/** About as many branches as may wait for their turn; each leads to the end. */
function manyBranches({ rng }: Surroundings): readonly Instruction[] {
  const code = new CodeBuilder();
  code.emit('LDXW', 'N', { dst: 2, src: 1, offset: 12 });
  const out = code.label();
  const branches = rng.int(8188, 8196);
  for (let i = 0; i < branches; i++) code.jump('JEQ64', 'K', out, { dst: 2, imm: i });
  code.place(out);
  code.push(move0);
  code.push(exit);
  return code.finishInstructions();
}

const LIMITS: readonly { readonly write: Limit; readonly weight: number }[] = [
  { write: callChain, weight: 200 },
  { write: manyFunctions, weight: 8 },
  { write: manyInstructions, weight: 5 },
  { write: manyBranches, weight: 2 },
];
const WEIGHTS = LIMITS.map(({ weight }) => weight);

/** Most or all of the scenario's maps, one after the other. */
export function writeManyMaps({ rng, maps }: Surroundings): readonly Instruction[] {
  const code = new CodeBuilder();
  const used = maps.length - rng.int(0, 2);
  for (let map = 0; map < used; map++) code.emit('LD_MAP_FD', 'N', { dst: 1, imm: map });
  code.push(move0);
  code.push(exit);
  return code.finishInstructions();
}

/** A program at a limit. */
export function writeAtLimit(surroundings: Surroundings): readonly Instruction[] {
  return LIMITS[surroundings.rng.weighted(WEIGHTS)]!.write(surroundings);
}

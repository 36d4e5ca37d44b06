// Small changes to a program that was right, or nearly: an instruction is gone, a field is another. What is then
// wrong, or still right, a verifier has to say.

import {
  createInstruction,
  type Instruction,
  REGISTER_COUNT,
} from '../../../model/isa/instruction.ts';
import { uncheckedProgram } from '../../../model/isa/program.ts';
import { ROWS, rowNamed } from '../../../model/isa/table.ts';
import type { Rng } from '../../generate/rng.ts';
import { immediate } from '../../generate/words.ts';
import { type Relocatable, relocated, toRelocatable, without } from '../../shrink/relocatable.ts';

type Mutation = (rng: Rng, list: readonly Relocatable[], at: number) => readonly Relocatable[];

/** A check that is forgotten, a number that is not set. */
const remove: Mutation = (_, list, at) => without(list, at, at + 1);

const FIELDS = ['dst', 'src'] as const;

const otherRegister: Mutation = (rng, list, at) => {
  const field = rng.pick(FIELDS);
  return withFields(list, at, (instruction) =>
    instruction.row.fields[field] === 'register' ? { [field]: rng.int(0, REGISTER_COUNT - 1) } : {},
  );
};

/** Off by one, by a size, or somewhere else. */
const otherNumber: Mutation = (rng, list, at) =>
  withFields(list, at, ({ row, offset, imm }) => {
    const by = rng.pick([1, -1, 4, -4, 8, -8]);
    if (row.fields.offset === 'any' && list[at]!.target === undefined)
      return { offset: offset + by };
    const isName = row.operation.family === 'call' || row.operation.family === 'ld_imm64';
    if (row.fields.imm !== 'any' || isName || list[at]!.target !== undefined) return {};
    return { imm: rng.chance(1, 2) ? clamp32(imm + by) : immediate(rng) };
  });

const clamp32 = (value: number) => Math.max(-0x8000_0000, Math.min(0x7fff_ffff, value));

/** A map that there is not. Numbers that are near are file descriptors of something else, for all that a kernel knows. */
const noSuchMap: Mutation = (rng, list, at) =>
  withFields(list, at, ({ row }) =>
    /^LD_MAP/.test(row.name) ? { imm: rng.pick([-1, 1000]) } : {},
  );

/** Another operation with the same fields: another comparison, size, width or sign. */
const otherOperation: Mutation = (rng, list, at) => {
  const { instruction, target } = list[at]!;
  const { row } = instruction;
  const rows = ROWS.filter(
    (other) =>
      other.operation.family === row.operation.family &&
      other.form === row.form &&
      other.cpu <= row.cpu &&
      !/CALL|LD_MAP|LD_IMM|LD_CODE|LD_VAR/.test(other.name),
  );
  if (rows.length === 0) return list;
  const { dst, src, offset, imm, nextImm } = instruction;
  const other = rng.pick(rows);
  const fixed = (name: 'dst' | 'src' | 'offset' | 'imm', value: number) =>
    typeof other.fields[name] === 'number' ? {} : { [name]: value };
  const changed = createInstruction(other, {
    ...fixed('dst', dst),
    ...fixed('src', src),
    ...fixed('offset', offset),
    ...fixed('imm', imm),
    nextImm,
  });
  return list.with(
    at,
    target === undefined ? { instruction: changed } : { instruction: changed, target },
  );
};

/** A jump that leads somewhere else: back, further on, or nowhere. */
const otherTarget: Mutation = (rng, list, at) => {
  const element = list[at]!;
  if (element.target === undefined) return list;
  const target = rng.chance(1, 8)
    ? rng.pick([-1, list.length, list.length + 1])
    : rng.int(0, list.length - 1);
  return list.with(at, { ...element, target });
};

const twice: Mutation = (_, list, at) => {
  const moved = list.map((element) =>
    element.target !== undefined && element.target > at
      ? { ...element, target: element.target + 1 }
      : element,
  );
  return [...moved.slice(0, at), list[at]!, ...moved.slice(at)];
};

const EXIT: Relocatable = { instruction: createInstruction(rowNamed('EXIT')) };

const exitHere: Mutation = (_, list, at) => list.with(at, EXIT);

const MUTATIONS: readonly { readonly mutate: Mutation; readonly weight: number }[] = [
  { mutate: remove, weight: 6 },
  { mutate: otherRegister, weight: 4 },
  { mutate: otherNumber, weight: 5 },
  { mutate: otherOperation, weight: 4 },
  { mutate: otherTarget, weight: 2 },
  { mutate: noSuchMap, weight: 1 },
  { mutate: twice, weight: 1 },
  { mutate: exitHere, weight: 1 },
];
const WEIGHTS = MUTATIONS.map(({ weight }) => weight);

function withFields(
  list: readonly Relocatable[],
  at: number,
  change: (instruction: Instruction) => Partial<Omit<Instruction, 'row'>>,
): readonly Relocatable[] {
  const element = list[at]!;
  const instruction = { ...element.instruction, ...change(element.instruction) };
  return list.with(at, { ...element, instruction });
}

/** Instructions with so many small changes. Jumps may lead out of the program, and its end may be none. */
export function mutate(
  rng: Rng,
  instructions: readonly Instruction[],
  changes: number,
): readonly Instruction[] {
  let list: readonly Relocatable[] = toRelocatable(uncheckedProgram(instructions));
  for (let i = 0; i < changes; i++) {
    const { mutate: change } = MUTATIONS[rng.weighted(WEIGHTS)]!;
    list = change(rng, list, rng.int(0, list.length - 1));
    if (list.length === 0) return instructions;
  }
  return relocated(list);
}

// The disassembler: instructions to text in the kernel's spelling, which `assemble` reads back to the same.

import { invariant } from '../../errors.ts';
import { type Instruction, slotCount } from '../instruction.ts';
import { type Program, targetOf } from '../program.ts';
import type { Row } from '../row.ts';
import { ROWS } from '../table.ts';
import { linuxHelperName } from './helper-names.ts';
import { joinImmediate64 } from './numbers.ts';
import { compilePieces, type Piece, type Placeholder, type Spelling } from './template.ts';

export interface RenderOptions {
  /** A map's name by the number in imm; without it, maps are written `fd:5`. */
  readonly mapName?: (fd: number) => string | undefined;
  /** A helper's name by its number; by default Linux's. */
  readonly helperName?: (id: number) => string | undefined;
}

export interface DisassembleOptions extends RenderOptions {
  /** By default the kernel's. */
  readonly spelling?: Spelling;
  /** Whether places are labels (`l5:`, by slot), which is the default, or relative (`pc+3`). */
  readonly labels?: boolean;
}

/** What the writer of an operand sees. */
interface Writing extends RenderOptions {
  readonly instruction: Instruction;
  readonly spelling: Spelling;
  /** The label at the instruction's target. */
  readonly label?: string | undefined;
}

type OperandWriter = (writing: Writing) => string;

const signed = (value: number) => (value < 0 ? `${value}` : `+${value}`);

function registerWriter(field: 'dst' | 'src', half: boolean): OperandWriter {
  return ({ instruction, spelling }) => {
    const prefix = spelling === 'suite' ? '%r' : half ? 'w' : 'r';
    return `${prefix}${instruction[field]}`;
  };
}

function targetWriter(field: 'offset' | 'imm'): OperandWriter {
  return ({ instruction, spelling, label }) =>
    label ?? `${spelling === 'kernel' ? 'pc' : ''}${signed(instruction[field])}`;
}

const NAME = /^[A-Za-z_][\w.]*$/;

/** `name#12`, as the kernel's log writes it: the number lets it be read where the name is not known. */
function writeHelper({ instruction, helperName = linuxHelperName }: Writing): string {
  const name = helperName(instruction.imm);
  return name === undefined || !NAME.test(name)
    ? `${instruction.imm}`
    : `${name}#${instruction.imm}`;
}

function writeMap({ instruction, mapName }: Writing): string {
  const name = mapName?.(instruction.imm);
  return name === undefined || !/^[\w.-]+$/.test(name) ? `fd:${instruction.imm}` : name;
}

const WRITERS: Readonly<Record<Placeholder, OperandWriter>> = {
  dst: registerWriter('dst', false),
  dst32: registerWriter('dst', true),
  src: registerWriter('src', false),
  src32: registerWriter('src', true),
  imm64_only: ({ instruction }) => imm64(instruction),
  imm: ({ instruction }) => `${instruction.imm}`,
  imm64: ({ instruction }) => imm64(instruction),
  next_imm: ({ instruction }) => `${instruction.nextImm >>> 0}`,
  plus_imm: ({ instruction }) => `+ ${instruction.imm}`,
  offset: ({ instruction, spelling }) =>
    spelling === 'suite' && instruction.offset === 0 ? '' : signed(instruction.offset),
  target: targetWriter('offset'),
  target32: targetWriter('imm'),
  function: targetWriter('imm'),
  helper: writeHelper,
  map: writeMap,
};

function imm64({ imm, nextImm }: Instruction): string {
  return `0x${joinImmediate64(imm, nextImm).toString(16)}`;
}

const pieces = {
  kernel: new Map<Row, readonly Piece[]>(),
  suite: new Map<Row, readonly Piece[]>(),
};

function piecesOf(row: Row, spelling: Spelling): readonly Piece[] {
  let compiled = pieces[spelling].get(row);
  if (compiled === undefined) {
    invariant(ROWS[row.id] === row, `${row.name} is not a row of the table`);
    compiled = compilePieces(row[spelling]);
    pieces[spelling].set(row, compiled);
  }
  return compiled;
}

function write(writing: Writing): string {
  let text = '';
  for (const piece of piecesOf(writing.instruction.row, writing.spelling)) {
    text += piece.text ?? WRITERS[piece.placeholder](writing);
  }
  return text;
}

/**
 * One instruction in the kernel's spelling. With a pc, the whole line of a verifier log: `5: (b7) r0 = 0`.
 */
export function disassembleInstruction(
  instruction: Instruction,
  pc?: number,
  options: RenderOptions = {},
): string {
  const text = write({ ...options, instruction, spelling: 'kernel' });
  if (pc === undefined) return text;
  return `${pc}: (${instruction.row.opcode.toString(16).padStart(2, '0')}) ${text}`;
}

/** Where labels stand: the targets that are the start of an instruction. Others can only be written relative. */
function labelledSlots(code: Program['code']): ReadonlySet<number> {
  const labelled = new Set<number>();
  code.forEach((instruction, pc) => {
    const target = instruction && targetOf(instruction, pc);
    if (target !== undefined && code[target] !== undefined) labelled.add(target);
  });
  return labelled;
}

function codeOf(program: Program | readonly Instruction[]): Program['code'] {
  if ('code' in program) return program.code;
  return program.flatMap((instruction) =>
    slotCount(instruction) === 2 ? [instruction, undefined] : [instruction],
  );
}

/** A program as text, an instruction a line, which `assemble` reads back to the same instructions. */
export function disassemble(
  program: Program | readonly Instruction[],
  options: DisassembleOptions = {},
): string {
  const { spelling = 'kernel', labels = true, ...render } = options;
  const code = codeOf(program);
  const labelled = labels ? labelledSlots(code) : new Set<number>();
  const indent = labelled.size === 0 ? '' : '  ';
  const lines: string[] = [];
  code.forEach((instruction, pc) => {
    if (instruction === undefined) return;
    if (labelled.has(pc)) lines.push(`l${pc}:`);
    const target = targetOf(instruction, pc);
    const label = target !== undefined && labelled.has(target) ? `l${target}` : undefined;
    lines.push(indent + write({ ...render, instruction, spelling, label }));
  });
  return lines.map((line) => `${line}\n`).join('');
}

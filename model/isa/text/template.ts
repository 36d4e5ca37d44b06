// The templates of the instruction table (`kernel` and `suite` of a Row), cut into pieces. A template is the
// text of an instruction with placeholders for its operands:
//
//   {dst} {src}      r0 to r10 (suite: %r0 to %r10). Twice in a template: the same register both times
//   {dst32} {src32}  w0 to w10 (suite: %r0 to %r10)
//   {imm}            32 bits, written as a signed decimal; read also as hex, up to 0xffffffff (which is -1)
//   {imm64}          imm and next_imm as one 64-bit number, written as unsigned hex
//   {imm64_only}     read only: such a number which is no signed 32-bit one, so that it needs no `ll` behind it
//   {next_imm}       next_imm alone, written as an unsigned decimal
//   {plus_imm}       imm behind a register: `+ 4`, `+ -4`; read also as `-4`, or left out for 0
//   {offset}         signed 16 bits: `+4`, `-8`, `+0`; the suite leaves 0 out; read with hex and spaces too
//   {target}         offset as a place in the program: a label, or relative `pc+3` (suite: `+3`)
//   {target32}       imm as such a place
//   {function}       as {target32}; bpftool's name behind it (`pc+2#name`) is read and ignored
//   {helper}         imm as a helper: its number, its name, or `name#number`
//   {map}            imm as a map: its name, or `fd:5` for a number without one
//
// All else is literal. A register that is literal (`r0` of cmpxchg) must be that one.

import { invariant } from '../../errors.ts';
import { tokenize } from './tokens.ts';

/** The placeholders, in the order in which the reader tries them where an instruction could go on with either. */
export const PLACEHOLDERS = [
  'dst',
  'dst32',
  'src',
  'src32',
  'imm64_only',
  'imm',
  'imm64',
  'next_imm',
  'plus_imm',
  'offset',
  'target',
  'target32',
  'helper',
  'function',
  'map',
] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

export type Spelling = 'kernel' | 'suite';

/** A piece of a template as the reader sees it: a token, an operand, or a register that is always the same. */
export type Element =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'operand'; readonly placeholder: Placeholder }
  | { readonly kind: 'fixed'; readonly register: string };

/** A piece of a template as the writer sees it. */
export type Piece =
  | { readonly text: string }
  | { readonly placeholder: Placeholder; readonly text?: undefined };

const PLACEHOLDER = /\{(\w+)\}/;

function isPlaceholder(name: string): name is Placeholder {
  return (PLACEHOLDERS as readonly string[]).includes(name);
}

/** Cuts a template into text and operands, for the writer. */
export function compilePieces(template: string): Piece[] {
  // Splitting at a capture leaves the texts at even and the names at odd indices.
  return template.split(PLACEHOLDER).flatMap((part, index): Piece[] => {
    if (index % 2 === 0) return part === '' ? [] : [{ text: part }];
    invariant(isPlaceholder(part), `unknown placeholder {${part}} in template '${template}'`);
    return [{ placeholder: part }];
  });
}

/** Cuts a template into tokens and operands, for the reader. */
export function compileElements(template: string): Element[] {
  return compilePieces(template).flatMap((piece): Element[] => {
    if (piece.text === undefined) return [{ kind: 'operand', placeholder: piece.placeholder }];
    return tokenize(piece.text).map(
      ({ kind, text }): Element =>
        kind === 'register' ? { kind: 'fixed', register: text } : { kind: 'literal', text },
    );
  });
}

// The assembler: text in the kernel's or the conformance suite's spelling to instructions.

import { InputError } from '../../errors.ts';
import type { Instruction } from '../instruction.ts';
import { createGrammar, type Grammar, type Match, matchLine } from './grammar.ts';
import { HELPER_IDS } from './helper-names.ts';
import { rejectLine } from './line-errors.ts';
import { didYouMean } from './nearest.ts';
import type { LabelRef, Names } from './operands.ts';
import type { Spelling } from './template.ts';
import { type Label, type Line, readLine, tokenize } from './tokens.ts';

export interface AssembleOptions {
  /** Which spelling to read; by default both, line by line. */
  readonly spelling?: Spelling | 'auto';
  /** The number that stands for a map in imm; without it, no map has a name. */
  readonly mapFd?: (name: string) => number | undefined;
  /** The maps there are, for what an error suggests. */
  readonly mapNames?: readonly string[];
  /** Helper numbers by name; by default those of Linux. */
  readonly helpers?: ReadonlyMap<string, number>;
}

export interface Assembly {
  readonly instructions: readonly Instruction[];
  /** The 1-based source line of each instruction. */
  readonly lines: readonly number[];
  /** The slot of each label that the text defines; the suite's implicit `exit` is not among them. */
  readonly labels: ReadonlyMap<string, number>;
}

/** An instruction whose label may be ahead. */
interface Pending {
  readonly match: Match;
  readonly slot: number;
  readonly line: number;
}

const SPELLINGS = { kernel: ['kernel'], suite: ['suite'], auto: ['kernel', 'suite'] } as const;
const grammars = new Map<keyof typeof SPELLINGS, Grammar>();

/** Building a tree takes some 20 ms, so it is done once and only when it is needed. */
function grammarOf(spelling: keyof typeof SPELLINGS): Grammar {
  let grammar = grammars.get(spelling);
  if (grammar === undefined) {
    grammar = createGrammar(SPELLINGS[spelling]);
    grammars.set(spelling, grammar);
  }
  return grammar;
}

/**
 * Assembles a text.
 * @throws InputError with line and column of the offending token; UnsupportedError for a call through a register.
 */
export function assemble(text: string, options: AssembleOptions = {}): Assembly {
  const reader = new Reader(options);
  text.split('\n').forEach((source, index) => {
    reader.read(source, index + 1);
  });
  return reader.finish();
}

class Reader {
  private readonly spelling: Spelling | 'auto';
  private readonly grammar: Grammar;
  private readonly names: Names;
  private readonly pending: Pending[] = [];
  private readonly labels = new Map<string, { slot: number; line: number }>();
  private slots = 0;

  constructor(options: AssembleOptions) {
    this.spelling = options.spelling ?? 'auto';
    this.grammar = grammarOf(this.spelling);
    this.names = {
      helpers: options.helpers ?? HELPER_IDS,
      mapFd: options.mapFd ?? (() => undefined),
      mapNames: options.mapNames ?? [],
    };
  }

  read(source: string, lineNumber: number): void {
    const line = readLine(source);
    for (const label of line.labels) this.define(label, lineNumber);
    if (line.tokens.length === 0) return;
    const match =
      matchLine(this.grammar, line, this.names) ??
      rejectLine(this.grammar, line, this.names, lineNumber);
    this.rejectSecondInstruction(line, lineNumber);
    this.pending.push({ match, slot: this.slots, line: lineNumber });
    this.slots += match.row.fields.nextImm === undefined ? 1 : 2;
  }

  private define({ name, column }: Label, line: number): void {
    const known = this.labels.get(name);
    if (known !== undefined) {
      const reason = `label '${name}' is already defined in line ${known.line}`;
      throw new InputError(reason, { line, column });
    }
    if (this.names.helpers.has(name)) {
      const reason = `label '${name}' has the name of a helper, which 'call ${name}' calls`;
      throw new InputError(reason, { line, column });
    }
    this.labels.set(name, { slot: this.slots, line });
  }

  /** Inline assembly in C separates instructions by `;`: dropping the second one as a comment would go unseen. */
  private rejectSecondInstruction({ remark }: Line, line: number): void {
    if (remark === undefined) return;
    const tokens = tokenize(remark.text);
    const comment = { labels: [], tokens, endColumn: 0 };
    if (tokens.length === 0 || matchLine(this.grammar, comment, this.names) === undefined) return;
    const reason = "';' starts a comment: put the instruction behind it on a line of its own";
    throw new InputError(reason, { line, column: remark.column });
  }

  finish(): Assembly {
    return {
      instructions: this.pending.map((pending) => this.resolve(pending)),
      lines: this.pending.map(({ line }) => line),
      labels: new Map([...this.labels].map(([name, { slot }]) => [name, slot])),
    };
  }

  private resolve(pending: Pending): Instruction {
    const { row, fields, label } = pending.match;
    if (label === undefined) return { row, ...fields };
    const distance = this.slotOf(label, pending) - (pending.slot + 1);
    const bits = label.field === 'offset' ? 16 : 32;
    if (distance < -(2 ** (bits - 1)) || distance >= 2 ** (bits - 1)) {
      const reason = `label '${label.name}' is ${distance} slots away, which does not fit in ${bits} bits`;
      throw new InputError(reason, { line: pending.line, column: label.column });
    }
    return { row, ...fields, [label.field]: distance };
  }

  private slotOf({ name, column }: LabelRef, { line, match }: Pending): number {
    const slot = this.labels.get(name)?.slot ?? this.implicitSlot(name);
    if (slot !== undefined) return slot;
    const isCall = match.row.operation.family === 'call';
    const near = didYouMean(name, [
      ...this.labels.keys(),
      ...(isCall ? this.names.helpers.keys() : []),
    ]);
    const what = isCall ? 'unknown label or helper' : 'unknown label';
    throw new InputError(`${what} '${name}'${near}`, { line, column });
  }

  /** In the suite's spelling, `exit` is a label at the first exit. */
  private implicitSlot(name: string): number | undefined {
    if (name !== 'exit' || this.spelling === 'kernel') return undefined;
    return this.pending.find(({ match }) => match.row.name === 'EXIT')?.slot;
  }
}

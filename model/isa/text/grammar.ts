// All templates as one prefix tree, and the search through it that turns a line's tokens into an instruction.
// The strict search finds what a line says; only when it finds nothing does the lenient one look for the reason.

import { invariant } from '../../errors.ts';
import type { Row } from '../row.ts';
import { ROWS } from '../table.ts';
import {
  type Complaint,
  type FieldName,
  fixedRegisterReader,
  type LabelRef,
  type Names,
  type Operand,
  type OperandReader,
  operandReader,
} from './operands.ts';
import { spellingsOf } from './spellings.ts';
import { compileElements, type Element, PLACEHOLDERS, type Spelling } from './template.ts';
import type { Hint, Line, Token } from './tokens.ts';

/** A way on from a node which takes an operand. */
interface Edge {
  readonly key: string;
  readonly order: number;
  readonly expected: string;
  readonly read: OperandReader;
  readonly next: Node;
}

interface Node {
  readonly literals: Map<string, Node>;
  /** In the order in which they are tried. */
  readonly edges: Edge[];
  /** The rows whose template ends here. */
  readonly rows: Row[];
}

/** The instructions of one spelling, or of both. */
export interface Grammar {
  readonly root: Node;
}

/** An instruction that a line was read as; a label's distance is still missing. */
export interface Match {
  readonly row: Row;
  readonly fields: { readonly [field in FieldName]: number };
  readonly label: LabelRef | undefined;
}

/** How far a search came, and what could have stood there. */
export interface DeadEnd {
  readonly kind: 'dead end';
  readonly at: number;
  readonly literals: readonly string[];
  readonly operands: readonly string[];
}

const newNode = (): Node => ({ literals: new Map(), edges: [], rows: [] });

function step(node: Node, element: Element, spelling: Spelling): Node {
  if (element.kind === 'literal') {
    const known = node.literals.get(element.text);
    if (known !== undefined) return known;
    const next = newNode();
    node.literals.set(element.text, next);
    return next;
  }
  const edge = newEdge(element, spelling);
  const known = node.edges.find(({ key }) => key === edge.key);
  if (known !== undefined) return known.next;
  node.edges.push(edge);
  node.edges.sort((a, b) => a.order - b.order);
  return edge.next;
}

function newEdge(element: Exclude<Element, { kind: 'literal' }>, spelling: Spelling): Edge {
  const next = newNode();
  if (element.kind === 'operand') {
    const order = PLACEHOLDERS.indexOf(element.placeholder);
    return { ...operandReader(element.placeholder, spelling), order, next };
  }
  const { register } = element;
  return {
    key: register,
    order: -1,
    expected: register,
    read: fixedRegisterReader(register),
    next,
  };
}

/** Builds the tree of the given spellings. */
export function createGrammar(spellings: readonly Spelling[]): Grammar {
  const root = newNode();
  for (const spelling of spellings) {
    for (const row of ROWS) {
      for (const template of spellingsOf(row, spelling)) {
        let node = root;
        for (const element of compileElements(template)) node = step(node, element, spelling);
        if (!node.rows.includes(row)) node.rows.push(row);
      }
    }
  }
  return { root };
}

/** The words that a line of this grammar may start with. */
export function leadingWords(grammar: Grammar): string[] {
  return [...grammar.root.literals.keys()];
}

/** The operands read so far, the latest first. */
interface Bound {
  readonly operand: Operand;
  readonly before: Bound | undefined;
}

function boundField(bound: Bound | undefined, field: FieldName): number | undefined {
  for (let link = bound; link !== undefined; link = link.before) {
    const value = link.operand.fields[field];
    if (value !== undefined) return value;
  }
  return undefined;
}

/** A placeholder that comes twice must read the same both times. */
function repetition(
  operand: Operand,
  bound: Bound | undefined,
  token: Token | undefined,
): Complaint | undefined {
  for (const field of ['dst', 'src'] as const) {
    const value = operand.fields[field];
    const before = value === undefined ? undefined : boundField(bound, field);
    if (before === undefined || before === value) continue;
    const prefix = token?.text.replace(/\d+$/, '');
    const reason = `this must be ${prefix}${before} again`;
    return { kind: 'complaint', column: token?.column ?? 0, reason };
  }
  return undefined;
}

function fieldOf(row: Row, bound: Bound | undefined, field: 'dst' | 'src' | 'offset' | 'imm') {
  const rule = row.fields[field];
  if (typeof rule === 'number') return rule;
  const value = boundField(bound, field);
  invariant(value !== undefined, `the template of ${row.name} leaves out ${field}`);
  return value;
}

function toMatch(row: Row, bound: Bound | undefined): Match {
  let label: LabelRef | undefined;
  for (let link = bound; link !== undefined; link = link.before) label ??= link.operand.label;
  const fields = {
    dst: fieldOf(row, bound, 'dst'),
    src: fieldOf(row, bound, 'src'),
    offset: fieldOf(row, bound, 'offset'),
    imm: fieldOf(row, bound, 'imm'),
    nextImm: boundField(bound, 'nextImm') ?? 0,
  };
  return { row, fields, label };
}

function hintAllows(hint: Hint | undefined, row: Row): boolean {
  if (hint === undefined) return true;
  const { src } = row.fields;
  const srcAllowed = hint.src === undefined || src === 'register' || src === hint.src;
  return hint.opcode === row.opcode && srcAllowed;
}

/** Reads a line as an instruction, or nothing when it is none. */
export function matchLine(grammar: Grammar, line: Line, names: Names): Match | undefined {
  const { tokens, hint } = line;
  const walk = (node: Node, at: number, bound: Bound | undefined): Match | undefined => {
    const token = tokens[at];
    if (token === undefined) {
      const row = node.rows.find((candidate) => hintAllows(hint, candidate));
      if (row !== undefined) return toMatch(row, bound);
    } else {
      const literal = node.literals.get(token.text);
      const match = literal && walk(literal, at + 1, bound);
      if (match !== undefined) return match;
    }
    for (const edge of node.edges) {
      const operand = edge.read(tokens, at, names);
      if (operand === undefined || operand.complaint !== undefined) continue;
      if (repetition(operand, bound, token) !== undefined) continue;
      const match = walk(edge.next, at + operand.length, { operand, before: bound });
      if (match !== undefined) return match;
    }
    return undefined;
  };
  return walk(grammar.root, 0, undefined);
}

/** The reason why `matchLine` found nothing: what is wrong with the closest instruction, or where all of them end. */
export function explainLine(grammar: Grammar, line: Line, names: Names): Complaint | DeadEnd {
  const search = new LenientSearch(line, names);
  search.walk(grammar.root, 0, [], undefined);
  return search.best?.[0] ?? search.deadEnd();
}

/** Walks over every way through the tree, wrong operands included. */
class LenientSearch {
  /** The complaints about the closest instruction. */
  best: readonly Complaint[] | undefined;
  private readonly tokens: readonly Token[];
  private readonly hint: Hint | undefined;
  private readonly names: Names;
  private furthest = 0;
  private nodes = new Set<Node>();

  constructor(line: Line, names: Names) {
    this.tokens = line.tokens;
    this.hint = line.hint;
    this.names = names;
  }

  walk(node: Node, at: number, complaints: readonly Complaint[], bound: Bound | undefined): void {
    this.reach(node, at);
    const token = this.tokens[at];
    if (token === undefined) this.end(node, complaints);
    const literal = token && node.literals.get(token.text);
    if (literal !== undefined) this.walk(literal, at + 1, complaints, bound);
    for (const edge of node.edges) {
      const operand = edge.read(this.tokens, at, this.names);
      if (operand === undefined) continue;
      const again = repetition(operand, bound, token);
      const found = [operand.complaint, again].filter((complaint) => complaint !== undefined);
      const next = { operand, before: bound };
      this.walk(edge.next, at + operand.length, [...complaints, ...found], next);
    }
  }

  private reach(node: Node, at: number): void {
    if (at < this.furthest) return;
    if (at > this.furthest) this.nodes.clear();
    this.furthest = at;
    this.nodes.add(node);
  }

  private end(node: Node, complaints: readonly Complaint[]): void {
    const [row] = node.rows;
    if (row === undefined) return;
    const { hint } = this;
    const allowed =
      hint === undefined || node.rows.some((candidate) => hintAllows(hint, candidate));
    const all = allowed ? complaints : [...complaints, hintComplaint(hint, row)];
    if (this.best === undefined || isCloser(all, this.best)) this.best = all;
  }

  deadEnd(): DeadEnd {
    const nodes = [...this.nodes];
    const literals = nodes.flatMap((node) => [...node.literals.keys()]);
    const operands = nodes.flatMap((node) => node.edges.map(({ expected }) => expected));
    const ends = nodes.some((node) => node.rows.length > 0) ? ['the end of the line'] : [];
    return {
      kind: 'dead end',
      at: this.furthest,
      literals: [...new Set(literals)],
      operands: [...new Set([...operands, ...ends])],
    };
  }
}

/** Fewer complaints are closer to what was meant, and so is more of the line without any. */
function isCloser(all: readonly Complaint[], best: readonly Complaint[]): boolean {
  if (all.length !== best.length) return all.length < best.length;
  return (all[0]?.column ?? 0) > (best[0]?.column ?? 0);
}

function hintComplaint(hint: Hint, row: Row): Complaint {
  const opcode = (value: number) => value.toString(16).padStart(2, '0');
  const src = hint.src === undefined ? '' : ` with src ${hint.src}`;
  return {
    kind: 'complaint',
    column: hint.column,
    reason: `the listing says opcode ${opcode(hint.opcode)}${src}, but the text is ${row.name} (${opcode(row.opcode)})`,
  };
}

// YAML text as plain values that still know where they were written. The reader's own conversion, because
// a place is needed for every value, `10` and "10" differ where bytes are read, and order matters in maps.

import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
} from 'yaml';
import { InputError, type Place } from '../errors.ts';
import type { Path } from './problem.ts';
import { quote } from './words.ts';

/** Characters; larger files take long to parse and are no scenarios. */
export const FILE_LENGTH_MAX = 2 * 1024 * 1024;
const DEPTH_MAX = 32;
/** Columns by which a line may be indented. The parser builds regular expressions as long as that. */
const INDENT_MAX = 256;
const TOO_INDENTED = new RegExp(`^[ \\t?:-]{${INDENT_MAX}}`, 'm');
/** How many aliases are followed, and how many values they may add to those that are written out. */
const ALIASES_MAX = 1000;
const ALIASED_VALUES_MAX = 100_000;

/** A scalar that YAML does not take for text: an integer, a float, a boolean or nothing, and its spelling. */
export class Plain {
  readonly value: bigint | number | boolean | null;
  readonly text: string;
  constructor(value: bigint | number | boolean | null, text: string) {
    this.value = value;
    this.text = text;
  }
}

export type Key = string | Plain;

/** A YAML mapping with its keys in file order; no two are spelt the same. */
export class Mapping {
  readonly pairs: readonly { readonly key: Key; readonly value: Value }[];
  constructor(pairs: readonly { readonly key: Key; readonly value: Value }[]) {
    this.pairs = pairs;
  }
}

export type Value = string | Plain | Mapping | readonly Value[];

export function keyText(key: Key): string {
  return typeof key === 'string' ? key : key.text;
}

/** What within the value at a path is meant: its key, or one of its characters (from 0). */
export interface Spot {
  readonly key?: boolean;
  readonly index?: number;
}

/** What a file holds, and the key by which it says so. */
export interface FileKind {
  readonly name: string;
  readonly key: string;
}

export const SCENARIO: FileKind = { name: 'scenario', key: 'tailproof' };

type AnyNode = (Node & { anchor?: string }) | null | undefined;

/** A parsed file: its value, and the place in the file of everything in it. */
export class SourceDocument {
  readonly root: Value;
  private readonly document: Document;
  private readonly text: string;
  private readonly lines: LineCounter;
  private readonly file: string | undefined;
  private readonly kind: FileKind;
  /** The last node of each anchor's name so far, and what each alias stands for. */
  private readonly anchors = new Map<string, AnyNode>();
  private readonly targets = new Map<AnyNode, AnyNode>();
  private aliases = 0;
  private aliased = 0;
  private aliasDepth = 0;

  constructor(text: string, file: string | undefined, kind: FileKind = SCENARIO) {
    this.text = text;
    this.file = file;
    this.kind = kind;
    this.lines = new LineCounter();
    if (text.length > FILE_LENGTH_MAX) {
      throw new InputError(
        `the file is longer than ${FILE_LENGTH_MAX} characters`,
        this.filePlace(),
      );
    }
    this.refuseDeepIndentation();
    this.document = parseDocument(text, {
      intAsBigInt: true,
      // Both are done below: the library's check is quadratic, and its messages span lines.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
      lineCounter: this.lines,
    });
    this.refuseSyntaxErrors();
    this.root = this.convert(this.document.contents, 0);
  }

  /** Whether there is something at a path. */
  has(path: Path): boolean {
    return this.find(path) !== undefined;
  }

  /** The place of the value at a path, or of the closest thing around it that is there. */
  place(path: Path, spot: Spot = {}): Place {
    return { ...this.offsetPlace(this.offsetOf(path, spot)), ...at(path) };
  }

  /** An error about the value at a path. */
  error(path: Path, reason: string, spot: Spot = {}): InputError {
    return new InputError(reason, this.place(path, spot));
  }

  private filePlace(): Place {
    return this.file === undefined ? {} : { file: this.file };
  }

  private offsetPlace(offset: number): Place {
    const { line, col } = this.lines.linePos(offset);
    return { ...this.filePlace(), line: Math.max(1, line), column: Math.max(1, col) };
  }

  private errorAt(offset: number, reason: string): InputError {
    return new InputError(reason, this.offsetPlace(offset));
  }

  private refuseDeepIndentation(): void {
    const offset = this.text.search(TOO_INDENTED);
    if (offset < 0) return;
    const line = this.text.slice(0, offset).split('\n').length;
    throw new InputError(`indented by ${INDENT_MAX} columns or more`, {
      ...this.filePlace(),
      line,
      column: 1,
    });
  }

  private refuseSyntaxErrors(): void {
    const { errors, warnings, directives } = this.document;
    const first = [...errors, ...warnings].sort((a, b) => a.pos[0] - b.pos[0])[0];
    if (errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) throw this.tooDeep(0);
    if (first !== undefined) {
      const reason =
        first.code === 'MULTIPLE_DOCS' ? 'a file holds one YAML document' : first.message;
      throw this.errorAt(first.pos[0], `not YAML: ${reason}`);
    }
    if (directives?.yaml.version !== '1.2') {
      throw this.errorAt(
        0,
        `YAML ${directives?.yaml.version} is not read; ${this.kind.name}s are YAML 1.2`,
      );
    }
    if (this.document.contents === null) {
      throw this.errorAt(
        0,
        `the file is empty; a ${this.kind.name} starts with \`${this.kind.key}: 1\``,
      );
    }
  }

  private tooDeep(offset: number): InputError {
    return this.errorAt(offset, `nested more than ${DEPTH_MAX} levels deep`);
  }

  private convert(node: AnyNode, depth: number): Value {
    if (depth > DEPTH_MAX) throw this.tooDeep(startOf(node) ?? 0);
    if (this.aliasDepth > 0 && ++this.aliased > ALIASED_VALUES_MAX) {
      throw this.errorAt(
        startOf(node) ?? 0,
        `aliases expand to more than ${ALIASED_VALUES_MAX} values`,
      );
    }
    if (isAlias(node)) return this.convertAlias(node, depth);
    if (node?.anchor !== undefined) this.anchors.set(node.anchor, node);
    if (isMap(node)) return this.convertMap(node.items as Pair<AnyNode, AnyNode>[], depth);
    if (isSeq(node)) return (node.items as Node[]).map((item) => this.convert(item, depth + 1));
    return isScalar(node) ? scalarValue(node) : new Plain(null, '');
  }

  private convertAlias(node: Node & { source: string }, depth: number): Value {
    if (++this.aliases > ALIASES_MAX) {
      throw this.errorAt(startOf(node) ?? 0, `more than ${ALIASES_MAX} aliases`);
    }
    const target = this.targets.get(node) ?? this.anchors.get(node.source);
    if (target === undefined) {
      throw this.errorAt(
        startOf(node) ?? 0,
        `there is no anchor ${quote(node.source)} before this`,
      );
    }
    this.targets.set(node, target);
    this.aliasDepth++;
    const value = this.convert(target, depth + 1);
    this.aliasDepth--;
    return value;
  }

  private convertMap(pairs: readonly Pair<AnyNode, AnyNode>[], depth: number): Mapping {
    const seen = new Set<string>();
    return new Mapping(
      pairs.map((pair) => {
        const offset = startOf(pair.key) ?? 0;
        const key = this.convert(pair.key, depth + 1);
        if (typeof key !== 'string' && !(key instanceof Plain)) {
          throw this.errorAt(offset, 'a key is a name or a number, not a list or a mapping');
        }
        const text = keyText(key);
        if (seen.has(text)) throw this.errorAt(offset, `the key ${quote(text)} is there twice`);
        if (text === '__proto__') throw this.errorAt(offset, '__proto__ cannot be a key');
        seen.add(text);
        return { key, value: this.convert(pair.value, depth + 1) };
      }),
    );
  }

  private find(path: Path): { key?: AnyNode; value: AnyNode } | undefined {
    let found: { key?: AnyNode; value: AnyNode } | undefined = { value: this.document.contents };
    for (const step of path) {
      found = childOf(this.targets.get(found.value) ?? found.value, step);
      if (found === undefined) return undefined;
    }
    return found;
  }

  private offsetOf(path: Path, spot: Spot): number {
    const found = this.find(path);
    if (found === undefined) return this.offsetOf(path.slice(0, -1), {});
    const { key, value } = found;
    const offset = startOf(value) ?? startOf(key) ?? 0;
    if (spot.key) return startOf(key) ?? offset;
    if (spot.index === undefined || !isScalar(value)) return offset;
    return this.offsetWithin(value, spot.index) ?? offset;
  }

  /** The offset of a character of a scalar, where its text stands in the file as it is. */
  private offsetWithin(node: Scalar, index: number): number | undefined {
    const value = textOf(node);
    const [start, end] = node.range ?? [0, 0];
    if (node.type === 'BLOCK_LITERAL') return this.offsetWithinLiteral(value, start, index);
    const quotes = node.type === 'PLAIN' ? 0 : 1;
    const verbatim = this.text.slice(start + quotes, end - quotes) === value;
    return verbatim ? start + quotes + index : undefined;
  }

  /** A literal block's lines follow its header; each is indented by what it is longer than its text. */
  private offsetWithinLiteral(value: string, start: number, index: number): number {
    const before = value.slice(0, index).split('\n');
    const column = before.at(-1)!.length;
    const content = value.split('\n')[before.length - 1] ?? '';
    const line = this.lines.linePos(start).line + before.length;
    const lineStart = this.lines.lineStarts[line - 1] ?? this.text.length;
    const written = this.text.slice(lineStart).split(/\r?\n/, 1)[0]!;
    return lineStart + Math.max(0, written.length - content.length) + column;
  }
}

function at(path: Path): { at?: string } {
  return path.length === 0 ? {} : { at: path.join('.') };
}

function startOf(node: AnyNode): number | undefined {
  return node?.range?.[0];
}

/** The text of a scalar as the file's author sees it. */
function textOf(node: Scalar): string {
  return typeof node.value === 'string' ? node.value : (node.source ?? '');
}

function scalarValue(node: Scalar): Value {
  const { value } = node;
  if (typeof value === 'string') return value;
  const known =
    typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean';
  return new Plain(known ? value : null, node.source ?? '');
}

function childOf(
  node: AnyNode,
  step: string | number,
): { key?: AnyNode; value: AnyNode } | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(step)] as AnyNode;
    return value === undefined ? undefined : { value };
  }
  if (!isMap(node)) return undefined;
  const pair = (node.items as Pair<AnyNode, AnyNode>[]).find(
    ({ key }) => isScalar(key) && textOf(key) === String(step),
  );
  return pair === undefined ? undefined : { key: pair.key, value: pair.value };
}

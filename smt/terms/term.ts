// Sorts, term nodes and the table that makes structurally equal terms one object. Terms are this
// project's own immutable data: no solver is imported here. Build terms with the functions of
// bitvector.ts, slices.ts, bool.ts and array.ts, which check sorts and simplify; `intern` below does
// neither. Operators and their meaning: SMT-LIB 2.6, theories Core, FixedSizeBitVectors, ArraysEx.

import { InternalError } from '../../model/errors.ts';

export interface BoolSort {
  readonly kind: 'Bool';
  readonly key: string;
}

export interface BvSort {
  readonly kind: 'BitVec';
  readonly key: string;
  readonly width: number;
}

/** Arrays from bit-vectors to bit-vectors. */
export interface ArraySort {
  readonly kind: 'Array';
  readonly key: string;
  readonly index: BvSort;
  readonly element: BvSort;
}

/** Sorts are interned: equal sorts are one object. `key` is the sort in SMT-LIB 2 text. */
export type Sort = BoolSort | BvSort | ArraySort;

export const BOOL: BoolSort = { kind: 'Bool', key: 'Bool' };

const bvSorts: BvSort[] = [];
const arraySorts = new Map<string, ArraySort>();

/** The sort of bit-vectors of `width` bits. @throws InternalError unless width is an integer >= 1. */
export function bvSort(width: number): BvSort {
  const known = bvSorts[width];
  if (known !== undefined) return known;
  if (!Number.isInteger(width) || width < 1) throw new InternalError(`BitVec: width ${width}`);
  const sort: BvSort = { kind: 'BitVec', key: `(_ BitVec ${width})`, width };
  bvSorts[width] = sort;
  return sort;
}

/** The sort of arrays from `indexWidth` bits to `elementWidth` bits. */
export function arraySort(indexWidth: number, elementWidth: number): ArraySort {
  const index = bvSort(indexWidth);
  const element = bvSort(elementWidth);
  const key = `(Array ${index.key} ${element.key})`;
  const known = arraySorts.get(key);
  if (known !== undefined) return known;
  const sort: ArraySort = { kind: 'Array', key, index, element };
  arraySorts.set(key, sort);
  return sort;
}

export type BvUnaryOp = 'bvnot' | 'bvneg';
export type BvBinaryOp =
  | ('bvadd' | 'bvsub' | 'bvmul' | 'bvudiv' | 'bvurem' | 'bvsdiv' | 'bvsrem')
  | ('bvshl' | 'bvlshr' | 'bvashr' | 'bvand' | 'bvor' | 'bvxor');
/** `bvugt a b` is built as `bvult b a`, and so on: half the operators, the same meaning. */
export type BvCompareOp = 'bvult' | 'bvule' | 'bvslt' | 'bvsle';

interface Node<Op extends string, S extends Sort, Args extends readonly Term[]> {
  /** Unique per node, in the order of creation; never decides what is printed. */
  readonly id: number;
  readonly op: Op;
  readonly sort: S;
  readonly args: Args;
}

export interface Variable<S extends Sort = Sort> extends Node<'var', S, readonly []> {
  readonly name: string;
}
/** A bit-vector constant; `value` is in [0, 2^width). */
export interface BvConst extends Node<'bv', BvSort, readonly []> {
  readonly value: bigint;
}
export interface BoolConst extends Node<'bool', BoolSort, readonly []> {
  readonly value: boolean;
}
export interface Extract extends Node<'extract', BvSort, readonly [BvTerm]> {
  readonly lo: number;
}

export type BvTerm =
  | BvConst
  | Variable<BvSort>
  | Extract
  | Node<BvUnaryOp | 'zero_extend' | 'sign_extend', BvSort, readonly [BvTerm]>
  | Node<BvBinaryOp | 'concat', BvSort, readonly [BvTerm, BvTerm]>
  | Node<'ite', BvSort, readonly [BoolTerm, BvTerm, BvTerm]>
  | Node<'select', BvSort, readonly [ArrayTerm, BvTerm]>;

export type BoolTerm =
  | BoolConst
  | Variable<BoolSort>
  | Node<'not', BoolSort, readonly [BoolTerm]>
  | Node<'and' | 'or' | '=>', BoolSort, readonly [BoolTerm, BoolTerm]>
  | Node<'=', BoolSort, readonly [Term, Term]>
  | Node<BvCompareOp, BoolSort, readonly [BvTerm, BvTerm]>
  | Node<'ite', BoolSort, readonly [BoolTerm, BoolTerm, BoolTerm]>;

export type ArrayTerm =
  | Variable<ArraySort>
  | Node<'store', ArraySort, readonly [ArrayTerm, BvTerm, BvTerm]>
  | Node<'const-array', ArraySort, readonly [BvTerm]>
  | Node<'ite', ArraySort, readonly [BoolTerm, ArrayTerm, ArrayTerm]>;

export type Term = BvTerm | BoolTerm | ArrayTerm;
export type Op = Term['op'];
/** The type of a term that has the same sort kind as T. */
export type SameKind<T extends Term> = T extends BvTerm
  ? BvTerm
  : T extends BoolTerm
    ? BoolTerm
    : ArrayTerm;

export function isBv(t: Term): t is BvTerm {
  return t.sort.kind === 'BitVec';
}

export function isBool(t: Term): t is BoolTerm {
  return t.sort.kind === 'Bool';
}

export function isArray(t: Term): t is ArrayTerm {
  return t.sort.kind === 'Array';
}

type Payload =
  | { readonly name: string }
  | { readonly value: bigint | boolean }
  | { readonly lo: number };

// One strong table, emptied by whoever runs a long campaign, rather than WeakRefs: a WeakRef and a
// finalizer per node cost more than the node, and garbage collection would make sharing, and with
// it the size of a printed goal, depend on the heap.
type Table = Map<string, Term>;
let table: Table = new Map();
let outerTables: readonly Table[] = [];
let nextId = 0;

/**
 * The one node with these fields. For the builders only: nothing is checked or simplified.
 * `payload` is part of the identity of the node.
 */
export function intern<T extends Term>(
  op: T['op'],
  sort: T['sort'],
  args: readonly Term[],
  payload?: Payload,
): T {
  const key = keyOf(op, sort, args, payload);
  const known = table.get(key) ?? findInOuterTables(key);
  if (known !== undefined) return known as T;
  const term = { id: nextId++, op, sort, args, ...payload } as unknown as T;
  table.set(key, term);
  return term;
}

function keyOf(op: string, sort: Sort, args: readonly Term[], payload?: Payload): string {
  let key = `${op} ${sort.key}`;
  for (const arg of args) key += ` ${arg.id}`;
  if (payload === undefined) return key;
  if ('name' in payload) return `${key} ${payload.name}`;
  return `${key} ${'value' in payload ? payload.value : payload.lo}`;
}

function findInOuterTables(key: string): Term | undefined {
  for (const outer of outerTables) {
    const known = outer.get(key);
    if (known !== undefined) return known;
  }
  return undefined;
}

/**
 * Forgets which terms exist, so that their memory can be freed. Terms that are still held stay
 * valid and may be mixed with new ones: constants and variables mean what they say. Only sharing
 * suffers: a term built before and an equal one built after are two objects, so `===` between them
 * fails and a simplification that relies on it is missed.
 */
export function clearTerms(): void {
  table.clear();
}

/**
 * Runs `run` and then forgets the terms that it built, and only those; see `clearTerms`. Terms from
 * outside are still found inside. Synchronous only, since the table is one per thread.
 *
 * @throws InternalError when `run` returns a promise.
 */
export function withTermScope<T>(run: () => T): T {
  const savedTable = table;
  const savedOuter = outerTables;
  table = new Map();
  outerTables = [savedTable, ...savedOuter];
  try {
    const result = run();
    if (result instanceof Promise) throw new InternalError('withTermScope: run is asynchronous');
    return result;
  } finally {
    table = savedTable;
    outerTables = savedOuter;
  }
}

/** How many terms the table holds on to. */
export function liveTermCount(): number {
  return outerTables.reduce((sum, outer) => sum + outer.size, table.size);
}

/** Reports operands of the wrong sort, naming the operator and the sorts. */
export function sortError(op: string, args: readonly Term[]): InternalError {
  return new InternalError(`${op}: wrong sorts ${args.map((arg) => arg.sort.key).join(', ')}`);
}

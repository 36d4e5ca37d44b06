// Builders for arrays from bit-vectors to bit-vectors (SMT-LIB theory ArraysEx).

import { InternalError } from '../../model/errors.ts';
import type { ArrayTerm, BvTerm } from './term.ts';
import { arraySort, intern, isArray, isBv, sortError } from './term.ts';

/** The array that holds `element` at every index of `indexWidth` bits. */
export function constArray(indexWidth: number, element: BvTerm): ArrayTerm {
  if (!isBv(element)) throw new InternalError(`const-array: wrong sort of element`);
  return intern<ArrayTerm>('const-array', arraySort(indexWidth, element.sort.width), [element]);
}

/** `(select array index)`, read through stores whose index is known to be equal or different. */
export function select(array: ArrayTerm, index: BvTerm): BvTerm {
  if (!isArray(array) || index.sort !== array.sort.index) throw sortError('select', [array, index]);
  let from = array;
  while (from.op === 'store') {
    const [older, storedAt, element] = from.args;
    if (storedAt === index || sameConstant(storedAt, index)) return element;
    if (!surelyDistinct(storedAt, index)) break;
    from = older;
  }
  if (from.op === 'const-array') return from.args[0];
  return intern<BvTerm>('select', array.sort.element, [from, index]);
}

/** `(store array index element)`. */
export function store(array: ArrayTerm, index: BvTerm, element: BvTerm): ArrayTerm {
  const sortsMatch =
    isArray(array) && index.sort === array.sort.index && element.sort === array.sort.element;
  if (!sortsMatch) throw sortError('store', [array, index, element]);
  // A store that the next one overwrites is not seen by anyone.
  const below =
    array.op === 'store' && (array.args[1] === index || sameConstant(array.args[1], index))
      ? array.args[0]
      : array;
  return intern<ArrayTerm>('store', array.sort, [below, index, element]);
}

// By value and not by identity: constants on two sides of a clearTerms are two objects.
function sameConstant(a: BvTerm, b: BvTerm): boolean {
  return a.op === 'bv' && b.op === 'bv' && a.value === b.value;
}

/** A term as base + offset; a constant has no base. */
function splitOffset(t: BvTerm): { readonly base: BvTerm | undefined; readonly offset: bigint } {
  if (t.op === 'bv') return { base: undefined, offset: t.value };
  if (t.op === 'bvadd' && t.args[1].op === 'bv') {
    return { base: t.args[0], offset: t.args[1].value };
  }
  return { base: t, offset: 0n };
}

/** Two constants, or two offsets from one base, that differ. Offsets are below 2^width, so exact. */
function surelyDistinct(a: BvTerm, b: BvTerm): boolean {
  const left = splitOffset(a);
  const right = splitOffset(b);
  return left.base === right.base && left.offset !== right.offset;
}

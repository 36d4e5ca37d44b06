// Compiled terms over records of values. What reads the fields is generated, since these run for every scenario.

import { type BoolTerm, type BvTerm, bv, bvVar, compileTerm, eq } from '../terms/index.ts';

/** A record of terms as the values that they stand for. */
export type ValuesOf<R> = {
  -readonly [F in keyof R]: R[F] extends BoolTerm ? boolean : bigint;
};

/** The width of each field; 0 for a truth value. */
export type Shape<R> = { readonly [F in keyof R]-?: R[F] extends BoolTerm ? 0 : 8 | 32 | 64 };

export const FLAG = 0;

/** Whether a variable of one bit is 1. */
export const isSet = (variable: BvTerm): BoolTerm => eq(variable, bv(1, 1n));
export const bit = (value: boolean): bigint => (value ? 1n : 0n);

/** A record of variables, and how their values are read off a record. */
export interface Formal<R> {
  readonly params: readonly BvTerm[];
  readonly terms: R;
  /** JavaScript for the arguments, from a record `v`. */
  readonly reads: readonly string[];
  readonly fields: readonly (keyof R & string)[];
}

/** A variable for each field of a shape. */
export function formal<R>(shape: Shape<R>, prefix = ''): Formal<R> {
  const params: BvTerm[] = [];
  const terms: Record<string, BoolTerm | BvTerm> = {};
  const reads: string[] = [];
  for (const [field, width] of Object.entries<number>(shape)) {
    const param = bvVar(`${prefix}${field}`, width === FLAG ? 1 : width);
    params.push(param);
    terms[field] = width === FLAG ? isSet(param) : param;
    reads.push(width === FLAG ? `(v.${field} ? 1n : 0n)` : `v.${field}`);
  }
  const fields = Object.keys(shape) as (keyof R & string)[];
  return { params, terms: terms as R, reads, fields };
}

/** The value of a term over a record and one more variable. */
export function compileOver<R>(
  record: Formal<R>,
  term: BoolTerm,
  more: BvTerm,
): (values: ValuesOf<R>, given: bigint) => boolean;
export function compileOver<R>(
  record: Formal<R>,
  term: BvTerm,
  more: BvTerm,
): (values: ValuesOf<R>, given: bigint) => bigint;
export function compileOver<R>(
  { params, reads }: Formal<R>,
  term: BoolTerm | BvTerm,
  more: BvTerm,
): (values: ValuesOf<R>, given: bigint) => boolean | bigint {
  const compute = compileTerm([...params, more], term as BvTerm);
  const source = `'use strict'; return (v, given) => compute(${[...reads, 'given'].join(', ')});`;
  return new Function('compute', source)(compute);
}

/** Assigns what an effect changes, all of it at once. */
export function compileEffect<R>(
  record: Formal<R>,
  after: R,
  more: BvTerm,
): (values: ValuesOf<R>, given: bigint) => void {
  // Equal terms are one object.
  const changed = record.fields.filter((field) => after[field] !== record.terms[field]);
  const params = [...record.params, more];
  const parts = changed.map((field) => compileTerm(params, after[field] as BvTerm));
  const args = record.params.map((_, i) => `a${i}`);
  const lines = [
    ...record.reads.map((read, i) => `const a${i} = ${read};`),
    ...changed.map((_, i) => `const r${i} = parts[${i}](${[...args, 'given'].join(', ')});`),
    ...changed.map((field, i) => `v.${field} = r${i};`),
  ];
  return new Function('parts', `'use strict'; return (v, given) => {\n${lines.join('\n')}\n};`)(
    parts,
  );
}

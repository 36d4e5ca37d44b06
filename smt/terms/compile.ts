// Terms as JavaScript functions, for the hot path of a fuzz campaign. Bit-vectors are bigints that
// are always reduced to [0, 2^width); V8 turns `BigInt.asUintN(64, a + b)` into one machine addition,
// and so nothing is reduced twice, nor where the operator cannot leave the range. The source text is
// generated from term structure alone: variable names do not enter it.

import { InternalError } from '../../model/errors.ts';
import { BV_BINARY } from './operators.ts';
import type { BoolTerm, BvTerm, Term } from './term.ts';
import { postorder } from './traverse.ts';

/** What compiled code may call: the operators that have no short form. */
type Runtime = Pick<typeof BV_BINARY, 'bvudiv' | 'bvurem' | 'bvsdiv' | 'bvsrem'>;

// Expressions nested deeper than this become locals although nobody shares them, for V8's parser.
const NESTING_MAX = 30;

/**
 * A function that computes the term from the values of its parameters. It takes one bigint for each
 * parameter, in [0, 2^width), which it does not check.
 *
 * @param params distinct bit-vector variables that cover the free variables of the body.
 * @throws InternalError for a free variable that is no parameter, and for arrays.
 */
export function compileTerm(params: readonly BvTerm[], body: BvTerm): (...args: bigint[]) => bigint;
export function compileTerm(
  params: readonly BvTerm[],
  body: BoolTerm,
): (...args: bigint[]) => boolean;
export function compileTerm(
  params: readonly BvTerm[],
  body: Term,
): (...args: bigint[]) => bigint | boolean {
  const source = compiledSource(params, body);
  const make = new Function('runtime', 'asUintN', 'asIntN', source) as (
    runtime: Runtime,
    asUintN: typeof BigInt.asUintN,
    asIntN: typeof BigInt.asIntN,
  ) => (...args: bigint[]) => bigint | boolean;
  return make(BV_BINARY, BigInt.asUintN, BigInt.asIntN);
}

/** The source of a function that returns the compiled function. */
function compiledSource(params: readonly BvTerm[], body: Term): string {
  const order = postorder([body]);
  const texts = new Map<Term, string>(params.map((param, i) => [param, `p${i}`]));
  const lines: string[] = [];
  const textOf = (t: Term): string => texts.get(t) as string;
  const uses = countUses(order);
  const depths = new Map<Term, number>();
  for (const t of order) {
    if (texts.has(t)) continue;
    const text = expression(t, textOf);
    const depth = 1 + t.args.reduce((max, arg) => Math.max(max, depths.get(arg) ?? 0), 0);
    const shared = t.args.length > 0 && (uses.get(t) ?? 0) > 1;
    if (shared || depth >= NESTING_MAX) {
      const name = `v${lines.length}`;
      lines.push(`const ${name} = ${text};`);
      texts.set(t, name);
    } else {
      texts.set(t, text);
      depths.set(t, depth);
    }
  }
  const formals = params.map((_, i) => `p${i}`).join(', ');
  return `'use strict'; return (${formals}) => {\n${lines.join('\n')}\nreturn ${textOf(body)};\n};`;
}

/** How often the generated text of each term is read. */
function countUses(order: readonly Term[]): Map<Term, number> {
  const uses = new Map<Term, number>();
  for (const t of order) {
    t.args.forEach((arg, i) => {
      uses.set(arg, (uses.get(arg) ?? 0) + timesRead(t, i));
    });
  }
  return uses;
}

// Shifts by a variable count test it before they use it.
function timesRead(t: Term, position: number): number {
  const isShift = t.op === 'bvshl' || t.op === 'bvlshr' || t.op === 'bvashr';
  return isShift && position === 1 ? 2 : 1;
}

/** The JavaScript expression for one node, in parentheses where it is not a call or an atom. */
function expression(t: Term, textOf: (t: Term) => string): string {
  const [a = '', b = '', c = ''] = t.args.map(textOf);
  switch (t.op) {
    case 'var':
      throw new InternalError(`compileTerm: variable ${t.name} is not a parameter`);
    case 'bv':
      return `${t.value}n`;
    case 'bool':
      return String(t.value);
    case 'extract':
      return extractExpression(t.args[0].sort.width, t.sort.width, t.lo, a);
    case 'zero_extend':
      return a;
    case 'sign_extend':
      return `asUintN(${t.sort.width}, asIntN(${t.args[0].sort.width}, ${a}))`;
    case 'concat':
      return `((${a} << ${t.args[1].sort.width}n) | ${b})`;
    case 'bvult':
    case 'bvule':
      return `(${a} ${t.op === 'bvult' ? '<' : '<='} ${b})`;
    case 'bvslt':
    case 'bvsle':
      return signedComparison(t.op === 'bvslt' ? '<' : '<=', t.args[0].sort.width, a, b);
    case '=':
      if (t.args[0].sort.kind === 'Array') throw unsupportedArray(t);
      return `(${a} === ${b})`;
    case 'not':
      return `!${a}`;
    case 'and':
      return `(${a} && ${b})`;
    case 'or':
      return `(${a} || ${b})`;
    case '=>':
      return `(!${a} || ${b})`;
    case 'ite':
      return `(${a} ? ${b} : ${c})`;
    case 'select':
    case 'store':
    case 'const-array':
      throw unsupportedArray(t);
    default:
      return arithmetic(t.op, t.sort.width, a, b);
  }
}

function unsupportedArray(t: Term): InternalError {
  return new InternalError(`compileTerm: ${t.op} on arrays is not supported`);
}

// Bits above `hi` are cut off only where the operand has any.
function extractExpression(from: number, width: number, lo: number, a: string): string {
  const shifted = lo === 0 ? a : `(${a} >> ${lo}n)`;
  return lo + width === from ? shifted : `asUintN(${width}, ${shifted})`;
}

function signedComparison(operator: string, width: number, a: string, b: string): string {
  return `(asIntN(${width}, ${a}) ${operator} asIntN(${width}, ${b}))`;
}

type Arithmetic = keyof typeof BV_BINARY | 'bvnot' | 'bvneg';

function arithmetic(op: Arithmetic, w: number, a: string, b: string): string {
  switch (op) {
    case 'bvadd':
      return `asUintN(${w}, ${a} + ${b})`;
    case 'bvsub':
      return `asUintN(${w}, ${a} - ${b})`;
    case 'bvmul':
      return `asUintN(${w}, ${a} * ${b})`;
    case 'bvneg':
      return `asUintN(${w}, -${a})`;
    case 'bvnot':
      return `asUintN(${w}, ~${a})`;
    case 'bvand':
      return `(${a} & ${b})`;
    case 'bvor':
      return `(${a} | ${b})`;
    case 'bvxor':
      return `(${a} ^ ${b})`;
    case 'bvshl':
      return `(${b} < ${w}n ? asUintN(${w}, ${a} << ${b}) : 0n)`;
    case 'bvlshr':
      return `(${b} < ${w}n ? ${a} >> ${b} : 0n)`;
    case 'bvashr':
      return `asUintN(${w}, asIntN(${w}, ${a}) >> (${b} < ${w}n ? ${b} : ${w}n))`;
    case 'bvudiv':
    case 'bvurem':
    case 'bvsdiv':
    case 'bvsrem':
      return `runtime.${op}(${w}, ${a}, ${b})`;
  }
}

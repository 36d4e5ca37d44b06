// The algebra on expressions: an operator that runs over it once leaves behind what it computes, which module.ts turns
// into WebAssembly. Equal expressions are one object, so that what operators share is computed once.

import type { Algebra, Bits, Logic } from '../algebra.ts';

/** Half words and truth values (0 or 1) are i32, words i64. */
export type ValueType = 'i32' | 'i64';

/** Operands come before what is made of them: their `id` is smaller. */
export interface Expression {
  readonly id: number;
  readonly type: ValueType;
  readonly node: Node;
}

export type Node =
  | { readonly kind: 'constant'; readonly value: bigint }
  | { readonly kind: 'parameter'; readonly index: number }
  /** What the memory holds at a byte offset when the function is entered. */
  | { readonly kind: 'load'; readonly offset: number }
  | { readonly kind: 'operation'; readonly opcode: number; readonly operands: Expression[] }
  | { readonly kind: 'result'; readonly call: Call; readonly index: number };

/** A function of its own, recorded when it is first asked for. It has no side effect. */
export interface Outlined {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
  readonly body: () => readonly Expression[];
}

export interface Call {
  readonly id: number;
  readonly callee: Outlined;
  readonly operands: readonly Expression[];
  /** Where this holds the operands are the results, and nothing is called. */
  readonly unless: Expression | undefined;
}

// Opcodes of i32; those of i64 are a fixed distance further.
const COMPARE = { eqz: 0x45, eq: 0x46, ltS: 0x48, ltU: 0x49, leS: 0x4c, leU: 0x4d } as const;
const COMPARE_I64 = 0x50 - 0x45;
const NUMERIC = {
  ...({ add: 0x6a, sub: 0x6b, mul: 0x6c, and: 0x71, or: 0x72, xor: 0x73 } as const),
  ...({ shl: 0x74, shrS: 0x75, shrU: 0x76 } as const),
};
const NUMERIC_I64 = 0x7c - 0x6a;
const SELECT = 0x1b;
const WRAP = 0xa7;
const EXTEND_S = 0xac;
const EXTEND_U = 0xad;

/** What records expressions: the algebra, and what an operator's operands are recorded as. */
export interface Recorder {
  readonly algebra: Algebra<Expression, Expression>;
  parameter(type: ValueType, index: number): Expression;
  load(type: ValueType, offset: number): Expression;
  /** The results of a call; the callee's results have the types of its operands where `unless` is given. */
  call(callee: Outlined, operands: readonly Expression[], unless?: Expression): Expression[];
}

export function createRecorder(): Recorder {
  const interned = new Map<string, Expression>();
  let ids = 0;
  const intern = (key: string, type: ValueType, node: Node): Expression => {
    let found = interned.get(key);
    if (found === undefined) {
      found = { id: ids++, type, node };
      interned.set(key, found);
    }
    return found;
  };
  const constant = (type: ValueType, value: bigint): Expression =>
    intern(`${type} ${value}`, type, { kind: 'constant', value });
  const operation = (type: ValueType, opcode: number, ...operands: Expression[]): Expression =>
    intern(`op${opcode} ${operands.map(({ id }) => id).join(' ')}`, type, {
      kind: 'operation',
      opcode,
      operands,
    });

  const yes = constant('i32', 1n);
  const no = constant('i32', 0n);
  const logic: Logic<Expression> = {
    true: yes,
    false: no,
    not: (a) => (a === yes ? no : a === no ? yes : operation('i32', COMPARE.eqz, a)),
    and: (a, b) => {
      if (a === no || b === no) return no;
      return a === yes ? b : b === yes ? a : operation('i32', NUMERIC.and, a, b);
    },
    or: (a, b) => {
      if (a === yes || b === yes) return yes;
      return a === no ? b : b === no ? a : operation('i32', NUMERIC.or, a, b);
    },
    known: (a) => (a === yes ? true : a === no ? false : undefined),
  };

  const bitsOf = (type: ValueType): Bits<Expression, Expression> => {
    const width = type === 'i64' ? 64 : 32;
    const of = (value: bigint) => constant(type, BigInt.asUintN(width, value));
    const [zero, ones, counts] = [of(0n), of(-1n), of(BigInt(width))];
    const numeric = (name: keyof typeof NUMERIC) => {
      const opcode = NUMERIC[name] + (type === 'i64' ? NUMERIC_I64 : 0);
      return (a: Expression, b: Expression) => operation(type, opcode, a, b);
    };
    const compare = (name: Exclude<keyof typeof COMPARE, 'eqz'>) => {
      const opcode = COMPARE[name] + (type === 'i64' ? COMPARE_I64 : 0);
      return (a: Expression, b: Expression) => operation('i32', opcode, a, b);
    };
    const [ult, slt] = [compare('ltU'), compare('ltS')];
    const ite = (condition: Expression, a: Expression, b: Expression): Expression => {
      if (condition === yes || a === b) return a;
      return condition === no ? b : operation(type, SELECT, a, b, condition);
    };
    const fits = (count: Expression): Expression => {
      if (count.node.kind !== 'constant') return ult(count, counts);
      return count.node.value < BigInt(width) ? yes : no;
    };
    const [shl, lshr, ashr] = [numeric('shl'), numeric('shrU'), numeric('shrS')];
    const [sub, xor] = [numeric('sub'), numeric('xor')];
    return {
      width,
      zero,
      one: of(1n),
      ones,
      signedMin: of(1n << BigInt(width - 1)),
      signedMax: of((1n << BigInt(width - 1)) - 1n),
      of,
      add: numeric('add'),
      sub,
      mul: numeric('mul'),
      neg: (a) => sub(zero, a),
      and: numeric('and'),
      or: numeric('or'),
      xor,
      not: (a) => xor(a, ones),
      shl: (a, count) => ite(fits(count), shl(a, count), zero),
      lshr: (a, count) => ite(fits(count), lshr(a, count), zero),
      ashr: (a, count) => ashr(a, ite(fits(count), count, of(BigInt(width - 1)))),
      eq: compare('eq'),
      ult,
      ule: compare('leU'),
      slt,
      sle: compare('leS'),
      minU: (a, b) => ite(ult(a, b), a, b),
      maxU: (a, b) => ite(ult(a, b), b, a),
      minS: (a, b) => ite(slt(a, b), a, b),
      maxS: (a, b) => ite(slt(a, b), b, a),
      ite,
    };
  };

  return {
    algebra: {
      logic,
      wide: bitsOf('i64'),
      half: bitsOf('i32'),
      low: (a) => operation('i32', WRAP, a),
      zext: (a) => operation('i64', EXTEND_U, a),
      sext: (a) => operation('i64', EXTEND_S, a),
    },
    parameter: (type, index) =>
      intern(`parameter ${type} ${index}`, type, { kind: 'parameter', index }),
    load: (type, offset) => intern(`load ${type} ${offset}`, type, { kind: 'load', offset }),
    call: (callee, operands, unless) => {
      const call: Call = { id: ids++, callee, operands, unless };
      return callee.results.map((type, index) => ({
        id: ids++,
        type,
        node: { kind: 'result', call, index },
      }));
    },
  };
}

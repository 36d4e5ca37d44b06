// WebAssembly modules of one function each, from expressions: what is used more than once gets a local, the rest stays
// nested; a local serves again once its value was used for the last time. Functions share one memory and import those
// that they call.

import { invariant } from '../../errors.ts';
import type { Call, Expression, Outlined, ValueType } from './expression.ts';

/** What a function leaves behind: results, and values at byte offsets of the memory. */
export interface Body {
  readonly parameters: readonly ValueType[];
  readonly results: readonly Expression[];
  readonly stores: readonly { readonly offset: number; readonly value: Expression }[];
}

/** A module, with the functions that it imports as f.0, f.1, …; its memory is m.m, its function is exported as f. */
export interface Module {
  readonly bytes: Uint8Array;
  readonly imports: readonly Outlined[];
}

const TYPES = { i32: 0x7f, i64: 0x7e } as const;
const CONST = { i32: 0x41, i64: 0x42 } as const;
const LOAD = { i32: 0x28, i64: 0x29 } as const;
const STORE = { i32: 0x36, i64: 0x37 } as const;
const ALIGNMENT = { i32: 2, i64: 3 } as const;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const CALL = 0x10;
const IF = 0x04;
const ELSE = 0x05;
const END = 0x0b;
const NO_RESULT = 0x40;

/** LEB128 of a number from 0 up. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

/** LEB128 of a word taken as signed. */
function signed(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    if (rest >> 6n === 0n || rest >> 6n === -1n) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

const name = (text: string): number[] => [text.length, ...[...text].map((c) => c.charCodeAt(0))];
const vector = (items: readonly (readonly number[])[]): number[] => [
  ...unsigned(items.length),
  ...items.flat(),
];
const section = (id: number, content: number[]): number[] => [
  id,
  ...unsigned(content.length),
  ...content,
];
const typesOf = (types: readonly ValueType[]): number[] => vector(types.map((t) => [TYPES[t]]));
const functionType = (
  parameters: readonly ValueType[],
  results: readonly ValueType[],
): number[] => [0x60, ...typesOf(parameters), ...typesOf(results)];

/** How often each expression is used, in the order of their ids, and the calls. */
function usesOf(roots: readonly Expression[]): { order: Expression[]; uses: Map<number, number> } {
  const uses = new Map<number, number>();
  const order: Expression[] = [];
  const calls = new Set<Call>();
  const pending = [...roots];
  for (let e = pending.pop(); e !== undefined; e = pending.pop()) {
    const before = uses.get(e.id) ?? 0;
    uses.set(e.id, before + 1);
    if (before > 0) continue;
    order.push(e);
    if (e.node.kind === 'operation') pending.push(...e.node.operands);
    if (e.node.kind !== 'result' || calls.has(e.node.call)) continue;
    const { call } = e.node;
    calls.add(call);
    pending.push(...call.operands);
    if (call.unless !== undefined) pending.push(...call.operands, call.unless);
  }
  order.sort((a, b) => a.id - b.id);
  return { order, uses };
}

/** The instructions of one function. */
class Emitter {
  readonly code: number[] = [];
  readonly locals: ValueType[] = [];
  readonly imports: Outlined[] = [];
  readonly #parameters: number;
  /** Uses of each expression that are still to come. */
  readonly #uses: Map<number, number>;
  readonly #places = new Map<number, number>();
  readonly #free = { i32: [] as number[], i64: [] as number[] };
  readonly #called = new Set<Call>();

  constructor(parameters: number, uses: Map<number, number>) {
    this.#parameters = parameters;
    this.#uses = uses;
  }

  /** Gives the expression a local, and the local its value. */
  keep(e: Expression): void {
    if (e.node.kind === 'result') return this.#call(e.node.call);
    this.push(e);
    this.code.push(LOCAL_SET, ...unsigned(this.#place(e.id, e.type)));
  }

  /** Pushes its value on the operand stack. */
  push(e: Expression): void {
    const { node, type } = e;
    const place = this.#places.get(e.id);
    if (place !== undefined) {
      this.code.push(LOCAL_GET, ...unsigned(place));
      const left = this.#uses.get(e.id)! - 1;
      this.#uses.set(e.id, left);
      if (left === 0) this.#free[type].push(place);
      return;
    }
    switch (node.kind) {
      case 'constant':
        this.code.push(CONST[type], ...signed(BigInt.asIntN(type === 'i64' ? 64 : 32, node.value)));
        return;
      case 'parameter':
        this.code.push(LOCAL_GET, ...unsigned(node.index));
        return;
      case 'load':
        this.code.push(0x41, 0, LOAD[type], ALIGNMENT[type], ...unsigned(node.offset));
        return;
      case 'operation':
        for (const operand of node.operands) this.push(operand);
        this.code.push(node.opcode);
        return;
      case 'result':
        invariant(false, 'the results of a call have places');
    }
  }

  store(offset: number, value: Expression): void {
    this.code.push(0x41, 0);
    this.push(value);
    this.code.push(STORE[value.type], ALIGNMENT[value.type], ...unsigned(offset));
  }

  #place(id: number, type: ValueType): number {
    const place = this.#free[type].pop() ?? this.#parameters + this.locals.push(type) - 1;
    this.#places.set(id, place);
    return place;
  }

  #call(call: Call): void {
    if (this.#called.has(call)) return;
    this.#called.add(call);
    const { callee, operands, unless } = call;
    const places = callee.results.map((type, i) => this.#place(call.id + 1 + i, type));
    const setAll = () => {
      for (const place of places.toReversed()) this.code.push(LOCAL_SET, ...unsigned(place));
    };
    if (unless !== undefined) {
      this.push(unless);
      this.code.push(IF, NO_RESULT);
      for (const operand of operands) this.push(operand);
      setAll();
      this.code.push(ELSE);
    }
    for (const operand of operands) this.push(operand);
    this.code.push(CALL, ...unsigned(this.#import(callee)));
    setAll();
    if (unless !== undefined) this.code.push(END);
    for (const [i, type] of callee.results.entries()) {
      if (!this.#uses.has(call.id + 1 + i)) this.#free[type].push(places[i]!);
    }
  }

  #import(callee: Outlined): number {
    const index = this.imports.indexOf(callee);
    return index >= 0 ? index : this.imports.push(callee) - 1;
  }
}

/** What needs no local: a leaf is as cheap as one, and a single use stays where it is. */
function isNested({ id, node }: Expression, uses: ReadonlyMap<number, number>): boolean {
  if (node.kind === 'constant' || node.kind === 'parameter') return true;
  return node.kind !== 'result' && uses.get(id) === 1;
}

export function moduleOf({ parameters, results, stores }: Body): Module {
  const { order, uses } = usesOf([...results, ...stores.map(({ value }) => value)]);
  const kept = order.filter((e) => !isNested(e, uses));
  const emitter = new Emitter(parameters.length, uses);
  for (const e of kept) emitter.keep(e);
  for (const { offset, value } of stores) emitter.store(offset, value);
  for (const value of results) emitter.push(value);

  const { imports, locals, code } = emitter;
  const types = [
    functionType(
      parameters,
      results.map(({ type }) => type),
    ),
    ...imports.map((callee) => functionType(callee.parameters, callee.results)),
  ];
  const imported = [
    [...name('m'), ...name('m'), 0x02, 0x00, 1],
    ...imports.map((_, i) => [...name('f'), ...name(`${i}`), 0x00, ...unsigned(1 + i)]),
  ];
  const body = [...vector(locals.map((type) => [1, TYPES[type]])), ...code, END];
  const bytes = new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(2, vector(imported)),
    ...section(3, vector([[0]])),
    ...section(7, vector([[...name('f'), 0x00, ...unsigned(imports.length)]])),
    ...section(10, vector([[...unsigned(body.length), ...body]])),
  ]);
  return { bytes, imports };
}

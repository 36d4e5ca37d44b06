// Evaluates the SMT-LIB files of extracted operators: one assertion that defines every variable from the inputs, under
// guards. Given the inputs, values are propagated until everything is known; nothing is searched.

import { invariant } from '../../../../model/errors.ts';

type Value = bigint | boolean;
type Text = string | Text[];

interface Node {
  readonly op: string;
  readonly args: readonly Node[];
  readonly width: number;
  /** Of a constant; of anything else, in the run `run`. */
  value: Value | undefined;
  run: number;
  /** The pass in which it was found to be open. */
  openIn: number;
}

interface Constraint {
  readonly guards: readonly Node[];
  readonly atom: Node;
}

const CONSTANT_RUN = -1;

/** A file, ready to be evaluated. */
export class Formula {
  readonly #variables = new Map<string, Node>();
  /** In the order in which they could be used in the run before. */
  #constraints: Constraint[] = [];
  #run = 0;
  /** Passes over the constraints; what is open stays so within one. */
  #pass = 0;

  constructor(text: string) {
    for (const form of parse(text)) {
      invariant(Array.isArray(form), 'a file holds forms');
      const [head, ...rest] = form;
      if (head === 'declare-fun') this.#declare(rest[0] as string, rest[2] as Text);
      else if (head === 'assert') this.#assert(this.#node(rest[0] as Text, new Map()), []);
      else invariant(false, `unexpected ${String(head)}`);
    }
  }

  /** The values of all variables that follow from those given, by name. */
  solve(inputs: ReadonlyMap<string, bigint>): (name: string) => Value | undefined {
    this.#run++;
    for (const [name, value] of inputs) this.#set(this.#variable(name), value);
    let open = this.#constraints;
    const used: Constraint[] = [];
    for (let before = -1; open.length !== before; ) {
      before = open.length;
      this.#pass++;
      open = open.filter((constraint) => {
        if (!this.#use(constraint)) return true;
        used.push(constraint);
        return false;
      });
    }
    this.#constraints = [...used, ...open];
    this.#pass++;
    return (name) => this.#value(this.#variable(name));
  }

  #declare(name: string, sort: Text): void {
    const width = Array.isArray(sort) ? Number(sort[2]) : 0;
    const node = { op: 'var', args: [], width, value: undefined, run: 0, openIn: 0 };
    this.#variables.set(name, node);
  }

  #variable(name: string): Node {
    const node = this.#variables.get(name);
    invariant(node !== undefined, `there is a variable ${name}`);
    return node;
  }

  #node(text: Text, bound: ReadonlyMap<string, Node>): Node {
    if (typeof text === 'string') return bound.get(text) ?? this.#atom(text);
    const [head, ...rest] = text;
    if (head === 'let') {
      const inner = new Map(bound);
      for (const binding of rest[0] as Text[]) {
        const [name, definition] = binding as [string, Text];
        inner.set(name, this.#node(definition, bound));
      }
      return this.#node(rest[1] as Text, inner);
    }
    const args = rest.map((one) => this.#node(one, bound));
    const op = Array.isArray(head) ? head.join(' ') : (head as string);
    return { op, args, width: widthOf(op, args), value: undefined, run: 0, openIn: 0 };
  }

  #atom(text: string): Node {
    if (text === 'true' || text === 'false') return constant(0, text === 'true');
    if (text.startsWith('#x')) return constant(4 * (text.length - 2), BigInt(`0${text.slice(1)}`));
    if (text.startsWith('#b')) return constant(text.length - 2, BigInt(`0${text.slice(1)}`));
    return this.#variable(text);
  }

  #assert(node: Node, guards: readonly Node[]): void {
    const [first, second, third] = node.args;
    if (node.op === 'and') for (const arg of node.args) this.#assert(arg, guards);
    else if (node.op === '=>') this.#assert(second!, [...guards, first!]);
    else if (node.op === 'ite') {
      this.#assert(second!, [...guards, first!]);
      this.#assert(third!, [...guards, negation(first!)]);
    } else this.#constraints.push({ guards, atom: node });
  }

  /** Whether nothing more can be learned from it. @throws InternalError when it does not hold. */
  #use({ guards, atom }: Constraint): boolean {
    const values = guards.map((guard) => this.#value(guard));
    if (values.includes(false)) return true;
    if (values.includes(undefined)) return false;
    return this.#make(atom, true);
  }

  #make(node: Node, wanted: boolean): boolean {
    const value = this.#value(node);
    if (value !== undefined) {
      invariant(value === wanted, `the formula holds at ${node.op}`);
      return true;
    }
    const [a, b] = node.args;
    switch (node.op) {
      case 'var':
        this.#set(node, wanted);
        return true;
      case 'not':
        return this.#make(a!, !wanted);
      case '=':
        return wanted && (this.#equate(a!, b!) || this.#equate(b!, a!));
      case '=>':
        return this.#makeSome([negation(a!), b!], wanted);
      case 'or':
        return this.#makeSome(node.args, wanted);
      case 'and':
        return this.#makeSome(node.args.map(negation), !wanted);
      default:
        return false;
    }
  }

  /** One of them holds, or none does. */
  #makeSome(nodes: readonly Node[], wanted: boolean): boolean {
    if (!wanted) return nodes.map((node) => this.#make(node, false)).every((done) => done);
    const open = nodes.filter((node) => this.#value(node) !== false);
    return open.length === 1 && this.#make(open[0]!, true);
  }

  #equate(target: Node, source: Node): boolean {
    const value = this.#value(source);
    if (value === undefined) return false;
    if (target.op === 'var') {
      this.#set(target, value);
      return true;
    }
    return typeof value === 'boolean' && this.#make(target, value);
  }

  #set(node: Node, value: Value): void {
    node.value = value;
    node.run = this.#run;
  }

  #value(node: Node): Value | undefined {
    if (node.run === this.#run || node.run === CONSTANT_RUN) return node.value;
    if (node.op === 'var' || node.openIn === this.#pass) return undefined;
    const value = apply(node, (arg) => this.#value(arg));
    if (value === undefined) node.openIn = this.#pass;
    else this.#set(node, value);
    return value;
  }
}

function constant(width: number, value: Value): Node {
  return { op: 'constant', args: [], width, value, run: CONSTANT_RUN, openIn: 0 };
}

function negation(node: Node): Node {
  return { op: 'not', args: [node], width: 0, value: undefined, run: 0, openIn: 0 };
}

function widthOf(op: string, args: readonly Node[]): number {
  const indexed = /^_ (\S+) (\d+)(?: (\d+))?$/.exec(op);
  if (indexed === null) {
    if (op === 'concat') return args.reduce((sum, arg) => sum + arg.width, 0);
    return op === 'ite' ? args[1]!.width : (args[0]?.width ?? 0);
  }
  const [hi, lo] = [Number(indexed[2]), Number(indexed[3] ?? 0)];
  return indexed[1] === 'extract' ? hi - lo + 1 : args[0]!.width + hi;
}

type Lookup = (node: Node) => Value | undefined;

function apply(node: Node, lookup: Lookup): Value | undefined {
  const { op, args } = node;
  switch (op) {
    case 'and':
    case 'or': {
      const decisive = op === 'or';
      let open = false;
      for (const arg of args) {
        const value = lookup(arg);
        if (value === decisive) return decisive;
        open ||= value === undefined;
      }
      return open ? undefined : !decisive;
    }
    case 'ite': {
      const condition = lookup(args[0]!);
      return condition === undefined ? undefined : lookup(condition ? args[1]! : args[2]!);
    }
    case '=>': {
      const premise = lookup(args[0]!);
      if (premise === false) return true;
      const conclusion = lookup(args[1]!);
      return premise === undefined && conclusion !== true ? undefined : conclusion;
    }
  }
  const values: Value[] = [];
  for (const arg of args) {
    const value = lookup(arg);
    if (value === undefined) return undefined;
    values.push(value);
  }
  if (op === 'not') return !values[0];
  if (op === '=') return values[0] === values[1];
  if (op === 'distinct') return values[0] !== values[1];
  return bitvector(node, values as bigint[]);
}

function bitvector({ op, args, width }: Node, values: readonly bigint[]): Value {
  const w = args[0]!.width;
  const [a, b] = [values[0]!, values[1] ?? 0n];
  const [sa, sb] = [BigInt.asIntN(w, a), BigInt.asIntN(w, b)];
  const all = (f: (x: bigint, y: bigint) => bigint) => BigInt.asUintN(width, values.reduce(f));
  switch (op) {
    case 'bvadd':
      return all((x, y) => x + y);
    case 'bvmul':
      return all((x, y) => x * y);
    case 'bvand':
      return all((x, y) => x & y);
    case 'bvor':
      return all((x, y) => x | y);
    case 'bvxor':
      return all((x, y) => x ^ y);
    case 'bvsub':
      return BigInt.asUintN(width, a - b);
    case 'bvneg':
      return BigInt.asUintN(width, -a);
    case 'bvnot':
      return BigInt.asUintN(width, ~a);
    case 'bvshl':
      return b >= w ? 0n : BigInt.asUintN(width, a << b);
    case 'bvlshr':
      return b >= w ? 0n : a >> b;
    case 'bvashr':
      return BigInt.asUintN(width, sa >> (b >= w ? BigInt(w) : b));
    case 'bvult':
      return a < b;
    case 'bvule':
      return a <= b;
    case 'bvugt':
      return a > b;
    case 'bvuge':
      return a >= b;
    case 'bvslt':
      return sa < sb;
    case 'bvsle':
      return sa <= sb;
    case 'bvsgt':
      return sa > sb;
    case 'bvsge':
      return sa >= sb;
    case 'concat':
      return args.reduce((sum, arg, i) => (sum << BigInt(arg.width)) | values[i]!, 0n);
  }
  const [, name, hi, lo] = /^_ (\S+) (\d+)(?: (\d+))?$/.exec(op) ?? [];
  if (name === 'extract') return BigInt.asUintN(Number(hi) - Number(lo) + 1, a >> BigInt(lo!));
  if (name === 'zero_extend') return a;
  invariant(name === 'sign_extend', `operator ${op}`);
  return BigInt.asUintN(width, sa);
}

function parse(text: string): Text[] {
  const stack: Text[][] = [[]];
  for (const [token] of text.matchAll(/;[^\n]*|[()]|\|[^|]*\||[^\s()|;]+/g)) {
    if (token.startsWith(';')) continue;
    if (token === '(') stack.push([]);
    else if (token === ')') {
      const list = stack.pop()!;
      stack[stack.length - 1]!.push(list);
    } else stack[stack.length - 1]!.push(token.replace(/^\|(.*)\|$/, '$1'));
  }
  invariant(stack.length === 1, 'parentheses match');
  return stack[0]!;
}

// A version's operators, recorded once over expressions and compiled: what runs is what the operators of this folder
// say, and what a variant says in their place.

import { createDomain, type Domain, type Variant } from '../domain.ts';
import type { DomainVersion } from '../rules.ts';
import { OFFSETS, STATE_WORDS } from '../scalar-state.ts';
import type { RegState } from '../state.ts';
import type { MulStep, Tnum } from '../tnum.ts';
import { createRecorder, type Expression, type Outlined, type ValueType } from './expression.ts';
import { createLinker } from './link.ts';
import type { Body } from './module.ts';

type State = RegState<Expression>;
type Recorded = Domain<Expression, Expression>;

/** Where operands and results lie in the memory, in units of 32 bits: two states, then two more. */
export const OPERANDS = [0, STATE_WORDS] as const;
export const RESULTS = [2 * STATE_WORDS, 3 * STATE_WORDS] as const;

/** Operators that read their operands from the memory and write their results there. */
export interface CompiledDomain {
  readonly memory: Int32Array;
  /** An operator that gives up to two states. */
  states(operator: (d: Recorded, dst: State, src: State) => readonly State[]): () => number;
  /** One that gives a number of 32 bits. */
  number(operator: (d: Recorded, dst: State, src: State) => Expression): () => number;
  /** One on the word where the first operand begins. */
  ofWord(operator: (d: Recorded, word: Expression) => State): () => number;
}

/** The parts of a state, and of a state as operands of a function, in the order in which they lie in memory. */
const TYPES: readonly ValueType[] = [
  ...(['i64', 'i64', 'i64', 'i64', 'i64', 'i64'] as const),
  ...(['i32', 'i32', 'i32', 'i32'] as const),
];
const PLACES = [OFFSETS.varOff, OFFSETS.r64, OFFSETS.r32].flatMap((part) => Object.values(part));

const partsOf = ({ varOff, r64, r32 }: State): Expression[] => [
  ...[varOff.value, varOff.mask, r64.umin, r64.umax, r64.smin, r64.smax],
  ...[r32.umin, r32.umax, r32.smin, r32.smax],
];

function stateOf(parts: readonly Expression[]): State {
  const [value, mask, ...bounds] = parts as [Expression, Expression];
  const rangeAt = (i: number) => {
    const [umin, umax, smin, smax] = bounds.slice(i, i + 4) as unknown as Expression[];
    return { umin: umin!, umax: umax!, smin: smin!, smax: smax! };
  };
  return { varOff: { value, mask }, r64: rangeAt(0), r32: rangeAt(4) };
}

type Stage = (a: State) => State;
type Recorder = ReturnType<typeof createRecorder>;

/** All of them hold. */
function all({ algebra: { logic } }: Recorder, conditions: readonly Expression[]): Expression {
  return conditions.reduce(logic.and, logic.true);
}

/** Where all corresponding parts are the same. */
function same(recorder: Recorder, a: readonly Expression[], b: readonly Expression[]): Expression {
  const { wide, half } = recorder.algebra;
  return all(
    recorder,
    a.map((x, i) => (x.type === 'i64' ? wide : half).eq(x, b[i]!)),
  );
}

/** Whether every part of the state says that it is this one word. */
function isExact(recorder: Recorder, { varOff: { value, mask }, r64, r32 }: State): Expression {
  const { wide, half, low } = recorder.algebra;
  return all(recorder, [
    wide.eq(mask, wide.zero),
    ...Object.values(r64).map((bound) => wide.eq(bound, value)),
    ...Object.values(r32).map((bound) => half.eq(bound, low(value))),
  ]);
}

/** The stage as a function of its own. */
function outline(
  recorder: Recorder,
  stage: Stage,
  unless: (operands: readonly Expression[], callee: Outlined) => Expression | undefined,
): Stage {
  const callee: Outlined = {
    parameters: TYPES,
    results: TYPES,
    body: () => partsOf(stage(stateOf(TYPES.map(recorder.parameter)))),
  };
  return (a) => {
    const operands = partsOf(a);
    return stateOf(recorder.call(callee, operands, unless(operands, callee)));
  };
}

/** A function that is applied again does nothing where it did nothing before. */
function idempotence(recorder: Recorder) {
  return (operands: readonly Expression[], callee: Outlined): Expression | undefined => {
    const [first] = operands;
    if (first?.node.kind !== 'result' || first.node.call.callee !== callee) return undefined;
    const { call } = first.node;
    const isResult = ({ node }: Expression, i: number) =>
      node.kind === 'result' && node.call === call && node.index === i;
    return operands.every(isResult) ? same(recorder, operands, call.operands) : undefined;
  };
}

type TnumStep = (step: MulStep<Expression>) => MulStep<Expression>;

/** One bit of a multiplication; where no bits are left of the multiplier, the sum stays as it is. */
function outlineMulStep(recorder: Recorder, mulStep: TnumStep, type: ValueType): TnumStep {
  const { wide, half } = recorder.algebra;
  const bits = type === 'i64' ? wide : half;
  const parameters: readonly ValueType[] = [type, type, type, type, type, type];
  const flat = ({ a, b, sum }: MulStep<Expression>) =>
    [a, b, sum].flatMap(({ value, mask }) => [value, mask]);
  const nested = (parts: readonly Expression[]): MulStep<Expression> => {
    const tnumAt = (i: number): Tnum<Expression> => ({ value: parts[i]!, mask: parts[i + 1]! });
    return { a: tnumAt(0), b: tnumAt(2), sum: tnumAt(4) };
  };
  const callee: Outlined = {
    parameters,
    results: parameters,
    body: () => flat(mulStep(nested(parameters.map(recorder.parameter)))),
  };
  return (step) => {
    const rest = bits.or(step.a.value, step.a.mask);
    return nested(recorder.call(callee, flat(step), bits.eq(rest, bits.zero)));
  };
}

/**
 * The variant with the stages of which operators consist as functions of their own, so that they are compiled once and
 * left out where they do nothing. That the reduction leaves single words alone is known of the versions only.
 */
function outlined(recorder: Recorder, variant: Variant | undefined): Variant {
  const unlessExact = (operands: readonly Expression[]) =>
    variant === undefined ? isExact(recorder, stateOf(operands)) : undefined;
  return {
    ...variant,
    tnum: ((old, words) => {
      const changed = variant?.tnum?.(old, words);
      const { mulStep } = { ...old, ...changed } as unknown as { mulStep: TnumStep };
      const type = words.part === 'register' ? 'i64' : 'i32';
      return { ...changed, mulStep: outlineMulStep(recorder, mulStep, type) };
    }) as NonNullable<Variant['tnum']>,
    registers: ((old, current) => {
      const changed = variant?.registers?.(old, current);
      const { deduceBounds, sync } = { ...old, ...changed } as unknown as Recorded;
      return {
        ...changed,
        deduceBounds: outline(recorder, deduceBounds, idempotence(recorder)),
        sync: outline(recorder, sync, unlessExact),
      };
    }) as NonNullable<Variant['registers']>,
  };
}

export function compileDomain(version: DomainVersion, variant?: Variant): CompiledDomain {
  const recorder = createRecorder();
  const domain = createDomain(recorder.algebra, version, outlined(recorder, variant));
  const linker = createLinker();

  const operandAt = (at: number): State =>
    stateOf(TYPES.map((type, i) => recorder.load(type, 4 * at + PLACES[i]!)));
  const [dst, src] = OPERANDS.map(operandAt) as [State, State];
  const stores = (states: readonly State[]): Body['stores'] =>
    states.flatMap((state, n) =>
      partsOf(state).map((value, i) => ({ offset: 4 * RESULTS[n]! + PLACES[i]!, value })),
    );
  return {
    memory: new Int32Array(linker.buffer),
    states: (operator) => linker.compile(stores(operator(domain, dst, src))),
    number: (operator) => linker.compile([], operator(domain, dst, src)),
    ofWord: (operator) => linker.compile(stores([operator(domain, dst.varOff.value)])),
  };
}

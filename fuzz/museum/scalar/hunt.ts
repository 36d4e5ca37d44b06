// Turns a wrong operator into a program that shows it: an unknown word from the context, a few instructions after
// which the variant's states do not hold what the interpreter computes, and an exit. Programs are drawn at random,
// shortest first; only those about which variant and mended version disagree are run.

import { interpret } from '../../../interp/index.ts';
import { InternalError } from '../../../model/errors.ts';
import {
  type AluOperation,
  type Comparison,
  createDomain,
  type Domain,
  type DomainVersion,
  numbers,
  type RegState,
  type Variant,
} from '../../../model/domain/index.ts';
import { assemble } from '../../../model/isa/text/assemble.ts';
import { createProgram } from '../../../model/isa/program.ts';
import { createScenario } from '../../../model/scenario/create.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';

type Numbers = Domain<bigint, boolean>;
type State = RegState<bigint>;

/** Kinds of instructions that a hunt may use. */
export type Move =
  | ('mov32' | 'mov32reg' | 'movsx' | 'movsx32' | 'alu32' | 'alu64' | 'shift')
  | ('and' | 'or' | 'xor' | 'sub' | 'bound' | 'bound32');

export interface ScalarBug {
  readonly id: string;
  readonly title: string;
  /** The kernels that had it. */
  readonly range: string;
  /** The version whose operators the variant changes; without the change it is the mended one. */
  readonly version: DomainVersion;
  readonly variant: Variant;
  /** The theorem that refutes the variant, and the lemma in it. */
  readonly theorem: string;
  readonly lemma: string;
  /** What the program is looked for among. */
  readonly moves: readonly Move[];
}

/** All kinds, for an operator of which nothing is known. */
export const MOVES: readonly Move[] = [
  ...(['mov32', 'mov32reg', 'movsx', 'movsx32', 'alu32', 'alu64', 'shift'] as const),
  ...(['and', 'or', 'xor', 'sub', 'bound', 'bound32'] as const),
];

/** What a hunt has to know of an operator. */
export type Suspect = Pick<ScalarBug, 'version' | 'variant' | 'moves'>;

export interface ScalarFinding {
  /** The program, a line for each instruction. */
  readonly program: readonly string[];
  /** Runs it on the input that shows the bug. */
  readonly scenario: Scenario;
  /** What the interpreter gives, which lies in none of the states at an exit. */
  readonly r0: bigint;
  readonly states: readonly State[];
  /** States at an exit in the mended version, one of which holds r0. */
  readonly mended: readonly State[];
}

/** An instruction on R0 (and R2, an unknown word of its own), and what a verifier makes of it. */
interface Step {
  readonly text: (exit: string) => string;
  /** The states in which execution goes on; others leave by the exit. */
  readonly apply: (d: Numbers, state: State) => { next: State | undefined; exits: State[] };
}

const algebra = numbers(64);
const STEPS_MAX = 4;
const TRIES = 4_000;

const IMMEDIATES = [0, 1, 2, 7, 8, 15, 31, 0x7f, 0x80, 0xff, 0x100, 0xfff, 0x7fff, 0x8000].concat([
  0xffff, 0x10000, 0x7fffffff, -1, -2, -8, -128, -129, -256, -0x8000, -0x7fffffff, -0x80000000,
]);

/** Words to run a program on. */
const INPUTS: readonly bigint[] = [
  ...[0n, 1n, 2n, 3n, 0x7fn, 0x80n, 0x81n, 0xffn, 0x100n, 0x101n, 0xffffn, 0x8000n, 0x10001n],
  ...[0x7fff_ffffn, 0x8000_0000n, 0x8000_0001n, 0xffff_fffen, 0xffff_ffffn, 0x1_0000_0000n],
  ...[0x1_0000_0001n, 0x1_8000_0000n, 0x1_ffff_ffffn, 0x2_0000_0000n, 0x7_0000_0000n],
  ...[0x7fff_ffff_0000_0000n, 0x7fff_ffff_ffff_fffen, 0x7fff_ffff_ffff_ffffn],
  ...[0x8000_0000_0000_0000n, 0x8000_0000_0000_0001n, 0x8000_0000_8000_0000n],
  ...[0xffff_ffff_0000_0000n, 0xffff_ffff_7fff_ffffn, 0xffff_ffff_8000_0000n],
  ...[0xffff_ffff_ffff_ff00n, 0xffff_ffff_ffff_ff7fn, 0xffff_ffff_ffff_fffen],
  ...[0xffff_ffff_ffff_ffffn, 0x0123_4567_89ab_cdefn, 0xfedc_ba98_7654_3210n],
];

type Draw = (below: number) => number;

/** The same numbers for the same seed (xorshift). */
function drawFrom(seed: number): Draw {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const pick = <T>(draw: Draw, from: readonly T[]): T => from[draw(from.length)]!;

const SYMBOLS: Readonly<Partial<Record<AluOperation, string>>> = {
  add: '+',
  sub: '-',
  mul: '*',
  and: '&',
  or: '|',
  xor: '^',
  lsh: '<<',
  rsh: '>>',
  arsh: 's>>',
};
const COMPARED: Readonly<Partial<Record<Comparison, string>>> = {
  jeq: '==',
  jne: '!=',
  jgt: '>',
  jge: '>=',
  jlt: '<',
  jle: '<=',
  jsgt: 's>',
  jsge: 's>=',
  jslt: 's<',
  jsle: 's<=',
};
const ARITHMETIC = ['add', 'sub', 'and', 'or', 'xor'] as const;
const SHIFTS = ['lsh', 'rsh', 'arsh'] as const;
const COMPARISONS = Object.keys(COMPARED) as Comparison[];

const goesOn = (next: State) => ({ next, exits: [] });

function aluStep(op: AluOperation, width: 32 | 64, imm: number): Step {
  return {
    text: () => `${width === 64 ? 'r' : 'w'}0 ${SYMBOLS[op]}= ${imm}`,
    apply: (d, state) => goesOn(d.alu(op, width, state, d.immediate(BigInt(imm)))),
  };
}

function boundStep(op: Comparison, width: 32 | 64, imm: number): Step {
  return {
    text: (exit) => `if ${width === 64 ? 'r' : 'w'}0 ${COMPARED[op]} ${imm} goto ${exit}`,
    apply: (d, state) => {
      const operand = d.immediate(BigInt(imm));
      const { taken, notTaken } = d.branchTaken(op, width, state, operand);
      const way = (isTaken: boolean) => d.refine(op, width, isTaken, state, operand)[0];
      return {
        next: taken ? undefined : way(false),
        exits: notTaken ? [] : [way(true)],
      };
    },
  };
}

function drawStep(draw: Draw, move: Move): Step {
  const imm = pick(draw, IMMEDIATES);
  const width = move.endsWith('32') ? 32 : 64;
  switch (move) {
    case 'mov32':
      return {
        text: () => `w0 = ${imm}`,
        apply: (d) => goesOn(d.mov(32, d.immediate(BigInt(imm)))),
      };
    case 'mov32reg':
      return { text: () => 'w0 = w0', apply: (d, state) => goesOn(d.mov(32, state)) };
    case 'movsx':
    case 'movsx32': {
      const size = pick(draw, move === 'movsx' ? [8, 16, 32] : [8, 16]);
      const register = width === 64 ? 'r0' : 'w0';
      return {
        text: () => `${register} = (s${size})${register}`,
        apply: (d, state) => goesOn(d.movsx(width, size, state)),
      };
    }
    case 'alu32':
    case 'alu64':
      return aluStep(pick(draw, ARITHMETIC), width, imm);
    case 'shift': {
      const wide = draw(2) === 0 ? 64 : 32;
      const count = pick(draw, wide === 64 ? [1, 8, 31, 32, 33, 63] : [1, 8, 16, 31]);
      return aluStep(pick(draw, SHIFTS), wide, count);
    }
    case 'bound':
    case 'bound32':
      return boundStep(pick(draw, COMPARISONS), width, imm);
    default:
      return aluStep(move, 64, imm);
  }
}

/** All states in which the program exits; none where it never does. */
function exitStates(d: Numbers, steps: readonly Step[]): readonly State[] {
  const exits: State[] = [];
  let state: State | undefined = d.unknown;
  for (const step of steps) {
    const result: ReturnType<Step['apply']> = step.apply(d, state);
    exits.push(...result.exits);
    state = result.next;
    if (state === undefined) return exits;
  }
  return [...exits, state];
}

function programOf(steps: readonly Step[]): readonly string[] {
  // A branch leaves over the steps that follow it.
  const body = steps.map((step, i) => step.text(`+${steps.length - 1 - i}`));
  return ['r0 = *(u64 *)(r1 + 0)', ...body, 'exit'];
}

function scenarioOf(program: readonly string[], input: bigint): Scenario {
  const context = new Uint8Array(8);
  new DataView(context.buffer).setBigUint64(0, input, true);
  const { instructions } = assemble(program.join('\n'));
  return createScenario({
    programs: [{ name: 'main', program: createProgram(instructions) }],
    run: { context },
  });
}

function exitValue(scenario: Scenario): bigint {
  const { ending } = interpret(scenario);
  if (ending.kind !== 'exit')
    throw new InternalError(`a program of a hunt ended by ${ending.kind}`);
  return ending.r0;
}

const key = (states: readonly State[]) =>
  JSON.stringify(states, (_, value) => (typeof value === 'bigint' ? value.toString(16) : value));

/**
 * The shortest program found that shows the bug.
 *
 * @returns undefined when none of the drawn programs does
 */
export function find(bug: Suspect, seed = 1): ScalarFinding | undefined {
  const wrong = createDomain(algebra, bug.version, bug.variant);
  const right = createDomain(algebra, bug.version);
  const draw = drawFrom(seed);
  for (let length = 1; length <= STEPS_MAX; length++) {
    for (let n = 0; n < TRIES; n++) {
      const steps = Array.from({ length }, () => drawStep(draw, pick(draw, bug.moves)));
      const states = exitStates(wrong, steps);
      const mended = exitStates(right, steps);
      if (key(states) === key(mended)) continue;
      const shown = contradiction(steps, states, wrong);
      if (shown !== undefined) return { ...shown, states, mended };
    }
  }
  return undefined;
}

/** An input with which the program exits with a word that is in none of the states. */
function contradiction(steps: readonly Step[], states: readonly State[], d: Numbers) {
  const program = programOf(steps);
  for (const input of INPUTS) {
    const scenario = scenarioOf(program, input);
    const r0 = exitValue(scenario);
    if (!states.some((state) => d.contains(state, r0))) return { program, scenario, r0 };
  }
  return undefined;
}

/** Whether the mended version holds what the program gives. */
export function isMended(bug: ScalarBug, { mended, r0 }: ScalarFinding): boolean {
  const right = createDomain(algebra, bug.version);
  return mended.some((state) => right.contains(state, r0));
}

// Reads the hand-written vectors and turns each into a scenario and a check of its outcome.

import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { createProgram } from '../../model/isa/program.ts';
import { assemble } from '../../model/isa/text/assemble.ts';
import { createScenario } from '../../model/scenario/create.ts';
import { STACK_BYTES } from '../../model/scenario/environment.ts';
import type { Outcome } from '../../model/scenario/outcome.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';

type Registers = Readonly<Record<string, bigint>>;

export interface Vector {
  readonly name: string;
  readonly row: string;
  readonly asm?: string;
  readonly program?: string;
  readonly before?: Registers;
  readonly after?: Registers;
  readonly mem?: string;
  readonly mem_after?: string;
  readonly packet?: string;
  readonly taken?: boolean;
  readonly exit?: bigint;
  readonly trap?: string;
  readonly may_goto?: bigint;
  readonly why: string;
}

export function loadVectors(): Vector[] {
  return readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) =>
      parse(readFileSync(`${import.meta.dirname}/${file}`, 'utf8'), { intAsBigInt: true }),
    );
}

const hexBytes = (text: string) =>
  Uint8Array.from(text.trim().split(/\s+/).filter(Boolean), (byte) => Number.parseInt(byte, 16));
const number = (register: string) => Number(register.slice(1));
const unsigned = (value: bigint) => BigInt.asUintN(64, value);
/** Where the value of a register is kept for the check, below everything that vectors use of the stack. */
const savedAt = (register: number) => -STACK_BYTES + 8 * register;

function watched({ before = {}, after = {}, mem }: Vector): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  if (mem !== undefined) names.add('r1');
  return [...names].filter((name) => name !== 'r10');
}

/** The program around a vector: initial registers, the instruction, then what makes its effect visible. */
function source(vector: Vector): string {
  const setUp = vector.packet === undefined ? [] : ['r6 = r1'];
  for (const [register, value] of Object.entries(vector.before ?? {})) {
    setUp.push(`${register} = 0x${unsigned(value).toString(16)} ll`);
  }
  if (vector.program !== undefined) return [...setUp, vector.program].join('\n');
  if (vector.taken !== undefined) {
    return [...setUp, vector.asm, 'exit', `*(u64 *)(r10 ${savedAt(0)}) = 1`, 'exit'].join('\n');
  }
  const saves = watched(vector).map((name) => `*(u64 *)(r10 ${savedAt(number(name))}) = ${name}`);
  return [...setUp, vector.asm, ...saves, 'exit'].join('\n');
}

export function scenarioOf(vector: Vector): Scenario {
  const program = createProgram(assemble(source(vector)).instructions);
  const packet = vector.packet === undefined ? undefined : hexBytes(vector.packet);
  return createScenario({
    type: packet === undefined ? 'raw' : 'sched_cls',
    programs: [{ name: 'vector', program }],
    run: {
      ...(packet === undefined ? {} : { packet }),
      ...(vector.mem === undefined ? {} : { context: hexBytes(vector.mem) }),
      ...(vector.may_goto === undefined ? {} : { mayGoto: Number(vector.may_goto) }),
      uninitialised: 'ignore',
    },
  });
}

/** What the vector says and the outcome does not hold; empty when all is as it should be. */
export function complaints(vector: Vector, outcome: Outcome): string[] {
  const { ending } = outcome;
  const said: string[] = [];
  const expect = (what: string, actual: unknown, expected: unknown) => {
    if (actual !== expected) said.push(`${what}: ${actual}, expected ${expected}`);
  };
  expect('trap', ending.kind === 'trap' ? ending.trap : undefined, vector.trap);
  if (vector.trap === undefined) expect('ending', ending.kind, 'exit');
  if (vector.exit !== undefined && ending.kind === 'exit') {
    expect('exit', ending.r0, unsigned(vector.exit));
  }
  const memory = vector.mem_after ?? vector.mem;
  if (memory !== undefined) expect('mem', outcome.context.join(' '), hexBytes(memory).join(' '));
  if (vector.trap !== undefined || vector.program !== undefined) return said;
  const frame = new DataView(outcome.stack[0]!.buffer, outcome.stack[0]!.byteOffset);
  const saved = (register: number) => frame.getBigUint64(savedAt(register) + STACK_BYTES, true);
  if (vector.taken !== undefined) {
    expect('taken', saved(0) === 1n, vector.taken);
    return said;
  }
  for (const [name, value] of Object.entries({ ...vector.before, ...vector.after })) {
    expect(name, saved(number(name)), unsigned(value));
  }
  return said;
}

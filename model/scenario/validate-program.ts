// What a program's instructions ask of the rest of the scenario: maps that are there, and a profile that
// can run them.

import { type Instruction, SLOT_BYTES } from '../isa/instruction.ts';
import { type Program, targetOf } from '../isa/program.ts';
import { PROGRAM_BYTES_MAX, valueStride } from './environment.ts';
import { ATTRIBUTE_KEYS } from './keys.ts';
import { U32_MAX } from './limits.ts';
import { checkRange, type Problem } from './problem.ts';
import type { ProgramChecks } from './programs.ts';
import type { MapDefinition, NamedProgram, ProgramAttributes, Scenario } from './scenario.ts';
import { listNames } from './words.ts';

/** The helper number of bpf_tail_call. */
const TAIL_CALL = 12;

/** Checks one program; a path into it ends in the slot. */
export function validateProgram(
  scenario: Scenario,
  named: NamedProgram,
  problem: Problem,
  checks: ProgramChecks,
): void {
  const { name, program } = named;
  if (program.code.length * SLOT_BYTES > PROGRAM_BYTES_MAX) {
    throw problem(['programs', name], `the program has ${program.code.length} slots; too many`);
  }
  program.code.forEach((instruction, slot) => {
    const reason = instruction && mapProblem(scenario.maps, instruction, checks);
    if (reason !== undefined) throw problem(['programs', name, slot], reason);
  });
  if (checks === 'checked') refuseMixedCalls(scenario, name, program.code, problem);
  validateAttributes(named, problem);
  validateReplaced(scenario, named, problem);
}

function validateAttributes({ name, attributes = {} }: NamedProgram, problem: Problem): void {
  for (const [attribute, key] of Object.entries(ATTRIBUTE_KEYS)) {
    const value = attributes[attribute as keyof ProgramAttributes];
    if (typeof value !== 'number') continue;
    checkRange(value, 0, U32_MAX, ['programs', name, 'attributes', key], problem);
  }
}

/** An extension takes the place of a function that its target calls; the entry is none of them. */
function validateReplaced(
  { programs }: Scenario,
  { name, replaces }: NamedProgram,
  problem: Problem,
): void {
  if (replaces === undefined) return;
  const path = ['programs', name, 'replaces'];
  checkRange(replaces.program, 0, programs.length - 1, [...path, 'program'], problem);
  const target = programs[replaces.program]!;
  if (target.name === name) {
    throw problem([...path, 'program'], 'a program replaces no function of its own');
  }
  const functions = calledFunctions(target.program).filter((slot) => slot > 0);
  if (functions.includes(replaces.slot)) return;
  const there =
    functions.length === 0
      ? `${target.name} calls no functions`
      : `in ${target.name}, local calls lead to ${listNames(functions.map(String))}`;
  throw problem([...path, 'function'], `no function starts at slot ${replaces.slot}; ${there}`);
}

/** The slots that local calls of a program lead to, ascending. */
function calledFunctions({ code }: Program): number[] {
  const targets = code.flatMap((instruction, pc) =>
    instruction?.row.name === 'CALL_LOCAL' ? [targetOf(instruction, pc)!] : [],
  );
  return [...new Set(targets)].sort((a, b) => a - b);
}

function mapProblem(
  maps: readonly MapDefinition[],
  { row, imm, nextImm }: Instruction,
  checks: ProgramChecks,
): string | undefined {
  if (row.operation.family !== 'ld_imm64' || !row.operation.op.startsWith('LD_MAP')) {
    return undefined;
  }
  const map = maps[imm];
  if (map === undefined) {
    return `there is no map with number ${imm}; by number there are: ${listNames(maps.map((m) => m.name))}`;
  }
  const { op } = row.operation;
  if (checks === 'unchecked') return undefined;
  if (op !== 'LD_MAP_VALUE_FD' && op !== 'LD_MAP_VALUE_IDX') return undefined;
  if (map.type !== 'array') {
    return `the address of a value needs an array, but ${map.name} is of type ${map.type}`;
  }
  const offset = nextImm >>> 0;
  const end = valueStride(map.valueSize) * (map.maxEntries - 1) + map.valueSize;
  if (offset < end) return undefined;
  return `offset ${offset} is outside of the values of ${map.name}, which have ${end} bytes`;
}

/** docs/semantics.md, Tail calls: `propagation: rejected`. */
function refuseMixedCalls(
  { profile, run }: Scenario,
  name: string,
  code: NamedProgram['program']['code'],
  problem: Problem,
): void {
  if (profile.tailCall.propagation !== 'rejected' || run.helpers !== 'linux') return;
  const isLocalCall = (instruction: Instruction | undefined) =>
    instruction?.row.name === 'CALL_LOCAL';
  const slot = code.findIndex(
    (instruction) => instruction?.row.name === 'CALL_HELPER' && instruction.imm === TAIL_CALL,
  );
  if (slot < 0 || !code.some(isLocalCall)) return;
  throw problem(
    ['programs', name, slot],
    `${profile.name} refuses a program with both local calls and tail calls`,
  );
}

// Makes a scenario smaller while a property of it still holds: over programs, inputs, maps and schedule
// together. Each candidate is a valid scenario; candidates come largest cut first.

import { InputError } from '../../model/errors.ts';
import { createInstruction, type Instruction, slotCount } from '../../model/isa/instruction.ts';
import type { Program } from '../../model/isa/program.ts';
import { rowNamed } from '../../model/isa/table.ts';
import { buildContext } from '../../model/scenario/context.ts';
import type { MapDefinition, Scenario } from '../../model/scenario/scenario.ts';
import { asConstant, observedKey, observeValues } from './constants.ts';
import { fromRelocatable, type Relocatable, toRelocatable, without } from './relocatable.ts';

/** Whether a candidate still shows what is looked for. */
export type Property = (candidate: Scenario) => boolean;

/** How often the whole list of reductions is gone through at the most. */
const ROUNDS_MAX = 12;

/** The smallest scenario found that still has the property; the given one has it. */
export function shrinkScenario(scenario: Scenario, holds: Property): Scenario {
  let smallest = scenario;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = smallest;
    for (const reduction of REDUCTIONS) smallest = exhaust(smallest, reduction, holds);
    if (smallest === before) break;
  }
  return smallest;
}

/** Scenarios that are a little smaller than the given one; also what the arbitrary offers to fast-check. */
export function* smallerScenarios(scenario: Scenario): Generator<Scenario> {
  for (const reduction of REDUCTIONS) yield* reduction(scenario);
}

type Reduction = (scenario: Scenario) => Generator<Scenario>;

/** Takes the first candidate that keeps the property, and goes on from there until none does. */
function exhaust(scenario: Scenario, reduction: Reduction, holds: Property): Scenario {
  let current = scenario;
  for (let progress = true; progress; ) {
    progress = false;
    for (const candidate of reduction(current)) {
      if (holds(candidate)) {
        current = candidate;
        progress = true;
        break;
      }
    }
  }
  return current;
}

function withProgram(scenario: Scenario, index: number, program: Program): Scenario {
  const programs = scenario.programs.map((named, i) =>
    i === index ? { ...named, program } : named,
  );
  return { ...scenario, programs };
}

/** A program from a list, or undefined where the list is none. */
function assembled(list: readonly Relocatable[]): Program | undefined {
  try {
    return fromRelocatable(list);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

const exitOnly = fromRelocatable([{ instruction: createInstruction(rowNamed('EXIT')) }]);

function* emptyPrograms(scenario: Scenario): Generator<Scenario> {
  for (let i = 0; i < scenario.programs.length; i++) {
    if (scenario.programs[i]!.program.code.length > 1) yield withProgram(scenario, i, exitOnly);
  }
}

/** Removes runs of instructions, long ones first. */
function* removeInstructions(scenario: Scenario): Generator<Scenario> {
  for (let i = 0; i < scenario.programs.length; i++) {
    const list = toRelocatable(scenario.programs[i]!.program);
    for (let size = list.length >> 1; size >= 1; size = size >> 1) {
      for (let start = list.length - size; start >= 0; start -= Math.max(1, size >> 1)) {
        const program = assembled(without(list, start, start + size));
        if (program) yield withProgram(scenario, i, program);
      }
    }
  }
}

/** Puts a plain exit or a fall-through where a jump is. */
function* straighten(scenario: Scenario): Generator<Scenario> {
  for (let i = 0; i < scenario.programs.length; i++) {
    const list = toRelocatable(scenario.programs[i]!.program);
    for (let at = 0; at < list.length; at++) {
      const { instruction, target } = list[at]!;
      if (target !== undefined && target > at + 1) {
        const program = assembled(without(list, at, target));
        if (program) yield withProgram(scenario, i, program);
      }
      if (instruction.row.name !== 'EXIT' && at > 0) {
        const cut = [...list.slice(0, at), { instruction: createInstruction(rowNamed('EXIT')) }];
        const program = cut.every((element) => (element.target ?? 0) <= at)
          ? assembled(cut)
          : undefined;
        if (program) yield withProgram(scenario, i, program);
      }
    }
  }
}

/** Simpler constants, one field at a time. */
function* simplifyOperands(scenario: Scenario): Generator<Scenario> {
  for (let i = 0; i < scenario.programs.length; i++) {
    const list = toRelocatable(scenario.programs[i]!.program);
    for (let at = 0; at < list.length; at++) {
      for (const simpler of simplerInstructions(list[at]!)) {
        const program = assembled(list.with(at, simpler));
        if (program) yield withProgram(scenario, i, program);
      }
    }
  }
}

function* simplerInstructions({ instruction, target }: Relocatable): Generator<Relocatable> {
  const { row, imm, nextImm } = instruction;
  const { family } = row.operation;
  if (target !== undefined && family !== 'jump') return;
  // The imm of a call or of a map's address is a name, not a number.
  const isNumber = family !== 'call' && (family !== 'ld_imm64' || row.name === 'LD_IMM64');
  if (row.fields.imm === 'any' && isNumber) {
    for (const value of [0, 1, imm >> 1]) {
      if (Math.abs(value) < Math.abs(imm)) yield keep({ ...instruction, imm: value }, target);
    }
  }
  if (row.fields.nextImm === 'any' && nextImm !== 0)
    yield { instruction: { ...instruction, nextImm: 0 } };
}

function keep(instruction: Relocatable['instruction'], target: number | undefined): Relocatable {
  return target === undefined ? { instruction } : { instruction, target };
}

function* dropSchedule(scenario: Scenario): Generator<Scenario> {
  if (scenario.schedule.length > 1) yield { ...scenario, schedule: [] };
  for (let i = 0; i < scenario.schedule.length; i++) {
    yield { ...scenario, schedule: scenario.schedule.toSpliced(i, 1) };
  }
}

function namesMap({ row }: Instruction): boolean {
  return row.name.startsWith('LD_MAP');
}

function mapsUsed(scenario: Scenario): Set<number> {
  const used = new Set(scenario.schedule.map(({ map }) => map));
  for (const { program } of scenario.programs) {
    for (const instruction of program.code) {
      if (instruction !== undefined && namesMap(instruction)) used.add(instruction.imm);
    }
  }
  return used;
}

/** Drops maps that nothing names, and entries of the others. */
function* dropMaps(scenario: Scenario): Generator<Scenario> {
  const { maps } = scenario;
  const used = mapsUsed(scenario);
  for (let i = maps.length - 1; i >= 0; i--) {
    if (!used.has(i)) yield withoutMap(scenario, i);
    for (let entry = 0; entry < maps[i]!.entries.length; entry++) {
      const entries = maps[i]!.entries.toSpliced(entry, 1);
      yield { ...scenario, maps: maps.with(i, { ...maps[i]!, entries } as MapDefinition) };
    }
  }
}

/** Numbers behind a gap move up. */
const closeGap = (gap: number) => (number: number) => (number > gap ? number - 1 : number);

function withoutMap(scenario: Scenario, map: number): Scenario {
  const moved = closeGap(map);
  const programs = scenario.programs.map(({ name, program }) => ({
    name,
    program: {
      ...program,
      code: program.code.map((instruction) =>
        instruction !== undefined && namesMap(instruction)
          ? { ...instruction, imm: moved(instruction.imm) }
          : instruction,
      ),
    },
  }));
  return {
    ...scenario,
    maps: scenario.maps.toSpliced(map, 1),
    programs,
    schedule: scenario.schedule.map((entry) => ({ ...entry, map: moved(entry.map) })),
  };
}

function programsUsed(scenario: Scenario): Set<number> {
  const used = new Set([scenario.run.program]);
  for (const map of scenario.maps) {
    if (map.type === 'prog_array') for (const { program } of map.entries) used.add(program);
  }
  for (const entry of scenario.schedule) if (entry.op === 'update') used.add(entry.program);
  return used;
}

/** Starts at another program, and drops those that nothing names. */
function* dropPrograms(scenario: Scenario): Generator<Scenario> {
  const { programs, run } = scenario;
  for (let program = 0; program < programs.length; program++) {
    if (program > run.program) yield { ...scenario, run: { ...run, program } };
  }
  const used = programsUsed(scenario);
  for (let i = programs.length - 1; i >= 0; i--) {
    if (!used.has(i)) yield withoutProgram(scenario, i);
  }
}

function withoutProgram(scenario: Scenario, gap: number): Scenario {
  const moved = closeGap(gap);
  return {
    ...scenario,
    programs: scenario.programs.toSpliced(gap, 1),
    run: { ...scenario.run, program: moved(scenario.run.program) },
    maps: scenario.maps.map((map) =>
      map.type === 'prog_array'
        ? { ...map, entries: map.entries.map((e) => ({ ...e, program: moved(e.program) })) }
        : map,
    ),
    schedule: scenario.schedule.map((entry) =>
      entry.op === 'update' ? { ...entry, program: moved(entry.program) } : entry,
    ),
  };
}

/** Puts the value that an instruction gave where the instruction was. */
function* foldToConstants(scenario: Scenario): Generator<Scenario> {
  const values = observeValues(scenario);
  for (let i = 0; i < scenario.programs.length; i++) {
    const { program } = scenario.programs[i]!;
    const list = toRelocatable(program);
    let slot = 0;
    for (let at = 0; at < list.length; at++) {
      const { instruction } = list[at]!;
      const value = values.get(observedKey(i, slot));
      slot += slotCount(instruction);
      if (value === undefined || isConstant(instruction)) continue;
      const folded = assembled(list.with(at, { instruction: asConstant(instruction, value) }));
      if (folded) yield withProgram(scenario, i, folded);
    }
  }
}

function isConstant({ row }: Instruction): boolean {
  const { operation } = row;
  if (operation.family === 'ld_imm64') return operation.op === 'LD_IMM64';
  return operation.family === 'alu' && operation.op === 'MOV' && operation.source === 'K';
}

function* shrinkInput(scenario: Scenario): Generator<Scenario> {
  const { run } = scenario;
  if (run.packet !== undefined && scenario.type !== 'raw') {
    for (const length of new Set([0, run.packet.length >> 1])) {
      if (length >= run.packet.length) continue;
      const packet = run.packet.slice(0, length);
      yield { ...scenario, run: { ...run, packet, context: buildContext(scenario.type, packet) } };
    }
    const zeros = new Uint8Array(run.packet.length);
    if (run.packet.some((byte) => byte !== 0)) {
      const context = buildContext(scenario.type, zeros);
      yield { ...scenario, run: { ...run, packet: zeros, context } };
    }
  }
  for (const register of run.registers.keys()) {
    const registers = new Map(run.registers);
    registers.delete(register);
    yield { ...scenario, run: { ...run, registers } };
  }
  if (scenario.type === 'raw' && run.context.some((byte) => byte !== 0)) {
    yield { ...scenario, run: { ...run, context: new Uint8Array(run.context.length) } };
  }
  if (run.seed !== 0) yield { ...scenario, run: { ...run, seed: 0 } };
}

const REDUCTIONS: readonly Reduction[] = [
  emptyPrograms,
  removeInstructions,
  straighten,
  dropSchedule,
  dropMaps,
  dropPrograms,
  shrinkInput,
  foldToConstants,
  simplifyOperands,
];

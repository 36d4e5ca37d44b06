// Places in a scenario's programs, with the instruction that is there.

import { disassembleInstruction } from '../../model/isa/text/disassemble.ts';
import type { CodePlace } from '../../model/scenario/outcome.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';

export function programName({ programs }: Scenario, program: number): string {
  return programs[program]?.name ?? `program ${program}`;
}

export function mapName({ maps }: Scenario, map: number): string {
  return maps[map]?.name ?? `map ${map}`;
}

/** The instruction at a place in the kernel's spelling. */
export function instructionText(scenario: Scenario, { program, pc }: CodePlace): string {
  const instruction = scenario.programs[program]?.program.code[pc];
  if (instruction === undefined) return '?';
  return disassembleInstruction(instruction, undefined, {
    mapName: (fd) => scenario.maps[fd]?.name,
  });
}

/** `entry slot 3: r0 = *(u64 *)(r1 +0)`. */
export function placeText(scenario: Scenario, at: CodePlace): string {
  return `${programName(scenario, at.program)} slot ${at.pc}: ${instructionText(scenario, at)}`;
}

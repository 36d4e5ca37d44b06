// Whether a profile's kernel has the instructions of a scenario. No engine asks: what an instruction does is the
// same under every profile, and campaigns draw all of them.

import { disassembleInstruction } from '../isa/text/disassemble.ts';
import { isBefore, releaseOf } from '../profiles/instruction-set.ts';
import { type Problem, problemInMemory } from './problem.ts';
import type { Scenario } from './scenario.ts';

/** @throws InputError at the first instruction that came later than the profile's kernel. */
export function validateInstructions(
  { profile, programs, maps }: Scenario,
  problem: Problem = problemInMemory,
): void {
  const { instructionSet } = profile.facts;
  for (const { name, program } of programs) {
    program.code.forEach((instruction, slot) => {
      if (instruction === undefined) return;
      const release = releaseOf(instruction.row);
      if (!isBefore(instructionSet, release)) return;
      const text = disassembleInstruction(instruction, undefined, {
        mapName: (fd) => maps[fd]?.name,
      });
      throw problem(
        ['programs', name, slot],
        `'${text}' came with ${release}; ${profile.name} has the instructions of ${instructionSet}`,
      );
    });
  }
}

// The price of the verifier's rules: rejected programs that are safe all the same, whatever the input, as symbolic
// execution finds within its bounds.

import { InputError, UnsupportedError } from '../../../model/errors.ts';
import type { Instruction } from '../../../model/isa/instruction.ts';
import { createProgram, type Program } from '../../../model/isa/program.ts';
import { buildContext } from '../../../model/scenario/context.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { validateScenario } from '../../../model/scenario/validate.ts';
import { clearTerms, explore, type SolverPool } from '../../../smt/index.ts';
import { symbolicInputs } from '../../campaign/chunk.ts';

/**
 * `safe`: every path within the bounds exits, nothing was left out, and nothing is read that was not written.
 * `unsafe`: an input makes it trap. `undecided`: paths were cut or not decided. `not run`: no engine runs it.
 */
export type Safety = 'safe' | 'unsafe' | 'undecided' | 'not run';

const BOUNDS = { paths: 24, steps: 200, checks: 80 } as const;
/** Bytes of packets: none, and more than programs here check for. Of context, packet and maps all is symbolic. */
const PACKETS = [0, 64] as const;

/** Whether a program of a scenario is safe by itself, for every context, content of maps and packet of some lengths. */
export async function safetyOf(
  scenario: Scenario,
  program: number,
  pool: SolverPool,
): Promise<Safety> {
  const alone = entering(scenario, program);
  if (!isRunnable(alone)) return 'not run';
  for (const length of PACKETS) {
    const safety = await safetyWith(withPacket(alone, length), pool);
    if (safety !== 'safe') return safety;
  }
  return 'safe';
}

/** The program as the only one, its prog arrays empty. */
function entering(scenario: Scenario, program: number): Scenario {
  return {
    ...scenario,
    programs: [scenario.programs[program]!],
    maps: scenario.maps.map((map) => (map.type === 'prog_array' ? { ...map, entries: [] } : map)),
    run: { ...scenario.run, program: 0, uninitialised: 'trap', fuel: BOUNDS.steps },
    schedule: [],
  };
}

function withPacket(scenario: Scenario, length: number): Scenario {
  const { type, run } = scenario;
  if (type === 'raw') return scenario;
  const packet = new Uint8Array(length);
  return { ...scenario, run: { ...run, packet, context: buildContext(type, packet) } };
}

const instructionsOf = ({ code }: Program): Instruction[] =>
  code.filter((instruction) => instruction !== undefined);

/** Engines take no program whose control leaves it. */
function isRunnable(scenario: Scenario): boolean {
  try {
    for (const { program } of scenario.programs) createProgram(instructionsOf(program));
    validateScenario(scenario);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

async function safetyWith(scenario: Scenario, pool: SolverPool): Promise<Safety> {
  try {
    const { paths, complete } = await explore(scenario, {
      symbolic: symbolicInputs(scenario),
      bounds: BOUNDS,
      pool,
    });
    const endings = paths.map(({ outcome }) => outcome.ending.kind);
    if (endings.includes('trap')) return 'unsafe';
    return complete && endings.every((kind) => kind === 'exit') ? 'safe' : 'undecided';
  } catch (error) {
    if (error instanceof UnsupportedError) return 'not run';
    throw error;
  } finally {
    clearTerms();
  }
}

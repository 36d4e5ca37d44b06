// Scenario files as commands read them.

import { InputError } from '../model/errors.ts';
import { type NamedScenario, parseScenarioFile } from '../model/scenario/read.ts';
import { validateScenario } from '../model/scenario/validate.ts';
import { quote, suggestion } from '../model/scenario/words.ts';
import { inputName, readText } from './io.ts';
import { findProfile } from './profiles.ts';
import type { Terminal } from './terminal.ts';

/** The runs of a scenario file. @throws InputError naming the place that is wrong. */
export async function readScenarios(
  file: string,
  terminal: Terminal,
): Promise<readonly NamedScenario[]> {
  const text = await readText(file, terminal);
  return parseScenarioFile(text, { file: inputName(file) }).scenarios;
}

/** The one run of a file that an option names, or all where it names none. @throws InputError for no such run. */
export function chooseRuns(
  scenarios: readonly NamedScenario[],
  chosen: string | undefined,
  file: string,
): readonly NamedScenario[] {
  if (chosen === undefined) return scenarios;
  const found = scenarios.filter(({ name }) => name === chosen);
  if (found.length > 0) return found;
  const names = scenarios.map(({ name }) => name);
  const reason = `there is no run ${quote(chosen)}${suggestion(chosen, names)}`;
  throw new InputError(reason, { file: inputName(file) });
}

/**
 * The scenarios with another profile than their file says, where an option names one.
 * @throws InputError for no such profile, and for a scenario that it refuses.
 */
export async function underProfile(
  scenarios: readonly NamedScenario[],
  chosen: string | undefined,
  terminal: Terminal,
): Promise<readonly NamedScenario[]> {
  if (chosen === undefined) return scenarios;
  const profile = await findProfile(chosen, terminal);
  return scenarios.map((named) => {
    const scenario = { ...named.scenario, profile };
    validateScenario(scenario);
    return { ...named, scenario };
  });
}

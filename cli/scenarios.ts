// Scenario files as commands read them.

import { InputError } from '../model/errors.ts';
import type { Profile } from '../model/profiles/profile.ts';
import {
  type NamedScenario,
  parseScenarioFile,
  type ScenarioOfFile,
} from '../model/scenario/read.ts';
import { validateInstructions } from '../model/scenario/validate-instructions.ts';
import { validateScenario } from '../model/scenario/validate.ts';
import { quote, suggestion } from '../model/scenario/words.ts';
import { inputName, readText } from './io.ts';
import { findProfile } from './profiles.ts';
import type { Terminal } from './terminal.ts';

/** The runs of a scenario file. @throws InputError naming the place that is wrong. */
export async function readScenarios(
  file: string,
  terminal: Terminal,
): Promise<readonly ScenarioOfFile[]> {
  const text = await readText(file, terminal);
  return parseScenarioFile(text, { file: inputName(file) }).scenarios;
}

/** The one run of a file that an option names, or all where it names none. @throws InputError for no such run. */
export function chooseRuns(
  scenarios: readonly ScenarioOfFile[],
  chosen: string | undefined,
  file: string,
): readonly ScenarioOfFile[] {
  if (chosen === undefined) return scenarios;
  const found = scenarios.filter(({ name }) => name === chosen);
  if (found.length > 0) return found;
  const names = scenarios.map(({ name }) => name);
  const reason = `there is no run ${quote(chosen)}${suggestion(chosen, names)}`;
  throw new InputError(reason, { file: inputName(file) });
}

/**
 * The scenarios under the profile that an option names, or under that of their file.
 * @throws InputError for no such profile, and for a scenario that the profile cannot run.
 */
export async function underProfile(
  scenarios: readonly ScenarioOfFile[],
  chosen: string | undefined,
  terminal: Terminal,
): Promise<readonly NamedScenario[]> {
  const profile = chosen === undefined ? undefined : await findProfile(chosen, terminal);
  return scenarios.map((ofFile) => runUnder(ofFile, profile ?? ofFile.scenario.profile));
}

/** A scenario of a file under a profile. @throws InputError where the profile cannot run it. */
export function runUnder(
  { name, scenario, problem }: ScenarioOfFile,
  profile: Profile,
): NamedScenario {
  const under = { ...scenario, profile };
  validateInstructions(under, problem);
  validateScenario(under, problem);
  return { name, scenario: under };
}

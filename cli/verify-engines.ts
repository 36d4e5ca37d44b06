// Who is asked for verdicts: this project's verifier, or a real kernel.

import { isLinuxName, linuxTarget, TARGET_NAMES } from '../interp/linux/install/versions.ts';
import { requestOf, verdictsOf } from '../interp/linux/verdict.ts';
import { InputError } from '../model/errors.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { loadPrograms } from '../model/verifier/load.ts';
import type { LogLevel } from '../model/verifier/log/log.ts';
import type { Verdict } from '../model/verifier/verdict.ts';
import { withKernels } from './kernels.ts';
import { createProgress } from './render/progress.ts';
import type { Terminal } from './terminal.ts';

export interface VerdictOptions {
  readonly logLevel: LogLevel;
  readonly unprivileged: boolean;
  /** The kernel that the model stands for; by default that of each scenario's profile. */
  readonly like?: string;
}

/** The engine that is this project's own verifier. */
export const MODEL = 'model';

/**
 * Asks an engine about all scenarios. @param engine as `checkEngineName` allows it.
 * @returns for each scenario a verdict on each of its programs.
 */
export async function askVerdicts(
  engine: string,
  scenarios: readonly Scenario[],
  options: VerdictOptions,
  terminal: Terminal,
): Promise<Verdict[][]> {
  if (engine === MODEL) return modelVerdicts(scenarios, options, terminal);
  return kernelVerdicts(engine, scenarios, options, terminal);
}

/** @throws InputError for a name that is no engine's. */
export function checkEngineName(name: string): void {
  if (name === MODEL) return;
  if (isLinuxName(name)) linuxTarget(name);
  else {
    const names = [MODEL, ...TARGET_NAMES].join(', ');
    throw new InputError(`there is no engine ${JSON.stringify(name)}; there are ${names}`);
  }
}

/** How often the progress of a long verification is looked at: a power of two, instructions. */
const PROGRESS_EVERY = 2 ** 14;

function modelVerdicts(
  scenarios: readonly Scenario[],
  { logLevel, unprivileged, like }: VerdictOptions,
  terminal: Terminal,
): Verdict[][] {
  const kernel = like === undefined || like === MODEL ? undefined : linuxTarget(like);
  const version =
    kernel === undefined ? {} : { rules: `linux-${kernel.version}` as const, jited: kernel.jit };
  const progress = createProgress(terminal);
  const total = scenarios.reduce((sum, { programs }) => sum + programs.length, 0);
  let done = 0;
  const verdicts = scenarios.map((scenario) => {
    const found: Verdict[] = [];
    const observer = ({ processed }: { readonly processed: number }) => {
      if (processed % PROGRESS_EVERY !== 0) return;
      progress.update(() => `program ${done + 1} of ${total}: ${processed} instructions`);
    };
    // Looking at every instruction costs time, and nobody sees it elsewhere.
    const watching = terminal.isTTY.err ? { observer } : {};
    const options = { logLevel, privileged: !unprivileged, ...version, ...watching };
    for (const verdict of loadPrograms(scenario, options)) {
      found.push(verdict);
      done++;
    }
    return found;
  });
  progress.clear();
  return verdicts;
}

/** A million instructions with a log of each take long under software emulation. */
const SILENCE_MS = 120_000;

/** Asks a kernel about all scenarios at once. */
async function kernelVerdicts(
  engine: string,
  scenarios: readonly Scenario[],
  options: VerdictOptions,
  terminal: Terminal,
): Promise<Verdict[][]> {
  // Without a log nobody would say why a program is refused.
  const logLevel = options.logLevel === 0 ? 1 : options.logLevel;
  const requests = scenarios.map((scenario) => requestOf(scenario, { ...options, logLevel }));
  const askable = requests.flatMap((request) => ('maps' in request ? [request] : []));
  const said = await withKernels([engine], terminal, ([kernel]) => verdictsOf(kernel!, askable), {
    guests: 1,
    silenceMs: SILENCE_MS,
  });
  let next = 0;
  return scenarios.map(({ programs }, i) => {
    const request = requests[i]!;
    if ('maps' in request) return said[next++]!;
    const reason = request.unsupported;
    return programs.map((): Verdict => ({ kind: 'unsupported', reason }));
  });
}

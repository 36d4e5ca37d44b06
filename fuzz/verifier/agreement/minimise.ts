// Makes a program on which a model and a kernel differ as small as it goes, and writes it as a file.

import type { LinuxEngine } from '../../../interp/linux/engine.ts';
import { requestOf, type VerdictRequest, verdictsOf } from '../../../interp/linux/verdict.ts';
import { buildContext, type ProgramType } from '../../../model/scenario/context.ts';
import { DEFAULT_FUEL, defaultUninitialised } from '../../../model/scenario/create.ts';
import { MAY_GOTO_BUDGET } from '../../../model/scenario/environment.ts';
import type { RunSetup, Scenario } from '../../../model/scenario/scenario.ts';
import { formatScenario } from '../../../model/scenario/write.ts';
import type { Verdict } from '../../../model/verifier/index.ts';
import { type BatchedSearch, shrinkInBatches } from '../../shrink/batches.ts';
import {
  emptyPrograms,
  removeInstructions,
  simplifyOperands,
  straighten,
} from '../../shrink/code.ts';
import { dropMaps } from '../../shrink/objects.ts';
import { verdictText } from '../reasons.ts';
import { type DifferenceClass, isTooLong, modelVerdict, placesOf } from './agree.ts';
import { compareVerdicts } from './compare.ts';

/** A difference with its smallest program. */
export interface MinimisedDifference extends DifferenceClass {
  /** The scenario as a file, with both verdicts. */
  readonly text: string;
}

/** Candidates that go to the kernel in one message. */
const BATCH = 48;

/** The smallest program found that differs in the same way. A program that is not well-formed stays as it is. */
export async function minimise(
  kernel: LinuxEngine,
  difference: DifferenceClass,
  signal?: AbortSignal,
): Promise<MinimisedDifference> {
  const search: BatchedSearch<DifferenceClass> = {
    batch: BATCH,
    smaller: ({ scenario }) => smaller(scenario),
    first: (current, candidates) => alikeIn(kernel, current, candidates),
  };
  // What runs leave the states by hangs on inputs and on the other programs.
  const smallest =
    difference.kind === 'outside'
      ? difference
      : await shrinkInBatches(onlyProgram(difference), search, signal);
  return { ...smallest, text: textOf(kernel, smallest) };
}

/** Only the program that it is about, on maps without entries, and a run that says nothing. */
function onlyProgram(difference: DifferenceClass): DifferenceClass {
  const { scenario, program } = difference;
  const maps = scenario.maps.map((map) => ({ ...map, entries: [] }));
  const programs = [scenario.programs[program]!];
  const packet = new Uint8Array();
  const type = scenario.type as Exclude<ProgramType, 'raw'>;
  const run: RunSetup = {
    ...{ program: 0, packet, context: buildContext(type, packet), registers: new Map() },
    ...{ fuel: DEFAULT_FUEL, seed: 0, uninitialised: defaultUninitialised(type) },
    ...{ mayGoto: MAY_GOTO_BUDGET, helpers: 'linux' },
  };
  return {
    ...difference,
    program: 0,
    scenario: { ...scenario, maps, programs, run, schedule: [] },
  };
}

/** Scenarios with less or simpler code, largest cut first. */
function* smaller(scenario: Scenario): Generator<Scenario> {
  yield* emptyPrograms(scenario);
  yield* removeInstructions(scenario);
  yield* straighten(scenario);
  yield* dropMaps(scenario);
  yield* simplifyOperands(scenario);
}

/** The first candidate with a difference of the same class. */
async function alikeIn(
  kernel: LinuxEngine,
  difference: DifferenceClass,
  candidates: readonly Scenario[],
): Promise<DifferenceClass | undefined> {
  const { privileged } = difference;
  const models = candidates.map((scenario) => modelVerdict(kernel, { scenario, privileged }, 0));
  const askable = candidates.flatMap((scenario, i) => {
    const request = requestOf(scenario, { logLevel: 2, unprivileged: !privileged });
    if ('unsupported' in request || isTooLong(models[i]!)) return [];
    return [{ scenario, request, model: models[i]! }];
  });
  const said = await verdictsOf(
    kernel,
    askable.map(({ request }): VerdictRequest => request),
  );
  for (const [i, { scenario, model }] of askable.entries()) {
    const answer = said[i]![0]!;
    if (isAlike(kernel, difference, { scenario, model, kernel: answer })) {
      return { ...difference, scenario, model, kernel: answer };
    }
  }
  return undefined;
}

function isAlike(
  engine: LinuxEngine,
  { kind, name }: DifferenceClass,
  { scenario, model, kernel }: Pick<DifferenceClass, 'scenario' | 'model' | 'kernel'>,
): boolean {
  const { program } = scenario.programs[0]!;
  const comparison = compareVerdicts(program, model, kernel, placesOf(engine));
  if (comparison.kind === 'left') return false;
  return comparison.difference?.kind === kind && comparison.difference.name === name;
}

function textOf(kernel: LinuxEngine, difference: DifferenceClass): string {
  const { kind, name, count, scenario, program, privileged, model } = difference;
  const flag = privileged ? '' : ' --unprivileged';
  const only = ` --program ${scenario.programs[program]!.name}`;
  return formatScenario(scenario, {
    comments: [
      `${kind}: ${name} (${count} programs)`,
      `the model says: ${said(model)}`,
      `${kernel.name} says: ${said(difference.kernel)}`,
      `see: tailproof verify FILE${only}${flag} --log 2, and with --engine ${kernel.name}`,
    ],
  });
}

function said(verdict: Verdict): string {
  return verdict.kind === 'rejected' ? `${verdict.errno} ${verdict.message}` : verdictText(verdict);
}

// A campaign of agreement: the same programs to a model of the verifier and to a real kernel, verdicts and states
// compared, and runs of what both accept held against the kernel's log.

import { createMachine, type Machine } from '../../../interp/index.ts';
import type { LinuxEngine } from '../../../interp/linux/engine.ts';
import { requestOf, type VerdictRequest, verdictsOf } from '../../../interp/linux/verdict.ts';
import { rowKey } from '../../../model/isa/table.ts';
import { attributesOf, type Scenario } from '../../../model/scenario/scenario.ts';
import {
  type Subject,
  type Verdict,
  type VerifierVersion,
  verify,
} from '../../../model/verifier/index.ts';
import { rngOfRun } from '../../generate/rng.ts';
import { dialectOf } from '../../kernel/dialect.ts';
import { withInput } from '../generate/inputs.ts';
import { generateCase, type VerifierCase } from '../generate/scenario.ts';
import { type Comparison, compareVerdicts, type Difference } from './compare.ts';
import { loggedStates, runnable, runWithin } from './containment.ts';
import type { ComparedPlaces } from './states.ts';

/** Scenarios that are compared, with what is known of how they came to be. */
export interface Agreeing {
  readonly scenario: Scenario;
  readonly privileged: boolean;
  /** Inputs in the place of the scenario's own. */
  readonly inputs: VerifierCase['inputs'];
}

/** A difference, and one program that shows it. */
export interface DifferenceClass extends Difference {
  count: number;
  /** The run of the smallest program so far. */
  run: number;
  program: number;
  scenario: Scenario;
  readonly privileged: boolean;
  model: Verdict;
  kernel: Verdict;
}

export interface AgreementCounts {
  programs: number;
  /** Not compared, by reason. */
  readonly left: Record<string, number>;
  /** Compared. */
  compared: number;
  /** By the kernel, of those compared. */
  accepted: number;
  sameVerdict: number;
  sameErrno: number;
  sameMessage: number;
  bothAccepted: number;
  /** Instructions that the kernel went through in programs that both accept, and those with the same numbers. */
  instructions: number;
  sameStates: number;
  /** Runs of accepted programs, their steps that were looked at, and runs with a number outside of the kernel's states. */
  runs: number;
  steps: number;
  outside: number;
}

export interface AgreementReport extends AgreementCounts {
  readonly kernel: string;
  readonly seed: number;
  readonly first: number;
  readonly cases: number;
  readonly ended: 'cases' | 'time' | 'aborted';
  /** Most frequent first. */
  readonly differences: readonly DifferenceClass[];
}

export interface AgreementOptions {
  readonly kernel: LinuxEngine;
  /** Unsigned 32 bits. */
  readonly seed: number;
  readonly first?: number;
  /** Programs at the least; cases are taken whole. */
  readonly programs: number;
  readonly timeMs?: number;
  readonly now?: () => number;
  /** Chunks under way at the same time. */
  readonly lanes?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (counts: Readonly<AgreementCounts>) => void;
}

/** Cases in one message. */
const CHUNK = 50;
const LANES = 2;
/** Programs that take longer are left out: a guest needs a minute for a million, and logs are kept as states. */
const PROCESSED_MAX = 10_000;

/** Compares programs drawn at random. @throws InputError when a guest does not come up. */
export async function runAgreement(options: AgreementOptions): Promise<AgreementReport> {
  const { kernel, seed, first = 0, programs, timeMs, now, signal } = options;
  const deadline = timeMs !== undefined && now ? now() + timeMs : Number.POSITIVE_INFINITY;
  const tally = new AgreementTally(kernel);
  let ended: AgreementReport['ended'] = 'cases';
  let next = first;
  const stopped = (): boolean => {
    if (signal?.aborted) ended = 'aborted';
    else if (now && now() >= deadline) ended = 'time';
    else return tally.counts.programs >= programs;
    return true;
  };
  const lane = async (): Promise<void> => {
    while (!stopped()) {
      const start = next;
      next += CHUNK;
      const cases = Array.from({ length: CHUNK }, (_, i) => drawCase(seed, start + i, kernel));
      await tally.compare(cases, start);
      options.onProgress?.(tally.counts);
    }
  };
  try {
    await Promise.all(Array.from({ length: options.lanes ?? LANES }, lane));
  } catch (error) {
    // Guests are ended when the signal comes.
    if (!signal?.aborted) throw error;
    ended = 'aborted';
  }
  return { ...tally.report, seed, first, cases: next - first, ended };
}

/** The case of one run for a kernel. */
export function drawCase(
  seed: number,
  run: number,
  kernel: Pick<LinuxEngine, 'profile' | 'version' | 'jit'>,
): VerifierCase {
  const { cpu, mayGoto } = dialectOf(kernel);
  return generateCase(rngOfRun(seed, run), kernel.profile, { cpu, mayGoto, ordered: false });
}

/** What the model says of a program, by its index, as a kernel loads it. */
export function modelVerdict(
  kernel: Pick<LinuxEngine, 'version' | 'jit'>,
  { scenario, privileged }: Pick<Agreeing, 'scenario' | 'privileged'>,
  index: number,
): Verdict {
  const { type, sleepable } = attributesOf(scenario, index);
  if (sleepable) return { kind: 'unsupported', reason: 'sleepable programs' };
  const { program } = scenario.programs[index]!;
  const { maps } = scenario;
  const subject: Subject = { program, type, maps, privileged, jited: kernel.jit, btf: true };
  const rules: VerifierVersion = `linux-${kernel.version}`;
  return verify(subject, { rules, logLevel: 2, limits: { processed: PROCESSED_MAX } });
}

const TOO_LONG = /^BPF program is too large\. Processed /;

/** Whether a kernel would take too long over a program. */
export function isTooLong(verdict: Verdict): boolean {
  return verdict.kind === 'rejected' && TOO_LONG.test(verdict.message);
}

/** What a kernel's log tells whole. */
export function placesOf({ version }: Pick<LinuxEngine, 'version'>): ComparedPlaces {
  return version === '6.1' ? 'registers' : 'registers and stack';
}

/** Adds up comparisons with one kernel. */
export class AgreementTally {
  readonly counts: AgreementCounts = {
    ...{ programs: 0, left: {}, compared: 0, accepted: 0 },
    ...{ sameVerdict: 0, sameErrno: 0, sameMessage: 0 },
    ...{ bothAccepted: 0, instructions: 0, sameStates: 0, runs: 0, steps: 0, outside: 0 },
  };
  private readonly kernel: LinuxEngine;
  private readonly classes = new Map<string, DifferenceClass>();
  private readonly machine: Machine = createMachine();

  constructor(kernel: LinuxEngine) {
    this.kernel = kernel;
  }

  get report(): Omit<AgreementReport, 'seed' | 'first' | 'cases' | 'ended'> {
    const differences = [...this.classes.values()].sort((a, b) => b.count - a.count);
    return { ...this.counts, kernel: this.kernel.name, differences };
  }

  /** Compares all programs of some cases, as one batch on one guest. @param first the run of the first case. */
  async compare(cases: readonly Agreeing[], first = 0): Promise<void> {
    const asked = cases.map((one) => this.ask(one));
    const requests = asked.flatMap(({ request }) => (request === undefined ? [] : [request]));
    const said = await verdictsOf(this.kernel, requests);
    let next = 0;
    for (const [i, { model, request, at }] of asked.entries()) {
      if (request === undefined) continue;
      const kernel = said[next++]!;
      const verdicts = at.map((program, j) => ({
        program,
        model: model[program]!,
        kernel: kernel[j]!,
      }));
      for (const one of verdicts) this.add(cases[i]!, first + i, one);
      this.run(cases[i]!, first + i, verdicts);
    }
  }

  /** What the model says, and what the kernel is to be asked: nothing that would take it too long. */
  private ask(one: Agreeing): {
    readonly model: readonly Verdict[];
    readonly request?: VerdictRequest;
    /** The programs that are asked about. */
    readonly at: readonly number[];
  } {
    const { scenario, privileged } = one;
    const model = scenario.programs.map((_, index) => modelVerdict(this.kernel, one, index));
    const at = model.flatMap((verdict, program) => (isTooLong(verdict) ? [] : [program]));
    this.counts.programs += model.length;
    this.leave(
      'more instructions to go through than a guest has time for',
      model.length - at.length,
    );
    const request = requestOf(scenario, { logLevel: 2, unprivileged: !privileged });
    if ('unsupported' in request) {
      this.leave(request.unsupported, at.length);
      return { model, at };
    }
    const programs = at.map((program) => request.programs[program]!);
    return { model, request: { ...request, programs }, at };
  }

  private leave(reason: string, times: number): void {
    if (times > 0) this.counts.left[reason] = (this.counts.left[reason] ?? 0) + times;
  }

  private add(one: Agreeing, run: number, { program, model, kernel }: Verdicts): void {
    const { program: code } = one.scenario.programs[program]!;
    const comparison = compareVerdicts(code, model, kernel, placesOf(this.kernel));
    if (comparison.kind === 'left') return this.leave(comparison.reason, 1);
    this.count(comparison, kernel);
    if (comparison.difference === undefined) return;
    const { privileged, scenario } = one;
    const example = { run, program, scenario, privileged, model, kernel };
    this.classify(comparison.difference, example);
  }

  private count(comparison: Compared, kernel: Verdict): void {
    const { counts } = this;
    counts.compared++;
    if (kernel.kind === 'accepted') counts.accepted++;
    if (comparison.verdict) counts.sameVerdict++;
    if (comparison.errno) counts.sameErrno++;
    if (comparison.message) counts.sameMessage++;
    if (comparison.states === undefined) return;
    counts.bothAccepted++;
    counts.instructions += comparison.states.instructions;
    counts.sameStates += comparison.states.equal;
  }

  private classify(
    difference: Difference,
    example: Omit<DifferenceClass, 'count' | keyof Difference>,
  ): void {
    const key = `${difference.kind}: ${difference.name}`;
    const known = this.classes.get(key);
    const count = (known?.count ?? 0) + 1;
    if (known !== undefined && sizeOf(known) <= sizeOf(example)) known.count = count;
    else this.classes.set(key, { ...difference, ...example, count });
  }

  /** Runs what is accepted with each input, and looks whether the kernel's states hold the run. */
  private run(one: Agreeing, run: number, verdicts: readonly Verdicts[]): void {
    const { scenario, privileged, inputs } = one;
    const accepted = scenario.programs.map((_, program) =>
      verdicts.find((said) => said.program === program && bothAccept(said)),
    );
    const states = accepted.map((said) => said && loggedStates(logOf(said.kernel)));
    const isAccepted = accepted.map((said) => said !== undefined);
    const safe = runnable(scenario, isAccepted);
    for (const input of inputs) {
      if (states[input.program] === undefined) continue;
      const { steps, outside } = runWithin(this.machine, withInput(safe, input), states);
      this.counts.runs++;
      this.counts.steps += steps;
      if (outside === undefined) continue;
      this.counts.outside++;
      const { program, pc } = outside;
      const name = `before ${rowKey(scenario.programs[program]!.program.code[pc]!.row)}`;
      const example = {
        ...accepted[program]!,
        run,
        scenario: withInput(scenario, input),
        privileged,
      };
      this.classify({ kind: 'outside', name }, example);
    }
  }
}

const bothAccept = ({ model, kernel }: Verdicts) =>
  model.kind === 'accepted' && kernel.kind === 'accepted';
const logOf = (verdict: Verdict) => (verdict.kind === 'unsupported' ? '' : verdict.log);

interface Verdicts {
  /** Index in its scenario. */
  readonly program: number;
  readonly model: Verdict;
  readonly kernel: Verdict;
}

type Compared = Extract<Comparison, { readonly kind: 'compared' }>;

function sizeOf({ scenario, program }: Pick<DifferenceClass, 'scenario' | 'program'>): number {
  return scenario.programs[program]!.program.code.length;
}

// A chunk of a campaign against the verifier's promise: cases drawn, their programs verified, the accepted ones run.
// Pure of threads, files and clocks; what it returns depends on seed, range and settings alone.

import { createMachine, type Machine } from '../../../interp/index.ts';
import type { Outcome } from '../../../model/scenario/outcome.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { type Verdict, type VerifierVersion, verify } from '../../../model/verifier/index.ts';
import type { Verification } from '../../../model/verifier/verification.ts';
import type { SolverPool } from '../../../smt/index.ts';
import { rngOfRun } from '../../generate/rng.ts';
import type { Dialect } from '../generate/draft.ts';
import { withInput } from '../generate/inputs.ts';
import { generateCase, type VerifierCase } from '../generate/scenario.ts';
import type { Template } from '../generate/templates/template.ts';
import { judge, uncertified, type Violation } from '../oracle/judge.ts';
import { acceptedOnly, type Kept, type Loaded, loadPrograms, subjectOf } from '../oracle/load.ts';
import { type Change, type TestedVerifier, testedVerifier } from '../oracle/tested.ts';
import { failure } from '../oracle/violation.ts';
import { reasonOfRejection } from '../reasons.ts';
import { type Counts, count, noCounts } from './counts.ts';
import { safetyOf } from './false-rejections.ts';
import { RuleSides } from './instrument.ts';
import { type Variant, variantsOf } from './variants.ts';

export interface VerifierChunkSettings {
  readonly seed: number;
  readonly version: VerifierVersion;
  readonly change?: Change;
  /** Programs are drawn from these alone. */
  readonly about?: readonly Template[];
  /** Each n-th run tells which rules it met; 0 for none. */
  readonly watchEvery: number;
  /** Rejected programs of each n-th run are looked into by symbolic execution; 0 for none. */
  readonly exploreEvery: number;
}

/** A run that breaks a promise. */
export interface BrokenPromise {
  readonly run: number;
  readonly violation: Violation;
  /** The scenario with the input that shows it; all programs of the case where no run does. */
  readonly scenario: Scenario;
  readonly privileged: boolean;
  /** Whether the verifier kept all states. */
  readonly keepsAllStates: boolean;
}

/** A program that is rejected and safe. */
export interface FalseRejection {
  readonly run: number;
  readonly program: number;
  readonly reason: string;
  readonly instructions: number;
}

export interface VerifierChunk {
  readonly first: number;
  readonly runs: number;
  readonly counts: Counts;
  readonly broken: readonly BrokenPromise[];
  readonly falseRejections: readonly FalseRejection[];
}

/** Programs are drawn for this machine; instructions later than its rules know are refused by them. */
const PROFILE = 'linux-6.19/x86_64';

const dialectOf = ({ cpuV4, mayGoto, orderedAccesses }: TestedVerifier['rules']): Dialect => ({
  cpu: cpuV4 ? 4 : 3,
  mayGoto,
  ordered: orderedAccesses,
});

/** What a lane of a campaign keeps between its chunks. */
export class VerifierLane {
  readonly tested: TestedVerifier;
  readonly machine: Machine = createMachine();
  private readonly settings: VerifierChunkSettings;
  private readonly sides = new RuleSides();
  private readonly watched: readonly Variant[];
  private readonly pool: SolverPool | undefined;

  /** @param pool needed where `exploreEvery` is not 0. */
  constructor(settings: VerifierChunkSettings, pool?: SolverPool) {
    this.settings = settings;
    this.pool = pool;
    this.tested = testedVerifier(settings.version, settings.change);
    this.watched = variantsOf(settings.version, settings.change).map(({ tested, loading }) => ({
      tested: { ...tested, parts: this.sides.watch(tested.parts) },
      loading,
    }));
  }

  /** The case of one run; it depends on seed and run alone. */
  caseOf(run: number): VerifierCase {
    const rng = rngOfRun(this.settings.seed, run);
    return generateCase(rng, PROFILE, dialectOf(this.tested.rules), this.settings.about);
  }

  /** What one run breaks. */
  brokenIn(run: number): BrokenPromise | undefined {
    return this.tryCase(this.caseOf(run), run, noCounts()).broken;
  }

  async run(first: number, runs: number): Promise<VerifierChunk> {
    const counts = noCounts();
    const broken: BrokenPromise[] = [];
    const falseRejections: FalseRejection[] = [];
    const { watchEvery, exploreEvery } = this.settings;
    for (let run = first; run < first + runs; run++) {
      const drawn = this.caseOf(run);
      const found = this.tryCase(drawn, run, counts);
      if (found.broken !== undefined) broken.push(found.broken);
      if (watchEvery > 0 && run % watchEvery === 0) this.watch(drawn, run / watchEvery, counts);
      if (exploreEvery > 0 && run % exploreEvery === 0 && found.loaded !== undefined) {
        falseRejections.push(...(await this.explore(drawn, found.loaded, run, counts)));
      }
    }
    return { first, runs, counts, broken, falseRejections };
  }

  /** Verifies and runs a case. In every other one the verifier keeps all states. */
  private tryCase(
    drawn: VerifierCase,
    run: number,
    counts: Counts,
  ): { readonly loaded?: Loaded; readonly broken?: BrokenPromise } {
    const { scenario, privileged } = drawn;
    const keepsAllStates = run % 2 === 1;
    const of = { run, privileged, keepsAllStates };
    let shown = scenario;
    try {
      const loaded = loadPrograms({ ...this.tested, keepsAllStates }, scenario, privileged);
      for (const verdict of loaded.verdicts) countVerdict(counts, verdict);
      const problem = uncertified(loaded.certificates);
      if (problem !== undefined) {
        const entered = { ...scenario, run: { ...scenario.run, program: problem.program } };
        const kept = acceptedOnly(entered, loaded)?.scenario ?? entered;
        return { loaded, broken: { ...of, violation: problem, scenario: kept } };
      }
      for (const input of drawn.inputs) {
        shown = withInput(scenario, input);
        const kept = acceptedOnly(shown, loaded);
        const violation = kept === undefined ? undefined : this.runKept(kept, counts);
        if (violation !== undefined) {
          return { loaded, broken: { ...of, violation, scenario: kept!.scenario } };
        }
      }
      return { loaded };
    } catch (error) {
      return { broken: { ...of, violation: failure(error), scenario: shown } };
    }
  }

  private runKept({ scenario, certificates }: Kept, counts: Counts): Violation | undefined {
    const { violation, outcome } = judge(this.machine, scenario, certificates, this.tested);
    count(counts, 'endings', endingOf(outcome));
    for (const { result } of outcome.hops) count(counts, 'hops', result);
    return violation;
  }

  /** Which rules the programs of a case meet under one of the variants, and what each is about. */
  private watch({ scenario, privileged }: VerifierCase, turn: number, counts: Counts): void {
    const { tested, loading } = this.watched[turn % this.watched.length]!;
    const keepsAllStates = turn % 2 === 1;
    scenario.programs.forEach((_, program) => {
      const operands = new Set<string>();
      const observer = (v: Verification) => noteOperand(v, operands);
      const subject = { ...subjectOf(scenario, program, privileged), ...loading };
      const verdict = verify(subject, { ...tested, keepsAllStates, observer });
      const { kind } = verdict;
      if (verdict.kind === 'rejected') count(counts, 'reasons', reasonOfRejection(verdict));
      for (const side of this.sides.take()) {
        count(counts, 'rules', side);
        if (kind === 'accepted') count(counts, 'rules', `${side} accepted`);
      }
      for (const operand of operands) count(counts, 'operands', `${operand} ${kind}`);
    });
  }

  private async explore(
    { scenario }: VerifierCase,
    { verdicts }: Loaded,
    run: number,
    counts: Counts,
  ): Promise<FalseRejection[]> {
    const found: FalseRejection[] = [];
    for (const [program, verdict] of verdicts.entries()) {
      if (verdict.kind !== 'rejected' || this.pool === undefined) continue;
      const safety = await safetyOf(scenario, program, this.pool);
      count(counts, 'explored', safety);
      if (safety !== 'safe') continue;
      const reason = reasonOfRejection(verdict);
      count(counts, 'falseRejections', reason);
      const { code } = scenario.programs[program]!.program;
      const instructions = code.filter((instruction) => instruction !== undefined).length;
      found.push({ run, program, reason, instructions });
    }
    return found;
  }
}

function countVerdict(counts: Counts, verdict: Verdict): void {
  count(counts, 'verdicts', verdict.kind);
  if (verdict.kind === 'rejected') count(counts, 'reasons', reasonOfRejection(verdict));
  if (verdict.kind === 'unsupported') count(counts, 'unsupported', verdict.reason);
}

/** What an instruction is about: the register that it goes through, or changes. */
function noteOperand(v: Verification, operands: Set<string>): void {
  const { row, dst, src } = v.subject.program.code[v.pc]!;
  const { family } = row.operation;
  const register = family === 'ldx' ? src : dst;
  operands.add(`${family} ${v.frame.registers[register]!.type}`);
}

function endingOf({ ending }: Outcome): string {
  return ending.kind === 'trap' ? ending.trap : ending.kind;
}

// All paths of a scenario with unknown inputs, depth first. Each path is run under a concrete model; what
// could go another way is asked of the solver, and run again from the start under the model that it gives.

import { UnsupportedError } from '../../model/errors.ts';
import type { Outcome } from '../../model/scenario/outcome.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { SEMANTICS, type Semantics } from '../semantics/semantics.ts';
import type { SolverPool, UnknownReason } from '../solver/index.ts';
import { type Assignment, and, type BoolTerm, not } from '../terms/index.ts';
import { executeInstruction } from './execute.ts';
import { createInputs, type Inputs, type SymbolicInputs, withInputs } from './inputs.ts';
import { outcomeUnderModel } from './outcome.ts';
import { type Branch, Path } from './path.ts';
import { modelOf, type Question, Questions } from './questions.ts';
import { SymbolicState } from './state.ts';

export interface ExploreBounds {
  /** Paths that are followed, those that are cut included. */
  readonly paths: number;
  /** Steps of one path; a path that needs more is cut. */
  readonly steps: number;
  /** Questions to the solver. */
  readonly checks: number;
}

export interface ExploreOptions {
  readonly symbolic: SymbolicInputs;
  readonly bounds: ExploreBounds;
  readonly pool: SolverPool;
  readonly signal?: AbortSignal;
  /** Is given each path as it is found, before the next one is looked for. */
  readonly onPath?: (path: ExploredPath) => void | Promise<void>;
  readonly semantics?: Semantics;
}

/** A path that ended: an input that takes it, and the outcome that the terms predict for it. */
export interface ExploredPath {
  /** The scenario with the input put in. */
  readonly scenario: Scenario;
  readonly outcome: Outcome;
  /** All inputs for which it holds take this path. */
  readonly pathCondition: BoolTerm;
}

/** A feasible path that was not followed to its end. */
export interface CutPath {
  readonly reason: string;
  readonly scenario: Scenario;
  readonly pathCondition: BoolTerm;
}

/** A branch of which the solver could not say whether an input takes it. */
export interface UnknownBranch {
  readonly reason: UnknownReason;
  readonly detail: string;
  readonly pathCondition: BoolTerm;
}

export interface Exploration {
  readonly paths: readonly ExploredPath[];
  readonly cut: readonly CutPath[];
  readonly unknown: readonly UnknownBranch[];
  /** Branches that nobody looked at when the exploration stopped; each may be feasible or not. */
  readonly unexplored: number;
  /** Branches that no input takes. */
  readonly infeasible: number;
  /** Questions to the solver, and those that were not put because they had been asked before. */
  readonly checks: number;
  readonly repeated: number;
  readonly stopped: 'done' | 'paths' | 'checks' | 'aborted';
  /** Whether `paths` are all that there are. */
  readonly complete: boolean;
}

/**
 * Explores what a scenario does for unknown inputs; what the bounds leave out is in the result. Terms must
 * not be cleared meanwhile (`clearTerms`), since a path is known by its conditions.
 */
export async function explore(scenario: Scenario, options: ExploreOptions): Promise<Exploration> {
  return await new Explorer(scenario, options).run();
}

class Explorer {
  private readonly scenario: Scenario;
  private readonly options: ExploreOptions;
  private readonly inputs: Inputs;
  private readonly semantics: Semantics;
  private readonly questions: Questions;
  private readonly branches: Branch[] = [];
  private readonly paths: ExploredPath[] = [];
  private readonly cut: CutPath[] = [];
  private readonly unknown: UnknownBranch[] = [];
  private infeasible = 0;

  constructor(scenario: Scenario, options: ExploreOptions) {
    this.scenario = scenario;
    this.options = options;
    this.semantics = options.semantics ?? SEMANTICS;
    this.inputs = createInputs(scenario, options.symbolic);
    this.questions = new Questions(options.pool, options.signal);
  }

  async run(): Promise<Exploration> {
    const { original } = this.inputs;
    const root: Branch = { conditions: [], excluded: [], model: original };
    if (this.isWithinBounds()) await this.follow(root, original);
    else this.branches.push(root);
    const stopped = await this.followBranches();
    const unexplored = this.branches.length;
    return {
      paths: this.paths,
      cut: this.cut,
      unknown: this.unknown,
      unexplored,
      infeasible: this.infeasible,
      checks: this.questions.asked,
      repeated: this.questions.repeated,
      stopped,
      complete: unexplored === 0 && this.cut.length === 0 && this.unknown.length === 0,
    };
  }

  private isWithinBounds(): boolean {
    const { bounds, signal } = this.options;
    return signal?.aborted !== true && this.paths.length + this.cut.length < bounds.paths;
  }

  /** Takes the branch noted last, until there is none or a bound is reached. */
  private async followBranches(): Promise<Exploration['stopped']> {
    for (let branch = this.branches.at(-1); branch; branch = this.branches.at(-1)) {
      if (!this.isWithinBounds()) {
        return this.options.signal?.aborted === true ? 'aborted' : 'paths';
      }
      const question = this.questions.questionOf(branch);
      const isFree = this.questions.isKnown(question);
      if (!isFree && this.questions.asked >= this.options.bounds.checks) return 'checks';
      this.branches.pop();
      const model = await this.modelOf(branch, question);
      if (model !== undefined) await this.follow(branch, model);
    }
    return 'done';
  }

  /** An input that takes the branch; undefined where there is none, or none is known. */
  private async modelOf(branch: Branch, question: Question): Promise<Assignment | undefined> {
    const answer = await this.questions.ask(question);
    if (answer.answer === 'sat') return modelOf(branch, answer.model);
    if (answer.answer === 'unsat') this.infeasible++;
    else {
      const { reason, detail } = answer;
      const pathCondition = and(...branch.conditions, ...branch.excluded.map(not));
      this.unknown.push({ reason, detail, pathCondition });
    }
    return undefined;
  }

  /** Runs the path of a model, and notes the branches that leave it. */
  private async follow(branch: Branch, model: Assignment): Promise<void> {
    const path = new Path(model, branch, (other) => this.branches.push(other));
    const state = new SymbolicState(this.scenario, this.inputs, path, this.semantics);
    const cut = runToEnd(state, this.options.bounds.steps);
    const scenario = withInputs(this.scenario, this.inputs, model);
    const pathCondition = and(...path.conditions);
    if (cut !== undefined) {
      this.cut.push({ reason: cut, scenario, pathCondition });
      return;
    }
    const explored = { scenario, outcome: outcomeUnderModel(state), pathCondition };
    this.paths.push(explored);
    await this.options.onPath?.(explored);
  }
}

/** Steps until the run ends; gives the reason when it was cut before. */
function runToEnd(state: SymbolicState, stepsMax: number): string | undefined {
  try {
    while (state.ending === undefined) {
      if (state.steps === state.scenario.run.fuel) {
        state.outOfFuel();
        return undefined;
      }
      if (state.steps === stepsMax) return `${stepsMax} steps`;
      step(state);
    }
    return undefined;
  } catch (error) {
    if (error instanceof UnsupportedError) return error.message;
    throw error;
  }
}

function step(state: SymbolicState): void {
  if (state.steps >= state.schedule.nextStep) state.schedule.beforeStep(state.steps);
  executeInstruction(state);
  if (state.ending === undefined || state.ending.kind === 'exit') state.steps++;
}

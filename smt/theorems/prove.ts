// Decides theorems: every lemma, and whether the theorem says something at all. A proof counts only when its
// premises can hold together (vacuity), none of them could be left out (necessity), and each fault that is
// planted in the subject is seen (faults).

import { setMaxListeners } from 'node:events';
import { invariant, UnsupportedError } from '../../model/errors.ts';
import { DEFAULT_PROFILE, profileNamed } from '../../model/profiles/catalogue.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { SEMANTICS } from '../semantics/index.ts';
import {
  type Answer,
  type Budget,
  createSolverPool,
  type Goal,
  type Model,
  type SolverPool,
} from '../solver/index.ts';
import { not } from '../terms/index.ts';
import {
  type Expected,
  expectedOf,
  type Lemma,
  type Subject,
  type Theorem,
  type TheoremFault,
  type Verdict,
} from './theorem.ts';

/** Which questions are put besides whether the lemmas hold. */
export interface Checks {
  readonly vacuity: boolean;
  readonly necessity: boolean;
  readonly faults: boolean;
}

export const ALL_CHECKS: Checks = { vacuity: true, necessity: true, faults: true };

export interface ProveOptions {
  /** Solvers to use, which stay open; by default some of its own. */
  readonly pool?: SolverPool;
  /** Solvers of its own. */
  readonly jobs?: number;
  readonly dumpSmt?: (name: string, script: string) => void;
  /** Of one goal. */
  readonly budget?: Budget;
  readonly subject?: Subject;
  readonly checks?: Partial<Checks>;
  /** Ends all goals; the promise resolves, and what was not decided is unknown. */
  readonly signal?: AbortSignal;
  /** Called at once; must not throw. */
  readonly onEvent?: (event: ProofEvent) => void;
  /** Milliseconds; without a clock all times are 0. */
  readonly now?: () => number;
}

export type ProofEvent =
  | { readonly type: 'start'; readonly theorems: number; readonly goals: number }
  | { readonly type: 'goal-start'; readonly goal: string }
  | {
      readonly type: 'goal-end';
      readonly goal: string;
      readonly answer: Answer['answer'];
      readonly ms: number;
    }
  | { readonly type: 'theorem'; readonly report: TheoremReport; readonly ms: number }
  | { readonly type: 'end'; readonly report: ProofReport };

export interface LemmaReport {
  readonly name: string;
  readonly verdict: Verdict;
  /** Whether the premises can hold together. */
  readonly premises: 'satisfiable' | 'vacuous' | 'unknown' | 'unasked';
  /** By premise that is no convention: whether the lemma fails without it. Not asked of refuted lemmas. */
  readonly necessity: Readonly<Record<string, 'necessary' | 'unnecessary' | 'unknown'>>;
}

export interface FaultReport {
  readonly name: string;
  readonly lemma: string;
  /** Seen: the lemma went the other way. */
  readonly outcome: 'seen' | 'missed' | 'unknown';
}

export interface TheoremReport {
  readonly name: string;
  readonly statement: string;
  readonly expected: Expected;
  readonly verdict: Verdict;
  /** Whether it is as stated: the expected verdict, and all checks passed. */
  readonly result: 'as-stated' | 'not-as-stated' | 'unknown' | 'skipped';
  /** What keeps it from being as stated, in words. */
  readonly problems: readonly string[];
  readonly lemmas: readonly LemmaReport[];
  readonly faults: readonly FaultReport[];
  /** Shows the counterexample on an engine. */
  readonly replay?: Scenario;
  /** The counterexample in words, a line for each step. */
  readonly trace?: readonly string[];
}

export interface ProofReport {
  /** By name. The same for the same theorems, budget and Z3, whatever the number of jobs. */
  readonly theorems: readonly TheoremReport[];
  readonly goals: number;
  readonly aborted: boolean;
  /** Milliseconds by theorem, from its first goal to its last; not the same twice. */
  readonly times: Readonly<Record<string, number>>;
}

/** Goals that are in the pool at a time: enough for its threads, without the text of all goals at once. */
const GOALS_AT_ONCE = 16;

/** What is proved unless somebody says otherwise: the semantics that the campaign evaluates. */
export function defaultSubject(): Subject {
  return { semantics: SEMANTICS, profile: profileNamed(DEFAULT_PROFILE) };
}

/**
 * Decides theorems on a pool of solvers. Whatever cannot be decided is unknown, and never a pass.
 *
 * @throws InternalError when a theorem is malformed or the solver misbehaves.
 */
export async function prove(
  theorems: Iterable<Theorem>,
  options: ProveOptions = {},
): Promise<ProofReport> {
  const { pool } = options;
  if (pool !== undefined) return await new Prover(theorems, options, pool).run();
  const own = createSolverPool({
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    ...(options.dumpSmt === undefined ? {} : { dumpSmt: options.dumpSmt }),
  });
  try {
    return await new Prover(theorems, options, own).run();
  } finally {
    await own.close();
  }
}

/** The questions of a lemma. */
interface LemmaPlan {
  readonly lemma: Lemma;
  readonly proof: Goal;
  readonly vacuity: Goal | undefined;
  readonly necessity: readonly { readonly premise: string; readonly goal: Goal }[];
}

interface FaultPlan {
  readonly fault: TheoremFault;
  readonly goal: Goal;
}

interface Plan {
  readonly theorem: Theorem;
  readonly expected: Expected;
  readonly lemmas: readonly LemmaPlan[];
  readonly faults: readonly FaultPlan[];
  /** Where nothing can be asked: why. */
  readonly verdict?: Verdict;
}

class Prover {
  private readonly options: ProveOptions;
  private readonly pool: SolverPool;
  private readonly subject: Subject;
  private readonly checks: Checks;
  private readonly now: () => number;
  private readonly theorems: readonly Theorem[];
  /** What ends all goals once one of them has failed by a bug. */
  private readonly failure = new AbortController();
  private readonly signal: AbortSignal;
  private asking = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(theorems: Iterable<Theorem>, options: ProveOptions, pool: SolverPool) {
    this.options = options;
    this.pool = pool;
    this.subject = options.subject ?? defaultSubject();
    this.checks = { ...ALL_CHECKS, ...options.checks };
    this.now = options.now ?? (() => 0);
    const { signal } = options;
    const own = this.failure.signal;
    this.signal = signal === undefined ? own : AbortSignal.any([signal, own]);
    // Each goal listens while it waits.
    setMaxListeners(0, this.signal);
    const sorted = [...theorems].sort((a, b) => compare(a.name, b.name));
    sorted.forEach((theorem, i) => {
      invariant(theorem.name !== sorted[i + 1]?.name, `one theorem is named ${theorem.name}`);
    });
    this.theorems = sorted;
  }

  async run(): Promise<ProofReport> {
    const plans = await this.planAll();
    const goals = plans.reduce((sum, plan) => sum + goalCount(plan), 0);
    const times: Record<string, number> = {};
    this.emit({ type: 'start', theorems: plans.length, goals });
    const theorems = await this.all(
      plans.map(async (plan) => {
        const clock = new Span(this.now);
        const report = await this.decide(plan, clock);
        const ms = clock.length();
        times[plan.theorem.name] = ms;
        this.emit({ type: 'theorem', report, ms });
        return report;
      }),
    );
    const aborted = this.options.signal?.aborted === true;
    const report = { theorems, goals, aborted, times };
    this.emit({ type: 'end', report });
    return report;
  }

  /** All of them, or the first error once everything has come to rest. */
  private async all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
    for (const promise of promises) promise.catch(() => this.failure.abort());
    await Promise.allSettled(promises);
    return await Promise.all(promises);
  }

  private emit(event: ProofEvent): void {
    this.options.onEvent?.(event);
  }

  /** One theorem at a time, so that others get their turn: some take a second to write down. */
  private async planAll(): Promise<Plan[]> {
    const plans: Plan[] = [];
    for (const theorem of this.theorems) {
      await new Promise((resolve) => setImmediate(resolve));
      plans.push(this.plan(theorem));
    }
    return plans;
  }

  private plan(theorem: Theorem): Plan {
    if (this.signal.aborted) {
      return this.unasked(theorem, { verdict: 'unknown', lemma: 'all lemmas', reason: 'aborted' });
    }
    try {
      const expected = expectedOf(theorem, this.subject);
      const lemmas = theorem.lemmas(this.subject);
      invariant(lemmas.length > 0, `${theorem.name} has lemmas`);
      const names = new Set(lemmas.map(({ name }) => name));
      invariant(names.size === lemmas.length, `${theorem.name}: lemmas have different names`);
      return {
        theorem,
        expected,
        lemmas: lemmas.map((lemma) => this.planLemma(theorem, lemma, expected)),
        faults: this.checks.faults ? this.planFaults(theorem) : [],
      };
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      return this.unasked(theorem, { verdict: 'skipped', reason: error.message });
    }
  }

  private unasked(theorem: Theorem, verdict: Verdict): Plan {
    const expected = expectedOf(theorem, this.subject);
    return { theorem, expected, lemmas: [], faults: [], verdict };
  }

  private planLemma(theorem: Theorem, lemma: Lemma, expected: Expected): LemmaPlan {
    const { vacuity, necessity } = this.checks;
    const name = `${theorem.name}/${lemma.name}`;
    const { premises, conclusion, conventions = [] } = lemma;
    for (const convention of conventions) {
      invariant(convention in premises, `${name}: '${convention}' is a premise`);
    }
    const without = (premise: string) =>
      Object.entries(premises)
        .filter(([other]) => other !== premise)
        .map(([, term]) => term);
    // What is refuted with a premise is so without it: there is nothing to ask.
    const asked = necessity && expected === 'proved' ? Object.keys(premises) : [];
    return {
      lemma,
      proof: goalOf(name, lemma),
      vacuity: vacuity
        ? { name: `${name} ~ premises`, assertions: Object.values(premises) }
        : undefined,
      necessity: asked
        .filter((premise) => !conventions.includes(premise))
        .map((premise) => ({
          premise,
          goal: {
            name: `${name} ~ without ${premise}`,
            assertions: [...without(premise), not(conclusion)],
          },
        })),
    };
  }

  private planFaults(theorem: Theorem): FaultPlan[] {
    return theorem.faults
      .filter(({ applies }) => applies?.(this.subject) ?? true)
      .map((fault) => {
        const lemmas = theorem.lemmas(fault.plant(this.subject));
        const lemma = lemmas.find(({ name }) => name === fault.lemma);
        invariant(lemma !== undefined, `${theorem.name} has a lemma ${fault.lemma}`);
        const name = `${theorem.name}/${lemma.name} ~ fault ${fault.name}`;
        return { fault, goal: goalOf(name, lemma) };
      });
  }

  private async decide(plan: Plan, clock: Span): Promise<TheoremReport> {
    const { theorem, expected } = plan;
    const [decided, faults] = await Promise.all([
      this.all(plan.lemmas.map((lemma) => this.decideLemma(lemma, clock))),
      this.all(plan.faults.map((fault) => this.decideFault(expected, fault, clock))),
    ]);
    const verdict = plan.verdict ?? verdictOf(decided);
    const { name, statement } = theorem;
    return {
      name,
      statement,
      expected,
      verdict,
      ...resultOf(expected, verdict, decided, faults),
      lemmas: decided,
      faults,
      ...this.shownBy(plan, verdict),
    };
  }

  private async decideLemma(plan: LemmaPlan, clock: Span): Promise<LemmaReport> {
    const { name } = plan.lemma;
    const [proof, vacuity, ...necessity] = await this.all([
      this.ask(plan.proof, clock),
      plan.vacuity === undefined ? Promise.resolve(undefined) : this.ask(plan.vacuity, clock),
      ...plan.necessity.map(({ goal }) => this.ask(goal, clock)),
    ]);
    invariant(proof !== undefined, `${name} was asked`);
    const words = { sat: 'necessary', unsat: 'unnecessary', unknown: 'unknown' } as const;
    const isRefuted = proof.answer === 'sat';
    const answered = plan.necessity.map(({ premise }, i) => {
      const answer = necessity[i]?.answer ?? 'unknown';
      return [premise, words[answer]] as const;
    });
    const premises = { sat: 'satisfiable', unsat: 'vacuous', unknown: 'unknown' } as const;
    return {
      name,
      verdict: lemmaVerdict(name, proof),
      premises: vacuity === undefined ? 'unasked' : premises[vacuity.answer],
      necessity: isRefuted ? {} : Object.fromEntries(answered),
    };
  }

  private async decideFault(
    expected: Expected,
    plan: FaultPlan,
    clock: Span,
  ): Promise<FaultReport> {
    const { answer } = await this.ask(plan.goal, clock);
    const { name, lemma } = plan.fault;
    const wanted = expected === 'proved' ? 'sat' : 'unsat';
    if (answer === 'unknown') return { name, lemma, outcome: 'unknown' };
    return { name, lemma, outcome: answer === wanted ? 'seen' : 'missed' };
  }

  /** Puts a goal when it is its turn. */
  private async ask(goal: Goal, clock: Span): Promise<Answer> {
    if (this.asking === GOALS_AT_ONCE) await new Promise<void>((go) => this.waiting.push(go));
    else this.asking++;
    try {
      return await this.put(goal, clock);
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.asking--;
      else next();
    }
  }

  private async put(goal: Goal, clock: Span): Promise<Answer> {
    const { budget } = this.options;
    const begun = this.now();
    clock.begin();
    this.emit({ type: 'goal-start', goal: goal.name });
    const answer = await this.pool.check(goal, {
      signal: this.signal,
      ...(budget === undefined ? {} : { budget }),
    });
    const ms = this.now() - begun;
    clock.end();
    this.emit({ type: 'goal-end', goal: goal.name, answer: answer.answer, ms });
    return answer;
  }

  /** What shows that a theorem is refuted. */
  private shownBy(
    { theorem, lemmas }: Plan,
    verdict: Verdict,
  ): Pick<TheoremReport, 'replay' | 'trace'> {
    if (verdict.verdict !== 'refuted') return {};
    const lemma = lemmas.find((plan) => plan.lemma.name === verdict.lemma)?.lemma;
    invariant(lemma !== undefined, `${theorem.name} has a lemma ${verdict.lemma}`);
    const replay = theorem.replay?.(lemma, verdict.model, this.subject);
    const trace = theorem.show?.(lemma, verdict.model, this.subject);
    return {
      ...(replay === undefined ? {} : { replay }),
      ...(trace === undefined ? {} : { trace }),
    };
  }
}

/** From the first beginning to the last end. */
class Span {
  private readonly now: () => number;
  private first: number | undefined;
  private last = 0;

  constructor(now: () => number) {
    this.now = now;
  }

  begin(): void {
    this.first ??= this.now();
  }

  end(): void {
    this.last = this.now();
  }

  length(): number {
    return this.first === undefined ? 0 : this.last - this.first;
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function goalOf(name: string, { premises, conclusion }: Lemma): Goal {
  return { name, assertions: [...Object.values(premises), not(conclusion)] };
}

function goalCount({ lemmas, faults }: Plan): number {
  const ofLemma = ({ vacuity, necessity }: LemmaPlan) =>
    1 + (vacuity === undefined ? 0 : 1) + necessity.length;
  return lemmas.reduce((sum, lemma) => sum + ofLemma(lemma), faults.length);
}

function lemmaVerdict(lemma: string, answer: Answer): Verdict {
  switch (answer.answer) {
    case 'unsat':
      return { verdict: 'proved' };
    case 'sat':
      return { verdict: 'refuted', lemma, model: sortedModel(answer.model) };
    case 'unknown':
      return { verdict: 'unknown', lemma, reason: answer.reason };
  }
}

function sortedModel(model: Model): Model {
  return new Map([...model].sort(([a], [b]) => compare(a, b)));
}

/** One refuted lemma refutes the theorem; else one unknown leaves it unknown. */
function verdictOf(lemmas: readonly LemmaReport[]): Verdict {
  const verdicts = lemmas.map(({ verdict }) => verdict);
  return (
    verdicts.find(({ verdict }) => verdict === 'refuted') ??
    verdicts.find(({ verdict }) => verdict === 'unknown') ?? { verdict: 'proved' }
  );
}

function resultOf(
  expected: Expected,
  verdict: Verdict,
  lemmas: readonly LemmaReport[],
  faults: readonly FaultReport[],
): Pick<TheoremReport, 'result' | 'problems'> {
  if (verdict.verdict === 'skipped') return { result: 'skipped', problems: [verdict.reason] };
  const wrong: string[] = [];
  const open: string[] = [];
  if (verdict.verdict === 'unknown') open.push(`${verdict.lemma} is unknown: ${verdict.reason}`);
  else if (verdict.verdict !== expected) {
    const where = verdict.verdict === 'refuted' ? ` by ${verdict.lemma}` : '';
    wrong.push(`it is ${verdict.verdict}${where}, which was not expected`);
  }
  for (const { name, premises, necessity } of lemmas) {
    if (premises === 'vacuous') wrong.push(`${name} is vacuous: its premises cannot hold together`);
    if (premises === 'unknown') open.push(`whether ${name} is vacuous is unknown`);
    for (const [premise, answer] of Object.entries(necessity)) {
      if (answer === 'unnecessary') wrong.push(`${name} holds without its premise '${premise}'`);
      if (answer === 'unknown') open.push(`whether ${name} needs '${premise}' is unknown`);
    }
  }
  for (const { name, lemma, outcome } of faults) {
    if (outcome === 'missed') wrong.push(`the fault ${name} does not show in ${lemma}`);
    if (outcome === 'unknown') open.push(`whether the fault ${name} shows in ${lemma} is unknown`);
  }
  const problems = [...wrong, ...open];
  if (wrong.length > 0) return { result: 'not-as-stated', problems };
  return { result: open.length > 0 ? 'unknown' : 'as-stated', problems };
}

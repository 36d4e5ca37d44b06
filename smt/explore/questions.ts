// What paths ask the solver: whether a branch can be taken, and by which input. A question is cut down to
// the conditions that matter for it, so that it is small, and often one that was asked before.

import type { Answer, SolverPool } from '../solver/index.ts';
import { type Assignment, type BoolTerm, freeVariables, not } from '../terms/index.ts';
import type { Branch } from './path.ts';

/** The conditions of a branch that share variables, directly or not, with the choice that it leaves open. */
export interface Question {
  readonly assertions: readonly BoolTerm[];
  /** Equal for equal questions. */
  readonly key: string;
}

export class Questions {
  /** Questions that went to the solver, and that did not because they had been asked before. */
  asked = 0;
  repeated = 0;
  private readonly pool: SolverPool;
  private readonly signal: AbortSignal | undefined;
  private readonly answers = new Map<string, Answer>();
  private readonly names = new Map<BoolTerm, readonly string[]>();

  constructor(pool: SolverPool, signal: AbortSignal | undefined) {
    this.pool = pool;
    this.signal = signal;
  }

  /** What must be asked to know whether a branch can be taken. */
  questionOf({ conditions, excluded }: Branch): Question {
    const goal = excluded.map(not);
    const reached = new Set(goal.flatMap((one) => this.variablesOf(one)));
    const kept: BoolTerm[] = [];
    const isLinked = (one: BoolTerm) => this.variablesOf(one).some((name) => reached.has(name));
    let linked = conditions.filter(isLinked);
    let rest = conditions.filter((one) => !isLinked(one));
    while (linked.length > 0) {
      kept.push(...linked);
      for (const one of linked) for (const name of this.variablesOf(one)) reached.add(name);
      linked = rest.filter(isLinked);
      rest = rest.filter((one) => !isLinked(one));
    }
    const assertions = [...kept, ...goal];
    const ids = assertions.map(({ id }) => id).sort((a, b) => a - b);
    return { assertions, key: ids.join(' ') };
  }

  isKnown({ key }: Question): boolean {
    return this.answers.has(key);
  }

  /** The answer; a model of it says nothing about variables outside of the question. */
  async ask({ assertions, key }: Question): Promise<Answer> {
    const known = this.answers.get(key);
    if (known !== undefined) {
      this.repeated++;
      return known;
    }
    this.asked++;
    const options = this.signal === undefined ? {} : { signal: this.signal };
    const answer = await this.pool.check({ name: `path-${this.asked}`, assertions }, options);
    this.answers.set(key, answer);
    return answer;
  }

  private variablesOf(condition: BoolTerm): readonly string[] {
    let names = this.names.get(condition);
    if (names === undefined) {
      names = freeVariables(condition).map(({ name }) => name);
      this.names.set(condition, names);
    }
    return names;
  }
}

/** An input that takes a branch: the answer's values, and elsewhere those of the path before. */
export function modelOf(branch: Branch, answer: Assignment): Assignment {
  return new Map([...branch.model, ...answer]);
}

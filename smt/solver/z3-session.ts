// One Z3 instance, used synchronously: it runs inside a worker, which it may block.
//
// Measured on z3-solver 5.2.0 (2 shared cores, a goal over two 8-bit variables, ms per goal): the
// asynchronous wrapper adds 1.3 for its thread hop; `Z3_eval_smtlib2_string` in a fresh context takes
// 7.7 with its default solver and 4.5 with the `smt` tactic; the low-level calls below take 2.4, of
// which 0.4 is the context. A context that is reused over push and pop takes 1.4, but then models and
// resource counts depend on the goals before, so a counterexample would not be reproducible.

import { init } from 'z3-solver';
import { InternalError } from '../../model/errors.ts';
import type { SolveReply, SolveRequest, UnknownReason } from './protocol.ts';

type Api = Awaited<ReturnType<typeof init>>;
type Z3 = Api['Z3'];
type Context = ReturnType<Z3['mk_context']>;
type Solver = ReturnType<Z3['mk_solver']>;
type Model = ReturnType<Z3['solver_get_model']>;

// Z3_lbool and Z3_error_code.
const SAT = 1;
const UNSAT = -1;
const OK = 0;
const MEMOUT_FAIL = 7;

// What the cheap first attempt may spend: at most some 0.3 s. It has no time limit, because Z3 starts
// a timer thread for one, which costs 0.6 ms, a quarter of a small goal.
const QUICK_CONFLICTS = 100;
const QUICK_RLIMIT = 100_000;
const UINT_MAX = 0xffff_ffff;

/** Parameters of a Z3 solver; `timeout` is in ms. */
interface Limits {
  readonly rlimit: number;
  readonly timeout?: number;
  readonly max_conflicts?: number;
}

type MakeSolver = (context: Context) => Solver;

export class Z3Session {
  readonly #z3: Z3;
  /** Z3_solver_check as a plain call: the wrapper's own check is asynchronous. */
  readonly #check: (context: Context, solver: Solver) => number;

  private constructor({ Z3, em }: Api) {
    this.#z3 = Z3;
    this.#check = em._Z3_solver_check;
  }

  static async start(): Promise<Z3Session> {
    return new Z3Session(await init());
  }

  /**
   * Answers one goal. First with the `smt` tactic within a few conflicts, which settles small goals
   * several times faster than the solver for the logic can start; then with the latter and the
   * whole budget.
   */
  solve({ logic, body, assertionCount, budget }: SolveRequest): SolveReply {
    const startedAt = performance.now();
    const rlimit = budget.rlimit === 0 ? QUICK_RLIMIT : Math.min(budget.rlimit, QUICK_RLIMIT);
    const quick: Limits = { rlimit, max_conflicts: QUICK_CONFLICTS };
    const makeQuick: MakeSolver = (context) => this.#smtTactic(context);
    const first = this.#attempt(body, assertionCount, makeQuick, quick);
    if (first.answer !== 'unknown' || first.reason === 'memory') return first;
    const spentMs = performance.now() - startedAt;
    const timeout = Math.ceil(Math.max(1, budget.timeoutMs - spentMs));
    const makeFull: MakeSolver = (context) =>
      this.#z3.mk_solver_for_logic(context, this.#z3.mk_string_symbol(context, logic));
    return this.#attempt(body, assertionCount, makeFull, { rlimit: budget.rlimit, timeout });
  }

  /** One check in a context of its own, which is freed whatever happens. */
  #attempt(
    body: string,
    assertionCount: number,
    makeSolver: MakeSolver,
    limits: Limits,
  ): SolveReply {
    const config = this.#z3.mk_config();
    const context = this.#z3.mk_context(config);
    this.#z3.del_config(config);
    try {
      const solver = makeSolver(context);
      this.#z3.solver_inc_ref(context, solver);
      this.#setLimits(context, solver, limits);
      const reply =
        this.#assertAll(context, solver, body, assertionCount) ??
        this.#ask(context, solver, limits);
      this.#z3.solver_dec_ref(context, solver);
      return reply;
    } finally {
      this.#z3.del_context(context);
    }
  }

  #smtTactic(context: Context): Solver {
    const tactic = this.#z3.mk_tactic(context, 'smt');
    this.#z3.tactic_inc_ref(context, tactic);
    const solver = this.#z3.mk_solver_from_tactic(context, tactic);
    this.#z3.tactic_dec_ref(context, tactic);
    return solver;
  }

  #setLimits(context: Context, solver: Solver, limits: Limits): void {
    const params = this.#z3.mk_params(context);
    this.#z3.params_inc_ref(context, params);
    for (const [name, value] of Object.entries(limits)) {
      const symbol = this.#z3.mk_string_symbol(context, name);
      this.#z3.params_set_uint(context, params, symbol, Math.min(value, UINT_MAX));
    }
    this.#z3.solver_set_params(context, solver, params);
    this.#z3.params_dec_ref(context, params);
  }

  /** Puts the goal into the solver; a reply means that it did not get that far. */
  #assertAll(
    context: Context,
    solver: Solver,
    body: string,
    assertionCount: number,
  ): SolveReply | undefined {
    const formulas = this.#z3.parse_smtlib2_string(context, body, [], [], [], []);
    const failure = this.#failure(context);
    if (failure !== undefined) return failure;
    this.#z3.ast_vector_inc_ref(context, formulas);
    const count = this.#z3.ast_vector_size(context, formulas);
    for (let i = 0; i < count; i++) {
      this.#z3.solver_assert(context, solver, this.#z3.ast_vector_get(context, formulas, i));
    }
    this.#z3.ast_vector_dec_ref(context, formulas);
    // An unknown command is skipped without an error; here it would be an assertion too few.
    if (count !== assertionCount) {
      return { answer: 'rejected', detail: `${count} of ${assertionCount} assertions were read` };
    }
    return this.#failure(context);
  }

  #failure(context: Context): SolveReply | undefined {
    const code = this.#z3.get_error_code(context);
    if (code === OK) return undefined;
    const detail = this.#z3.get_error_msg(context, code);
    if (code === MEMOUT_FAIL) return { answer: 'unknown', reason: 'memory', detail };
    return { answer: 'rejected', detail };
  }

  #ask(context: Context, solver: Solver, limits: Limits): SolveReply {
    const startedAt = performance.now();
    const result = this.#check(context, solver);
    const timedOut = performance.now() - startedAt >= (limits.timeout ?? Infinity);
    const failure = this.#failure(context);
    if (failure !== undefined) return failure;
    if (result === UNSAT) return { answer: 'unsat' };
    if (result !== SAT) {
      const detail = this.#z3.solver_get_reason_unknown(context, solver);
      return { answer: 'unknown', reason: reasonOf(detail, timedOut), detail };
    }
    const model = this.#z3.solver_get_model(context, solver);
    this.#z3.model_inc_ref(context, model);
    const values = this.#values(context, model);
    this.#z3.model_dec_ref(context, model);
    return this.#failure(context) ?? { answer: 'sat', values };
  }

  #values(context: Context, model: Model): [string, string][] {
    const values: [string, string][] = [];
    const count = this.#z3.model_get_num_consts(context, model);
    for (let i = 0; i < count; i++) {
      const declaration = this.#z3.model_get_const_decl(context, model, i);
      const name = this.#z3.get_symbol_string(
        context,
        this.#z3.get_decl_name(context, declaration),
      );
      const value = this.#z3.model_get_const_interp(context, model, declaration);
      if (value === null) throw new InternalError(`Z3 has no interpretation of ${name}`);
      values.push([name, this.#z3.ast_to_string(context, value)]);
    }
    return values;
  }
}

/** Z3 says 'canceled' both when the resource limit and when the time is used up. */
function reasonOf(detail: string, timedOut: boolean): UnknownReason {
  if (/resource limit/.test(detail)) return 'rlimit';
  if (/timeout/.test(detail)) return 'timeout';
  if (/memout|memory/.test(detail)) return 'memory';
  if (/canceled|interrupted/.test(detail)) return timedOut ? 'timeout' : 'rlimit';
  return 'solver-error';
}

// Concrete runs by evaluating terms: docs/semantics.md, Run and Outcome.

import { invariant } from '../../model/errors.ts';
import type { Instruction } from '../../model/isa/instruction.ts';
import type { Outcome } from '../../model/scenario/outcome.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { SEMANTICS, type Semantics } from '../semantics/semantics.ts';
import { type Compiled, compiledSemantics } from './compiled.ts';
import type { Op } from './op.ts';
import { prepare, prepareFreed } from './prepare.ts';
import { MachineState } from './state.ts';

/** Runs scenarios one after the other in the same memory. */
export interface ConcreteMachine {
  /** The outcome shares nothing with the machine or the scenario. */
  readonly run: (scenario: Scenario) => Outcome;
}

/** A machine with a memory of its own; the compiled terms are shared by machines of one Semantics. */
export function createConcreteMachine(semantics: Semantics = SEMANTICS): ConcreteMachine {
  const compiled = compiledSemantics(semantics);
  const state = new MachineState(compiled);
  return {
    run: (scenario) => {
      state.reset(scenario);
      execute(state, compiled, scenario.run.fuel);
      return outcomeOf(state);
    },
  };
}

const machines = new WeakMap<Semantics, ConcreteMachine>();

/** The outcome of a scenario. */
export function runConcrete(
  scenario: Scenario,
  { semantics = SEMANTICS }: { readonly semantics?: Semantics } = {},
): Outcome {
  let machine = machines.get(semantics);
  if (machine === undefined) {
    machine = createConcreteMachine(semantics);
    machines.set(semantics, machine);
  }
  return machine.run(scenario);
}

/** Steps until the run ends. */
function execute(state: MachineState, compiled: Compiled, fuel: number): void {
  for (;;) {
    if (state.steps === fuel) {
      state.outOfFuel();
      return;
    }
    if (state.steps >= state.schedule.nextStep) state.applySchedule();
    const { pc } = state;
    const op = state.ops[pc] ?? prepareNext(state, compiled);
    state.at = pc;
    if ((op.reads & state.unset) !== 0) {
      state.trap('uninitialised_read');
      return;
    }
    state.pc = op.next;
    op.execute(state, op);
    if (state.ending !== undefined) {
      if (state.ending.kind === 'exit') state.steps++;
      return;
    }
    state.steps++;
  }
}

function prepareNext(state: MachineState, compiled: Compiled): Op {
  const { pc } = state;
  const code: readonly (Instruction | undefined)[] =
    state.scenario.programs[state.program]?.program.code ?? [];
  const instruction = code[pc];
  invariant(instruction !== undefined, `program ${state.program} has an instruction at ${pc}`);
  if (state.objects.isFreed(state.program)) return prepareFreed(compiled, instruction, pc);
  const op = prepare(compiled, instruction, pc);
  state.ops[pc] = op;
  return op;
}

function outcomeOf(state: MachineState): Outcome {
  const { ending, memory } = state;
  invariant(ending !== undefined, 'the run has ended');
  const objects = state.objects.finish();
  return {
    ending,
    steps: state.steps,
    tailCalls: state.tailCalls,
    hops: state.hops,
    context: memory.context(),
    packet: memory.packet(),
    stack: memory.frames(),
    maps: state.maps.contents(),
    schedule: state.schedule.results,
    objects,
  };
}

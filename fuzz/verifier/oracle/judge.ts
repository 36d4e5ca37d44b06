// What the verifier promises of what it accepts, held against runs: no trap, at every instruction a state of the
// verifier that the registers and the stack lie in, and no more stack in use than the rules leave to a run.

import type { Machine } from '../../../interp/index.ts';
import type { CodePlace, Ending, Outcome } from '../../../model/scenario/outcome.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import type { Certificate } from '../../../model/verifier/index.ts';
import { isPacketPointer } from '../../../model/verifier/state/register.ts';
import type { State } from '../../../model/verifier/state/state.ts';
import { Membership, type Outside } from './membership.ts';
import { type Overuse, StackWatch } from './stack.ts';
import type { TestedVerifier } from './tested.ts';

/** A promise that a run breaks. */
export type Violation =
  | { readonly kind: 'trap'; readonly trap: string; readonly at: CodePlace }
  | {
      /** At this instruction no state of the verifier holds what the run does. */
      readonly kind: 'outside';
      readonly at: CodePlace;
      readonly step: number;
      /** What the state that comes closest does not hold; absent where the verifier has none here. */
      readonly outside?: Outside;
    }
  /** More stack is in use than the rules leave to so many tail calls: the run's deepest point. */
  | ({ readonly kind: 'stack' } & Overuse)
  | {
      /** What the verifier has pruned it had not gone through: the certificate does not check. */
      readonly kind: 'uncertified';
      readonly program: number;
      readonly problem: string;
    }
  | {
      /** An error of ours. */
      readonly kind: 'failed';
      readonly error: string;
    };

/** By program; undefined for those that were not accepted, which a run must not come to. */
export type Certificates = readonly (Certificate | undefined)[];

export interface Judgement {
  readonly outcome: Outcome;
  readonly violation?: Violation;
}

/** Runs a scenario and watches each step. */
export function judge(
  machine: Machine,
  scenario: Scenario,
  certificates: Certificates,
  { domain, stack }: Pick<TestedVerifier, 'domain' | 'stack'>,
): Judgement {
  const membership = new Membership(scenario, domain);
  const watch = stack === undefined ? undefined : new StackWatch(stack);
  const returns = new Returns();
  let violation: Violation | undefined;
  const outcome = machine.run(scenario, (running, pc, step) => {
    if (violation !== undefined) return;
    const at = running.image.placeOf(pc);
    const certificate = certificates[at.program];
    watch?.see(running, certificate?.frameBytesAt(at.pc) ?? 0, at, step);
    const all = certificate?.statesAt(at.pc) ?? [];
    const states = returns.areFromProgram(running) ? all.filter(hasNoPacketPointer) : all;
    const found =
      states.length === 0 && all.length > 0
        ? KEPT_PACKET
        : outsideOfAll(membership, running, states);
    if (found !== 'inside') {
      violation = { kind: 'outside', at, step, ...(found === undefined ? {} : { outside: found }) };
    }
  });
  violation ??= trapOf(outcome.ending) ?? overuseOf(watch);
  return { outcome, ...(violation === undefined ? {} : { violation }) };
}

/**
 * Tells where a program that a function has tail-called returns to the function's caller. It may have moved the packet,
 * although the modelled helpers never do: no state there may have a pointer into it.
 */
class Returns {
  private depth = 0;
  private wasProgram = false;

  areFromProgram({ depth, frames }: Machine): boolean {
    const isReturn = depth < this.depth && this.wasProgram;
    this.depth = depth;
    this.wasProgram = frames[depth]!.isProgram;
    return isReturn;
  }
}

const KEPT_PACKET: Outside = {
  what: 'packet pointers',
  frame: 0,
  value: 0n,
  why: 'the program that was jumped to may have moved the packet',
};

function hasNoPacketPointer({ frames }: State): boolean {
  return frames.every(
    ({ registers, slots }) =>
      !registers.some(isPacketPointer) &&
      !slots.some(({ spilled }) => spilled !== undefined && isPacketPointer(spilled)),
  );
}

/** What does not check among certificates. */
export function uncertified(
  certificates: Certificates,
): Extract<Violation, { kind: 'uncertified' }> | undefined {
  for (const [program, certificate] of certificates.entries()) {
    const problem = certificate?.problem;
    if (problem === undefined) continue;
    const { pc, message } = problem;
    const text = `${message}${pc === undefined ? '' : ` at ${pc}`}`;
    return { kind: 'uncertified', program, problem: text };
  }
  return undefined;
}

function trapOf(ending: Ending): Violation | undefined {
  return ending.kind === 'trap' ? { kind: 'trap', trap: ending.trap, at: ending.at } : undefined;
}

function overuseOf(watch: StackWatch | undefined): Violation | undefined {
  return watch?.deepest === undefined ? undefined : { kind: 'stack', ...watch.deepest };
}

type States = ReturnType<Certificate['statesAt']>;

/** What the last of the states does not hold, where none holds everything. */
function outsideOfAll(
  membership: Membership,
  machine: Machine,
  states: States,
): Outside | 'inside' | undefined {
  let closest: Outside | undefined;
  for (const state of states) {
    const outside = membership.outside(machine, state);
    if (outside === undefined) return 'inside';
    closest = outside;
  }
  return closest;
}

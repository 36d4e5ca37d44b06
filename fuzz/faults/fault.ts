// A planted fault: one entry of one engine's meaning, replaced from outside. The semantics themselves hold no
// switches; a fault is a function from the meaning to a copy that differs in one place.

import { SEMANTICS as INTERP, type Semantics as InterpSemantics } from '../../interp/index.ts';
import { InputError } from '../../model/errors.ts';
import { didYouMean } from '../../model/isa/text/nearest.ts';
import { SEMANTICS as SMT, type Semantics as SmtSemantics } from '../../smt/index.ts';

/** What kind of meaning a fault is in. */
export type FaultKind =
  | 'table'
  | 'memory'
  | 'call'
  | 'tail-call'
  /** Counters that local calls start, direct jumps. */
  | 'counter'
  | 'map'
  /** Programs and prog arrays as objects, what user space does with them. */
  | 'object'
  | 'decoder';

interface FaultDescription {
  /** `interp/add32-keeps-upper-half`. */
  readonly name: string;
  readonly kind: FaultKind;
  /** What is wrong, in one line. */
  readonly summary: string;
  /** Whether a single instruction is enough to show it. */
  readonly singleInstruction: boolean;
  /** Whether it takes profiles that the catalogue does not have: knobs drawn at random. */
  readonly drawnProfiles: boolean;
}

export type Fault = FaultDescription &
  (
    | { readonly engine: 'interp'; readonly plant: (semantics: InterpSemantics) => InterpSemantics }
    | { readonly engine: 'smt'; readonly plant: (semantics: SmtSemantics) => SmtSemantics }
  );

interface BothSemantics {
  readonly interp: InterpSemantics;
  readonly smt: SmtSemantics;
}

const planted = new Map<Fault, BothSemantics>();

/** The two meanings, one of them with the fault. The same fault gives the same objects, so compiled terms are reused. */
export function faultySemantics(fault: Fault | undefined): BothSemantics {
  if (fault === undefined) return { interp: INTERP, smt: SMT };
  let both = planted.get(fault);
  if (both === undefined) {
    both =
      fault.engine === 'interp'
        ? { interp: fault.plant(INTERP), smt: SMT }
        : { interp: INTERP, smt: fault.plant(SMT) };
    planted.set(fault, both);
  }
  return both;
}

/** @throws InputError naming the closest faults there are. */
export function faultNamed(faults: readonly Fault[], name: string): Fault {
  const fault = faults.find((candidate) => candidate.name === name);
  if (fault === undefined) {
    const names = faults.map((candidate) => candidate.name);
    throw new InputError(`there is no fault '${name}'${didYouMean(name, names)}`);
  }
  return fault;
}

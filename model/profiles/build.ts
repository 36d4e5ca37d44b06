// Profiles by inheritance: one states what it changes, each change with its value and its source.

import type { Fact, KnobName, Knobs, Profile, Provenance } from './profile.ts';

/** A knob's value and where it is known from. */
export interface Known<T> extends Fact {
  readonly value: T;
}

export type KnownKnobs = { readonly [K in KnobName]: Known<Knobs[K]> };

export function known<const T>(value: T, tag: Provenance, source: string): Known<T> {
  return { value, tag, source };
}

/** What is known of one version and engine: that of the version before, but for these. */
export function changed(base: KnownKnobs, changes: Partial<KnownKnobs>): KnownKnobs {
  return { ...base, ...changes };
}

/** The value that a fact has already, and how else it is known. */
export function confirmed<T>({ value }: Known<T>, tag: Provenance, source: string): Known<T> {
  return { value, tag, source };
}

export function profileOf(name: string, knobs: KnownKnobs): Profile {
  const { limit, order, indexBits, indexMasked, burns, propagation } = knobs;
  const { trampoline, countSlot, directKey } = knobs;
  const { compatKeys, ownerLocked, clearedOn, freed, freezeNeeds } = knobs;
  const { newCounter, stack, afterCall, mapErrors, div0, instructionSet } = knobs;
  const fact = ({ tag, source }: Fact): Fact => ({ tag, source });
  return {
    name,
    tailCall: {
      limit: limit.value,
      order: order.value,
      indexBits: indexBits.value,
      indexMasked: indexMasked.value,
      burns: burns.value,
      propagation: propagation.value,
      trampoline: trampoline.value,
      countSlot: countSlot.value,
      directKey: directKey.value,
    },
    objects: {
      compatKeys: compatKeys.value,
      ownerLocked: ownerLocked.value,
      clearedOn: clearedOn.value,
      freed: freed.value,
      freezeNeeds: freezeNeeds.value,
    },
    facts: {
      newCounter: newCounter.value,
      stack: stack.value,
      afterCall: afterCall.value,
      mapErrors: mapErrors.value,
      div0: div0.value,
      instructionSet: instructionSet.value,
    },
    provenance: {
      limit: fact(limit),
      order: fact(order),
      indexBits: fact(indexBits),
      indexMasked: fact(indexMasked),
      burns: fact(burns),
      propagation: fact(propagation),
      trampoline: fact(trampoline),
      countSlot: fact(countSlot),
      directKey: fact(directKey),
      compatKeys: fact(compatKeys),
      ownerLocked: fact(ownerLocked),
      clearedOn: fact(clearedOn),
      freed: fact(freed),
      freezeNeeds: fact(freezeNeeds),
      newCounter: fact(newCounter),
      stack: fact(stack),
      afterCall: fact(afterCall),
      mapErrors: fact(mapErrors),
      div0: fact(div0),
      instructionSet: fact(instructionSet),
    },
  };
}

/** The knobs of a profile, each with its source again. */
export function knobsOf({ tailCall, objects, facts, provenance }: Profile): KnownKnobs {
  const knobs: Knobs = { ...tailCall, ...objects, ...facts };
  const names = Object.keys(provenance) as KnobName[];
  const entries = names.map((name) => [name, { value: knobs[name], ...provenance[name] }]);
  return Object.fromEntries(entries) as KnownKnobs;
}

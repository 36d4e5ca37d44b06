// A variant of the model: a profile of the catalogue, or one made from it by changing the knobs that a bug or its
// fix is about; where no knob can say it, changed copies of both meanings.

import {
  createMachine,
  SEMANTICS as INTERP,
  type Semantics as InterpSemantics,
  type Machine,
} from '../../interp/index.ts';
import { profileNamed } from '../../model/profiles/catalogue.ts';
import type { Profile } from '../../model/profiles/profile.ts';
import { parseProfile } from '../../model/profiles/read.ts';
import type { Ending, Outcome, TrapKind } from '../../model/scenario/outcome.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { SEMANTICS as SMT, type Subject } from '../../smt/index.ts';

/** What a bug is told by: how a run ends, and how many tail calls it takes. */
export interface Seen {
  readonly ending: Ending['kind'];
  /** Of an exit. */
  readonly r0?: bigint;
  /** Of a trap. */
  readonly trap?: TrapKind;
  readonly tailCalls: number;
  /** What user space got for each of its operations. */
  readonly schedule: readonly (number | null)[];
}

function seenOf({ ending, tailCalls, schedule }: Outcome): Seen {
  return {
    ending: ending.kind,
    ...(ending.kind === 'exit' ? { r0: ending.r0 } : {}),
    ...(ending.kind === 'trap' ? { trap: ending.trap } : {}),
    tailCalls,
    schedule,
  };
}

export interface Variant {
  readonly profile: Profile;
  /** The profile's file, where the catalogue does not have it. */
  readonly file?: string;
  /** What theorems are about. */
  readonly subject: Subject;
  /** Runs a scenario, whatever profile it names. */
  readonly run: (scenario: Scenario) => Seen;
  /** Whether the profile says all, so that other engines can run it too. */
  readonly isProfile: boolean;
}

let plain: Machine | undefined;

function ofProfile(profile: Profile): Variant {
  return {
    profile,
    subject: { semantics: SMT, profile },
    run: (scenario) => {
      plain ??= createMachine();
      return seenOf(plain.run({ ...scenario, profile }));
    },
    isProfile: true,
  };
}

/** A profile of the catalogue. */
export function catalogueVariant(name: string): Variant {
  return ofProfile(profileNamed(name));
}

/** What is changed in a profile: keys and values of a profile file. docs/profiles.md */
export type Changes = Readonly<Record<string, string>>;

/** A profile of the catalogue with some knobs changed. */
export function changedVariant(
  name: string,
  from: string,
  changes: Changes,
  source: string,
): Variant {
  const lines = Object.entries({ name, from, source: JSON.stringify(source), ...changes });
  const file = `tailproof-profile: 1\n${lines.map(([key, value]) => `${key}: ${value}\n`).join('')}`;
  return { ...ofProfile(parseProfile(file, { file: name })), file };
}

/** Thrown by a changed meaning where its machine would read beyond an array. */
export class OutOfArray extends Error {}

/** Another meaning of tail calls, once on each side; it traps `out_of_bounds` by throwing `OutOfArray`. */
export function meaningVariant(
  base: Variant,
  interp: (semantics: InterpSemantics) => InterpSemantics,
  smt: (semantics: Subject['semantics']) => Subject['semantics'],
): Variant {
  const machine = createMachine(interp(INTERP));
  const run = (scenario: Scenario): Seen => {
    try {
      return seenOf(machine.run({ ...scenario, profile: base.profile }));
    } catch (error) {
      if (!(error instanceof OutOfArray)) throw error;
      const { tailCalls } = machine;
      return { ending: 'trap', trap: 'out_of_bounds', tailCalls, schedule: [] };
    }
  };
  return { ...base, subject: { ...base.subject, semantics: smt(SMT) }, run, isProfile: false };
}

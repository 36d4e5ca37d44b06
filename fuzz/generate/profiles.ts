// Profiles with knobs drawn at random: what no catalogue has together, both engines have to do all the same.

import { DEFAULT_PROFILE, profileNamed } from '../../model/profiles/catalogue.ts';
import {
  COMPAT_KEYS,
  type ObjectKnobs,
  type Profile,
  PROPAGATIONS,
  TAIL_CALL_CHECKS,
  type TailCallKnobs,
} from '../../model/profiles/profile.ts';
import { type Rng, rngOfRun } from './rng.ts';

const PASSING = PROPAGATIONS.filter((propagation) => propagation !== 'rejected');

/** So many profiles, the same for the same seed; their names are no names of the catalogue. */
export function drawProfiles(seed: number, count: number): readonly Profile[] {
  const base = profileNamed(DEFAULT_PROFILE);
  return Array.from({ length: count }, (_, number): Profile => {
    const rng = rngOfRun(seed, number);
    return {
      ...base,
      name: `drawn-${seed}-${number}`,
      from: base.name,
      tailCall: drawTailCallKnobs(rng),
      objects: drawObjectKnobs(rng),
    };
  });
}

function drawTailCallKnobs(rng: Rng): TailCallKnobs {
  return {
    limit: rng.chance(1, 2) ? 33 : rng.int(0, 6),
    order: shuffled(rng, TAIL_CALL_CHECKS),
    indexBits: rng.pick([32, 64]),
    indexMasked: rng.chance(1, 4),
    burns: {
      outOfRange: rng.chance(1, 2),
      exhausted: rng.chance(1, 2),
      empty: rng.chance(1, 2),
    },
    // Where it is rejected, a scenario has no local calls, and less to see.
    propagation: rng.chance(1, 8) ? 'rejected' : rng.pick(PASSING),
    trampoline: rng.pick(['preserves', 'resets']),
    countSlot: rng.pick(['rounded', 'unrounded']),
    directKey: rng.pick(['checked', 'tnum_range']),
  };
}

function drawObjectKnobs(rng: Rng): ObjectKnobs {
  return {
    compatKeys: COMPAT_KEYS.filter(() => rng.chance(1, 2)),
    ownerLocked: rng.chance(1, 2),
    clearedOn: rng.pick(['last_user', 'descriptor']),
    freed: rng.pick(['grace_period', 'at_once']),
    freezeNeeds: rng.pick(['unfrozen', 'writable']),
  };
}

function shuffled<T>(rng: Rng, items: readonly T[]): readonly T[] {
  const left = [...items];
  return items.map(() => left.splice(rng.int(0, left.length - 1), 1)[0]!);
}

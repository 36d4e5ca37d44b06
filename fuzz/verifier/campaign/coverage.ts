// What a campaign has met of what there is to meet: reasons to reject, rules of the verifier from both sides,
// instructions on registers of each type.

import { PARTS } from '../../../model/verifier/index.ts';
import { REASONS } from '../reasons.ts';
import type { Counts } from './counts.ts';
import { ruleNames, sidesOf } from './instrument.ts';

export interface Met {
  readonly met: number;
  readonly all: number;
  readonly missing: readonly string[];
}

export interface VerifierCoverage {
  readonly reasons: Met;
  /** Rules that were gone through at all. */
  readonly rules: Met;
  /** Rules that refuse or decide, each counted twice: by what they gave. */
  readonly sides: Met;
  /** Rules that were gone through by accepted programs. */
  readonly accepted: Met;
  /** Instructions' families by the type of register, in accepted programs. */
  readonly operands: number;
}

function met(all: readonly string[], isMet: (name: string) => boolean): Met {
  const missing = all.filter((name) => !isMet(name));
  return { met: all.length - missing.length, all: all.length, missing };
}

export function coverageOf({ reasons, rules, operands }: Counts): VerifierCoverage {
  const names = ruleNames(PARTS);
  const sides = names.flatMap((name) => sidesOf(name).map((side) => `${name} ${side}`));
  const [gone, accepted] = [new Set<string>(), new Set<string>()];
  for (const name of Object.keys(rules)) {
    const [rule = '', , verdict] = name.split(' ');
    (verdict === 'accepted' ? accepted : gone).add(rule);
  }
  return {
    reasons: met(REASONS, (reason) => reasons[reason] !== undefined),
    rules: met(names, (name) => gone.has(name)),
    sides: met(sides, (side) => rules[side] !== undefined),
    accepted: met(names, (name) => accepted.has(name)),
    operands: Object.keys(operands).filter((name) => name.endsWith(' accepted')).length,
  };
}

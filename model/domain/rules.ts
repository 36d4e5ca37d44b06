// The versions of the verifier's scalar domain, as what tells them apart. Sources: linux-tail-calls.md §6, the
// papers named in tnum.ts, and the behaviour of the operators extracted from Linux 5.9 and 6.1.

import { InputError } from '../errors.ts';
import { nearest } from '../isa/text/nearest.ts';
import type { RangeRules } from './range.ts';
import type { Multiplication } from './tnum.ts';

export interface Rules extends RangeRules {
  readonly multiplication: Multiplication;
  /** How often bounds learn from each other in one reduction, and whether halves and whole do too. */
  readonly deductions: number;
  readonly deducesHalves: boolean;
  /** Which tnum gives the lower half its bits when bounds are brought into the tnum. */
  readonly lowerTnum: 'before' | 'after';
  /** The tnum's bounds are taken once more at the end of a reduction. */
  readonly updatesTwice: boolean;
  /** A known lower half gets its bounds from AND, OR, XOR, instead of keeping the old ones. */
  readonly constantHalves: boolean;
  /** XOR bounds its result. */
  readonly xorBounds: boolean;
  /** Each of the two bounds of a half is taken from the register's where that one fits well inside, whether or not the other does. */
  readonly halfBoundsApart: boolean;
  /**
   * Which second operands are computed with: by ADD, SUB and AND any that do not contradict themselves, by others only
   * such constants; or any, and for shifts only constants below the width. Of quotients by constants the first know that
   * those of 32 bits have zeros above.
   */
  readonly operands: 'consistent' | 'any';
  /** A half's smallest signed bound becomes the register's where it is not negative, whatever the greatest is. */
  readonly leastApart: boolean;
  /** A register that equals a constant gets the constant as its tnum too, or keeps its own until the reduction. */
  readonly equalTnum: boolean;
  /** Branches learn from a constant on one side only, or from both registers. */
  readonly branches: 'constant' | 'pairs';
  /** MOVSX is there. */
  readonly signExtends: boolean;
}

const LINUX_5_9: Rules = {
  multiplication: 'hma',
  bitwiseSigned: 'operands',
  signs: 'one-side',
  deductions: 1,
  deducesHalves: false,
  lowerTnum: 'before',
  updatesTwice: false,
  constantHalves: false,
  xorBounds: false,
  halfBoundsApart: true,
  leastApart: true,
  equalTnum: false,
  operands: 'consistent',
  checksDifference: false,
  branches: 'constant',
  signExtends: false,
};

const LINUX_6_1: Rules = {
  ...LINUX_5_9,
  multiplication: 'partial-products',
  updatesTwice: true,
  constantHalves: true,
  xorBounds: true,
  halfBoundsApart: false,
  leastApart: false,
  equalTnum: true,
  checksDifference: true,
};

const LINUX_6_12: Rules = {
  ...LINUX_6_1,
  lowerTnum: 'after',
  bitwiseSigned: 'result',
  signs: 'overlap',
  deductions: 3,
  deducesHalves: true,
  operands: 'any',
  branches: 'pairs',
  signExtends: true,
};

export const DOMAIN_VERSIONS = ['linux-5.9', 'linux-6.1', 'linux-6.12'] as const;
export type DomainVersion = (typeof DOMAIN_VERSIONS)[number];
export const DEFAULT_DOMAIN: DomainVersion = 'linux-6.12';

export const RULES: Readonly<Record<DomainVersion, Rules>> = {
  'linux-5.9': LINUX_5_9,
  'linux-6.1': LINUX_6_1,
  'linux-6.12': LINUX_6_12,
};

/** The version of the name. @throws InputError when there is none, with the names that are close. */
export function domainVersion(name: string): DomainVersion {
  const found = DOMAIN_VERSIONS.find((version) => version === name);
  if (found !== undefined) return found;
  const close = nearest(name, DOMAIN_VERSIONS);
  const hints = close.length > 0 ? close : DOMAIN_VERSIONS;
  throw new InputError(`no domain version is named '${name}'; there are ${hints.join(', ')}`);
}

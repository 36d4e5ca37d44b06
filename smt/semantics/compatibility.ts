// Which programs an array takes and which may take over in a run, as terms: docs/semantics.md, Ownership.

import type { Total } from '../../model/errors.ts';
import type { CompatKey, ObjectKnobs } from '../../model/profiles/profile.ts';
import { PROGRAM_TYPES } from '../../model/scenario/context.ts';
import type { ProgramAttributes } from '../../model/scenario/scenario.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  bool,
  boolVar,
  bv,
  bvVar,
  distinct,
  eq,
  not,
  or,
  TRUE,
} from '../terms/index.ts';

/** What compatibility looks at in a program: its attributes, and two facts of its code and its load. */
export interface ProgramTerms {
  /** 8 bits: the place in PROGRAM_TYPES. */
  readonly type: BvTerm;
  readonly jited: BoolTerm;
  readonly xdpHasFrags: BoolTerm;
  /** 32 bits; 0 for none. */
  readonly expectedAttachType: BvTerm;
  /** 32 bits; 0 for none. */
  readonly attachFuncProto: BvTerm;
  readonly sleepable: BoolTerm;
  /** 32 bits; 0 for none. */
  readonly cgroupStorage: BvTerm;
  readonly kprobeOverride: BoolTerm;
  readonly devBound: BoolTerm;
  /** Whether it replaces a function. */
  readonly extension: BoolTerm;
  /** Whether it contains a call of bpf_tail_call. */
  readonly tailCalls: BoolTerm;
}

/** What is known of a program beside its attributes. */
export interface ProgramFacts {
  readonly extension: boolean;
  readonly tailCalls: boolean;
}

/** A known program as constants. */
export function programTerms(
  attributes: ProgramAttributes,
  { extension, tailCalls }: ProgramFacts,
): ProgramTerms {
  return {
    type: bv(8, BigInt(PROGRAM_TYPES.indexOf(attributes.type))),
    jited: bool(attributes.jited),
    xdpHasFrags: bool(attributes.xdpHasFrags),
    expectedAttachType: bv(32, BigInt(attributes.expectedAttachType)),
    attachFuncProto: bv(32, BigInt(attributes.attachFuncProto)),
    sleepable: bool(attributes.sleepable),
    cgroupStorage: bv(32, BigInt(attributes.cgroupStorage)),
    kprobeOverride: bool(attributes.kprobeOverride),
    devBound: bool(attributes.devBound),
    extension: bool(extension),
    tailCalls: bool(tailCalls),
  };
}

/** Any program: a variable for each of its terms, with the name before its own. */
export function programVariables(name: string): ProgramTerms {
  return {
    type: bvVar(`${name}_type`, 8),
    jited: boolVar(`${name}_jited`),
    xdpHasFrags: boolVar(`${name}_xdp_has_frags`),
    expectedAttachType: bvVar(`${name}_expected_attach_type`, 32),
    attachFuncProto: bvVar(`${name}_attach_func_proto`, 32),
    sleepable: boolVar(`${name}_sleepable`),
    cgroupStorage: bvVar(`${name}_cgroup_storage`, 32),
    kprobeOverride: boolVar(`${name}_kprobe_override`),
    devBound: boolVar(`${name}_dev_bound`),
    extension: boolVar(`${name}_extension`),
    tailCalls: boolVar(`${name}_tail_calls`),
  };
}

/** How a program comes to an array: it is loaded and uses it, or it is inserted. */
export type Association = 'load' | 'insertion';

/** What one key asks of a program: of itself, and beside the owner of the array. */
export interface KeyMeaning {
  readonly alone: (program: ProgramTerms, association: Association) => BoolTerm;
  readonly agrees: (owner: ProgramTerms, program: ProgramTerms) => BoolTerm;
}

/** The owner that a program is compared with, where there is one. */
export interface OwnerTerms {
  readonly exists: BoolTerm;
  /** Any terms where there is no owner. */
  readonly program: ProgramTerms;
}

export interface CompatibilityMeaning {
  readonly keys: Total<CompatKey, KeyMeaning>;
  /** Whether the program becomes the owner, from whether it passes the checks of itself. */
  readonly claims: (passes: BoolTerm, ownerExists: BoolTerm) => BoolTerm;
  /** Whether an operation looks at the owners as they were before the entry before it. */
  readonly looksBack: (withPrevious: BoolTerm, knobs: Pick<ObjectKnobs, 'ownerLocked'>) => BoolTerm;
  /** Whether a tail call that would be taken traps `incompatible_program`: the run's program, and the slot's. */
  readonly incompatibleProgram: (run: ProgramTerms, target: ProgramTerms) => BoolTerm;
}

const always = () => TRUE;
const asked = (alone: KeyMeaning['alone']): KeyMeaning => ({ alone, agrees: always });
const compared = (agrees: KeyMeaning['agrees']): KeyMeaning => ({ alone: always, agrees });

type Compared =
  | 'type'
  | 'jited'
  | 'xdpHasFrags'
  | 'expectedAttachType'
  | 'attachFuncProto'
  | 'sleepable';
const same = (a: ProgramTerms, b: ProgramTerms, attribute: Compared): BoolTerm =>
  eq(a[attribute] as BvTerm, b[attribute] as BvTerm);
const sameAs = (attribute: Compared): KeyMeaning =>
  compared((owner, program) => same(owner, program, attribute));

const hasNoStorage = ({ cgroupStorage }: ProgramTerms) => eq(cgroupStorage, bv(32, 0n));
const sameStorage = (a: ProgramTerms, b: ProgramTerms) => eq(a.cgroupStorage, b.cgroupStorage);

const COMPARED: readonly Compared[] = [
  'type',
  'jited',
  'xdpHasFrags',
  'expectedAttachType',
  'attachFuncProto',
  'sleepable',
];

/** docs/semantics.md, Ownership: the table, and "A tail call that would be taken ... traps". */
export const COMPATIBILITY: CompatibilityMeaning = {
  keys: {
    type: sameAs('type'),
    jited: sameAs('jited'),
    kprobe_override: asked(({ kprobeOverride }) => not(kprobeOverride)),
    xdp_has_frags: sameAs('xdpHasFrags'),
    dev_bound: asked(({ devBound }) => not(devBound)),
    attach_func_proto: sameAs('attachFuncProto'),
    extension: asked(({ extension }, association) =>
      association === 'insertion' ? not(extension) : TRUE,
    ),
    cgroup_storage: compared((owner, program) =>
      or(hasNoStorage(program), sameStorage(owner, program)),
    ),
    cgroup_storage_leaf: compared((owner, program) =>
      or(sameStorage(owner, program), and(hasNoStorage(program), not(program.tailCalls))),
    ),
    expected_attach_type: sameAs('expectedAttachType'),
    sleepable: sameAs('sleepable'),
  },
  claims: (passes, ownerExists) => and(passes, not(ownerExists)),
  looksBack: (withPrevious, { ownerLocked }) => (ownerLocked ? bool(false) : withPrevious),
  incompatibleProgram: (run, target) =>
    or(
      ...COMPARED.map((attribute) => not(same(run, target, attribute))),
      and(not(hasNoStorage(target)), distinct(target.cgroupStorage, run.cgroupStorage)),
    ),
};

/** What comes of a program that meets an array. */
export interface Meeting {
  readonly compatible: BoolTerm;
  /** Whether it becomes the owner, also if the operation fails later. */
  readonly claims: BoolTerm;
}

/** A program meets an array: what the keys of a profile say of it and of the owner that it sees. */
export function meet(
  owner: OwnerTerms,
  program: ProgramTerms,
  association: Association,
  { compatKeys }: Pick<ObjectKnobs, 'compatKeys'>,
  meaning: CompatibilityMeaning = COMPATIBILITY,
): Meeting {
  const keys = compatKeys.map((key) => meaning.keys[key]);
  const passes = and(...keys.map(({ alone }) => alone(program, association)));
  const agrees = and(...keys.map((key) => key.agrees(owner.program, program)));
  return {
    compatible: and(passes, or(not(owner.exists), agrees)),
    claims: meaning.claims(passes, owner.exists),
  };
}

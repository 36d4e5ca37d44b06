// Whatever user space does in whatever order, what an array holds and who uses it is compatible with its owner.

import { parseScenario } from '../../../model/scenario/read.ts';
import {
  type Association,
  loadLooks,
  meet,
  type OwnerTerms,
  type ProgramTerms,
  programVariables,
  updateLooks,
} from '../../semantics/index.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  boolVar,
  bvVar,
  eq,
  FALSE,
  implies,
  ite,
  not,
  or,
  TRUE,
} from '../../terms/index.ts';
import { withCompatibility, withKnobs, withUserSpace } from '../faults.ts';
import { n64 } from '../tail-call/call.ts';
import type { Lemma, Subject, Theorem } from '../theorem.ts';

/** An arbitrary array, an arbitrary slot of it, and an arbitrary program. */
interface Owned {
  readonly owner: OwnerTerms;
  /** The slot holds a program, and which. */
  readonly filled: BoolTerm;
  readonly member: ProgramTerms;
  /** The program is loaded and uses the array. */
  readonly uses: BoolTerm;
  readonly user: ProgramTerms;
}

function anyOwned(): Owned {
  return {
    owner: { exists: boolVar('owner_exists'), program: programVariables('owner') },
    filled: boolVar('filled'),
    member: programVariables('member'),
    uses: boolVar('uses'),
    user: programVariables('user'),
  };
}

/** Whether the profile's keys take a program beside an owner that is there. */
export function agrees(
  { semantics, profile }: Subject,
  owner: ProgramTerms,
  program: ProgramTerms,
  association: Association,
): BoolTerm {
  const seen = { exists: TRUE, program: owner };
  return meet(seen, program, association, profile.objects, semantics.compatibility).compatible;
}

/** Who is in a slot, or uses the array, is compatible with the owner that there is. */
function isCompatible(subject: Subject, { owner, filled, member, uses, user }: Owned): BoolTerm {
  const by = (program: ProgramTerms, association: Association) =>
    and(owner.exists, agrees(subject, owner.program, program, association));
  return and(implies(filled, by(member, 'insertion')), implies(uses, by(user, 'load')));
}

const COMPATIBLE = 'so far all are compatible with the owner';

export const COMPATIBILITY: Theorem = {
  name: 'tail-call/compatibility',
  statement:
    'After any operations of user space, every program in a slot and every loaded program that uses the array is compatible with the owner of the array, by the keys of the profile.',
  source: 'linux-tail-calls §2.5; 54713c85f536 (5.15)',
  method: { kind: 'induction', on: 'the operations of user space' },
  expected: (subject) => (isLocked(subject) ? 'proved' : 'refuted'),
  lemmas: (subject) => [
    startLemma(subject),
    updateLemma(subject),
    loadLemma(subject),
    emptiedLemma(subject),
  ],
  faults: [
    {
      name: 'an owner that is looked at before another has written it',
      plant: withKnobs({ ownerLocked: false }),
      lemma: 'update',
      applies: isLocked,
    },
    {
      name: 'the type is not compared where there is an owner',
      plant: withUserSpace((userSpace) => ({
        ...userSpace,
        update: (state, knobs) => userSpace.update({ ...state, compatible: TRUE }, knobs),
      })),
      lemma: 'update',
      applies: isLocked,
    },
    {
      name: 'a program is loaded that is not compatible',
      plant: withUserSpace((userSpace) => ({
        ...userSpace,
        load: (state, knobs) => userSpace.load({ ...state, compatible: TRUE }, knobs),
      })),
      lemma: 'load',
      applies: isLocked,
    },
    {
      name: 'nobody becomes the owner',
      plant: withCompatibility((meaning) => ({ ...meaning, claims: () => FALSE })),
      lemma: 'load',
      applies: isLocked,
    },
    {
      name: 'the last one becomes the owner',
      plant: withCompatibility((meaning) => ({ ...meaning, claims: (passes) => passes })),
      lemma: 'update',
      applies: isLocked,
    },
    {
      name: 'repaired: looking at the owner and becoming it are one step',
      plant: withKnobs({ ownerLocked: true }),
      lemma: 'update',
      applies: (subject) => !isLocked(subject),
    },
  ],
  replay: (_lemma, _model, { profile }) => ({ ...parseScenario(RACE), profile }),
};

export function isLocked({ profile }: Subject): boolean {
  return profile.objects.ownerLocked;
}

function startLemma(subject: Subject): Lemma {
  const owned = anyOwned();
  return {
    name: 'start',
    premises: { 'it holds nothing and nobody uses it': not(or(owned.filled, owned.uses)) },
    conclusion: isCompatible(subject, owned),
  };
}

/** The program that an operation brings. */
const newcomer = programVariables('newcomer');

/** The owner that an operation sees: that of now, or that of before the entry before it. */
function seenBy({ semantics, profile }: Subject, owner: OwnerTerms): OwnerTerms {
  const looksBack = semantics.compatibility.looksBack(boolVar('with_previous'), profile.objects);
  const earlier = { exists: boolVar('owner_existed'), program: programVariables('earlier_owner') };
  return {
    exists: ite(looksBack, earlier.exists, owner.exists),
    program: merged(looksBack, earlier.program, owner.program),
  };
}

function merged(condition: BoolTerm, a: ProgramTerms, b: ProgramTerms): ProgramTerms {
  const word = (one: BvTerm, other: BvTerm) => ite(condition, one, other);
  const truth = (one: BoolTerm, other: BoolTerm) => ite(condition, one, other);
  return {
    type: word(a.type, b.type),
    jited: truth(a.jited, b.jited),
    xdpHasFrags: truth(a.xdpHasFrags, b.xdpHasFrags),
    expectedAttachType: word(a.expectedAttachType, b.expectedAttachType),
    attachFuncProto: word(a.attachFuncProto, b.attachFuncProto),
    sleepable: truth(a.sleepable, b.sleepable),
    cgroupStorage: word(a.cgroupStorage, b.cgroupStorage),
    kprobeOverride: truth(a.kprobeOverride, b.kprobeOverride),
    devBound: truth(a.devBound, b.devBound),
    extension: truth(a.extension, b.extension),
    tailCalls: truth(a.tailCalls, b.tailCalls),
  };
}

/** The owner after an operation in which the newcomer may have become it. */
function ownerAfter({ exists, program }: OwnerTerms, claims: BoolTerm): OwnerTerms {
  return { exists: or(exists, claims), program: merged(claims, newcomer, program) };
}

const isDone = (errno: BvTerm) => eq(errno, n64(0));

/** An update of any slot, done or not: who fails may have become the owner all the same. */
function updateLemma(subject: Subject): Lemma {
  const { semantics, profile } = subject;
  const before = anyOwned();
  const meeting = meet(
    seenBy(subject, before.owner),
    newcomer,
    'insertion',
    profile.objects,
    semantics.compatibility,
  );
  const state = {
    reachable: boolVar('reachable'),
    frozen: boolVar('frozen'),
    readOnly: boolVar('read_only'),
    flags: bvVar('flags', 32),
    index: bvVar('index', 64),
    maxEntries: bvVar('max_entries', 64),
    held: boolVar('held'),
  };
  const looks = updateLooks(state, profile.objects, semantics.userSpace);
  const errno = semantics.userSpace.update(
    { ...state, compatible: meeting.compatible, extended: boolVar('extended') },
    profile.objects,
  );
  const written = and(isDone(errno), boolVar('into_this_slot'));
  return {
    name: 'update',
    premises: { [COMPATIBLE]: isCompatible(subject, before) },
    conclusion: isCompatible(subject, {
      ...before,
      owner: ownerAfter(before.owner, and(looks, meeting.claims)),
      filled: or(before.filled, written),
      member: merged(written, newcomer, before.member),
    }),
  };
}

/** A load of a program that uses the array, done or not; it may fail for another array. */
function loadLemma(subject: Subject): Lemma {
  const { semantics, profile } = subject;
  const before = anyOwned();
  const meeting = meet(
    seenBy(subject, before.owner),
    newcomer,
    'load',
    profile.objects,
    semantics.compatibility,
  );
  const state = {
    absent: boolVar('absent'),
    arraysReachable: boolVar('arrays_reachable'),
    extension: newcomer.extension,
    targetHeld: boolVar('target_held'),
  };
  // Whether the load comes as far as this array hangs on the arrays that it uses before.
  const looks = and(
    loadLooks(state, profile.objects, semantics.userSpace),
    boolVar('compatible_with_those_before'),
  );
  const compatible = and(
    boolVar('compatible_with_those_before'),
    meeting.compatible,
    boolVar('compatible_with_those_after'),
  );
  const errno = semantics.userSpace.load({ ...state, compatible }, profile.objects);
  const loaded = and(isDone(errno), boolVar('is_this_program'));
  return {
    name: 'load',
    premises: { [COMPATIBLE]: isCompatible(subject, before) },
    conclusion: isCompatible(subject, {
      ...before,
      owner: ownerAfter(before.owner, and(looks, meeting.claims)),
      uses: or(before.uses, loaded),
      user: merged(loaded, newcomer, before.user),
    }),
  };
}

/** A slot that is emptied, a program that is freed; the owner stays. */
function emptiedLemma(subject: Subject): Lemma {
  const before = anyOwned();
  return {
    name: 'delete, clear, free',
    premises: { [COMPATIBLE]: isCompatible(subject, before) },
    conclusion: isCompatible(subject, {
      ...before,
      filled: and(before.filled, boolVar('stays_in_the_slot')),
      uses: and(before.uses, boolVar('stays_loaded')),
    }),
  };
}

/** Two CPUs look at the owner of `late` before there is one: a program of another type is in it, and is called. */
export const RACE = `tailproof: 1
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 1 }
  late: { type: prog_array, max_entries: 1 }
programs:
  first: |
    r2 = map[jmp]
    r3 = 0
    call bpf_tail_call
    r0 = 0
    exit
  middle: |
    r2 = map[late]
    r3 = 0
    call bpf_tail_call
    r0 = 1
    exit
  other:
    attributes: { type: xdp }
    asm: |
      r0 = 2
      exit
run: { program: first, packet: "00" }
schedule:
  - { before: { step: 0 }, update: late, index: 0, program: other }
  - { before: { step: 0 }, load: middle, with_previous: true }
  - { before: { step: 0 }, update: jmp, index: 0, program: middle }
expect: { trap: incompatible_program, tail_calls: 1 }
`;

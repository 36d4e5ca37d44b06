// What ownership is there for: through whatever arrays a chain of tail calls goes, it stays among programs that can take
// over from each other. Each call passes on what is agreed: caller and callee are both compatible with the owner.

import type { CompatKey } from '../../../model/profiles/profile.ts';
import { parseScenario } from '../../../model/scenario/read.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { type ProgramTerms, programVariables } from '../../semantics/index.ts';
import { and, type BoolTerm, bv, eq, not, or, TRUE } from '../../terms/index.ts';
import { withCompatibility, withKnobs } from '../faults.ts';
import type { Expected, Lemma, Subject, Theorem, TheoremFault } from '../theorem.ts';
import { agrees, isLocked, RACE } from './compatibility.ts';

const run = programVariables('run');
const caller = programVariables('caller');
const target = programVariables('target');
const owner = programVariables('owner');

type Agreement = (one: ProgramTerms, other: ProgramTerms) => BoolTerm;

/** What two programs of one run agree in, by the key that asks for it. */
const EQUAL = {
  type: (one, other) => eq(one.type, other.type),
  jited: (one, other) => eq(one.jited, other.jited),
  xdp_has_frags: (one, other) => eq(one.xdpHasFrags, other.xdpHasFrags),
  expected_attach_type: (one, other) => eq(one.expectedAttachType, other.expectedAttachType),
  attach_func_proto: (one, other) => eq(one.attachFuncProto, other.attachFuncProto),
  sleepable: (one, other) => eq(one.sleepable, other.sleepable),
} as const satisfies Partial<Record<CompatKey, Agreement>>;
type EqualKey = keyof typeof EQUAL;
const EQUAL_KEYS = Object.keys(EQUAL) as EqualKey[];

const sameStorage: Agreement = (one, other) => eq(one.cgroupStorage, other.cgroupStorage);
const storageOf: Agreement = (first, later) =>
  or(eq(later.cgroupStorage, bv(32, 0n)), sameStorage(first, later));
const isSame: Agreement = (one, other) =>
  and(...EQUAL_KEYS.map((key) => EQUAL[key](one, other)), sameStorage(one, other));

const hasKey = ({ profile }: Subject, key: CompatKey) => profile.objects.compatKeys.includes(key);
const isStrict = (subject: Subject) => hasKey(subject, 'cgroup_storage_leaf');
const isLax = (subject: Subject) => hasKey(subject, 'cgroup_storage') && !isStrict(subject);

/** That a program of the run agrees with its first in all that the profile's keys compare. */
function isOfOneRun(subject: Subject, program: ProgramTerms): BoolTerm {
  const equal = EQUAL_KEYS.filter((key) => hasKey(subject, key));
  return and(
    ...equal.map((key) => EQUAL[key](run, program)),
    isStrict(subject) || isLax(subject) ? storageOf(run, program) : TRUE,
  );
}

const AGREES = "the caller agrees with the run's program";

function startLemma(subject: Subject): Lemma {
  return {
    name: 'start',
    premises: { "it is the run's program": isSame(run, target) },
    conclusion: isOfOneRun(subject, target),
  };
}

function tailCallLemma(subject: Subject): Lemma {
  // Who races for the owner need not be compatible with it.
  const inSlot = isLocked(subject)
    ? {
        "the slot's program is compatible with the owner (tail-call/compatibility)": agrees(
          subject,
          owner,
          target,
          'insertion',
        ),
      }
    : {};
  return {
    name: 'tail call',
    premises: {
      [AGREES]: isOfOneRun(subject, caller),
      'the caller uses the array, and is compatible with its owner (tail-call/compatibility)':
        agrees(subject, owner, caller, 'load'),
      ...inSlot,
      ...(isStrict(subject) ? { 'the caller contains a tail call': caller.tailCalls } : {}),
    },
    conclusion: isOfOneRun(subject, target),
  };
}

/** A local call of a function that an extension replaces; a return goes to a program that the run has been in. */
function extensionLemma(subject: Subject): Lemma {
  return {
    name: 'call of an extension',
    premises: {
      [AGREES]: isOfOneRun(subject, caller),
      'an extension has the attributes of its target': isSame(caller, target),
    },
    conclusion: isOfOneRun(subject, target),
  };
}

/** The profile with another rule for cgroup storage. */
const exchanging =
  (from: CompatKey, to: CompatKey): TheoremFault['plant'] =>
  (subject) => {
    const { compatKeys } = subject.profile.objects;
    return withKnobs({ compatKeys: compatKeys.map((key) => (key === from ? to : key)) })(subject);
  };
const bridged = exchanging('cgroup_storage_leaf', 'cgroup_storage');
const repaired = exchanging('cgroup_storage', 'cgroup_storage_leaf');

const typeNotCompared = withCompatibility((meaning) => ({
  ...meaning,
  keys: { ...meaning.keys, type: { ...meaning.keys.type, agrees: () => TRUE } },
}));

const isKept = (subject: Subject) => isLocked(subject) && !isLax(subject);

export const CHAIN: Theorem = {
  name: 'tail-call/chain',
  statement:
    "Through whatever arrays a chain of tail calls goes, each program that it enters agrees with the run's program in all that the profile's keys compare.",
  source: 'linux-tail-calls §2.5; CVE-2026-74305',
  method: { kind: 'induction', on: 'the tail calls that are taken' },
  expected: (subject): Expected => (isKept(subject) ? 'proved' : 'refuted'),
  lemmas: (subject) => [startLemma(subject), tailCallLemma(subject), extensionLemma(subject)],
  faults: [
    {
      name: 'a program without storage may be a bridge',
      plant: bridged,
      lemma: 'tail call',
      applies: (subject) => isKept(subject) && isStrict(subject),
    },
    {
      name: 'the type is not compared',
      plant: typeNotCompared,
      lemma: 'tail call',
      applies: isKept,
    },
    {
      name: 'repaired: the owner is locked, and only a leaf may be without storage',
      plant: (subject) => withKnobs({ ownerLocked: true })(repaired(subject)),
      lemma: 'tail call',
      applies: (subject) => !isKept(subject),
    },
  ],
  replay: (_lemma, _model, { profile }) =>
    under(profile, profile.objects.ownerLocked ? BRIDGE : RACE),
};

const under = (profile: Scenario['profile'], text: string): Scenario => ({
  ...parseScenario(text),
  profile,
});

/** An attribute in which programs may differ, since no key of the profile compares it. */
type Attribute = EqualKey | 'cgroup_storage';
function uncompared(subject: Subject): Attribute[] {
  const equal: Attribute[] = EQUAL_KEYS.filter((key) => !hasKey(subject, key));
  return isStrict(subject) || isLax(subject) ? equal : [...equal, 'cgroup_storage'];
}

const takesOver = (subject: Subject) => isKept(subject) && uncompared(subject).length === 0;

export const TAKES_OVER: Theorem = {
  name: 'tail-call/takes-over',
  statement:
    "No tail call traps incompatible_program: what it enters can take over from the run's program.",
  source: 'linux-tail-calls §2.5; docs/semantics.md, Ownership',
  method: { kind: 'induction', on: 'the tail calls that are taken' },
  expected: (subject): Expected => (takesOver(subject) ? 'proved' : 'refuted'),
  lemmas: (subject) => [
    {
      name: 'what is entered takes over',
      premises: {
        "it agrees with the run's program (tail-call/chain)": isOfOneRun(subject, target),
      },
      conclusion: not(subject.semantics.compatibility.incompatibleProgram(run, target)),
    },
    tailCallLemma(subject),
  ],
  faults: [
    ...EQUAL_KEYS.map((key) => withoutKey(key)),
    withoutKey('cgroup_storage_leaf'),
    {
      name: 'a program without storage may be a bridge',
      plant: bridged,
      lemma: 'tail call',
      applies: takesOver,
    },
    {
      name: 'repaired: all keys',
      plant: withKnobs({ ownerLocked: true, compatKeys: [...EQUAL_KEYS, 'cgroup_storage_leaf'] }),
      lemma: 'what is entered takes over',
      applies: (subject) => uncompared(subject).length > 0,
    },
    {
      name: 'repaired: the owner is locked, and only a leaf may be without storage',
      plant: (subject) => withKnobs({ ownerLocked: true })(repaired(subject)),
      lemma: 'tail call',
      applies: (subject) => !isKept(subject),
    },
  ],
  replay: (lemma, _model, subject) => {
    const [attribute] = uncompared(subject);
    const { profile } = subject;
    if (lemma.name !== 'tail call' && attribute !== undefined) {
      return under(profile, differing(DIFFERENT[attribute]));
    }
    return under(profile, isLocked(subject) ? BRIDGE : RACE);
  },
};

function withoutKey(key: CompatKey): TheoremFault {
  return {
    name: `${key} is not compared`,
    plant: (subject) => {
      const { compatKeys } = subject.profile.objects;
      return withKnobs({ compatKeys: compatKeys.filter((other) => other !== key) })(subject);
    },
    lemma: 'what is entered takes over',
    applies: takesOver,
  };
}

/** What a program has that the run's program has not, as text of a scenario. */
const DIFFERENT: Readonly<Record<Attribute, string>> = {
  type: 'type: xdp',
  jited: 'jited: false',
  xdp_has_frags: 'xdp_has_frags: true',
  expected_attach_type: 'expected_attach_type: 1',
  attach_func_proto: 'attach_func_proto: 1',
  sleepable: 'sleepable: true',
  cgroup_storage: 'cgroup_storage: 1',
};

/** What the first of two programs does, as text. */
const CALL = `
      r2 = map[jmp]
      r3 = 0
      call bpf_tail_call
      r0 = 0
      exit`;

/** A program that differs from the one that calls it. */
const differing = (attribute: string) => `tailproof: 1
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 1 }
programs:
  first: |${CALL}
  second:
    attributes: { ${attribute} }
    asm: |
      r0 = 2
      exit
run: { program: first, packet: "00" }
schedule:
  - { before: { step: 0 }, update: jmp, index: 0, program: second }
expect: { trap: incompatible_program, tail_calls: 0 }
`;

/** A program without storage stands between two that have different ones. */
const BRIDGE = `tailproof: 1
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 1 }
  far: { type: prog_array, max_entries: 1 }
programs:
  first:
    attributes: { cgroup_storage: 1 }
    asm: |${CALL}
  bridge: |
      r2 = map[far]
      r3 = 0
      call bpf_tail_call
      r0 = 1
      exit
  last:
    attributes: { cgroup_storage: 2 }
    asm: |
      r0 = 2
      exit
run: { program: first, packet: "00" }
schedule:
  - { before: { step: 0 }, update: far, index: 0, program: last }
  - { before: { step: 0 }, load: bridge }
  - { before: { step: 0 }, update: jmp, index: 0, program: bridge }
expect: { trap: incompatible_program, tail_calls: 1 }
`;

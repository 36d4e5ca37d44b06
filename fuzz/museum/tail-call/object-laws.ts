// What holds of arrays, their owners and what user space does with them once a bug is mended.

import type { CompatKey } from '../../../model/profiles/profile.ts';
import type { ProgramAttributes } from '../../../model/scenario/scenario.ts';
import {
  and,
  arrayVariables,
  type BoolTerm,
  type BvTerm,
  boolVar,
  bv,
  bvadd,
  bvule,
  bvVar,
  distinct,
  eq,
  FALSE,
  ite,
  type Lemma,
  type Model,
  meet,
  not,
  or,
  type ProgramTerms,
  programTerms,
  programVariables,
  type Subject,
  TRUE,
} from '../../../smt/index.ts';
import type { Draft } from '../draft.ts';
import type { Law } from '../law.ts';

const n32 = (value: number) => bv(32, BigInt(value));
const n64 = (value: number) => bv(64, BigInt(value));

/** The run's program, the array's owner, and programs that come to be in its slots. */
const [run, owner, next, last] = ['run', 'owner', 'next', 'last'].map(programVariables) as [
  ProgramTerms,
  ProgramTerms,
  ProgramTerms,
  ProgramTerms,
];

const PLAIN: ProgramAttributes = {
  type: 'sched_cls',
  jited: true,
  xdpHasFrags: false,
  expectedAttachType: 0,
  attachFuncProto: 0,
  sleepable: false,
  cgroupStorage: 0,
  kprobeOverride: false,
  devBound: false,
};
const PLAIN_TERMS = programTerms(PLAIN, { extension: false, tailCalls: true });
type NumberAttribute = 'expectedAttachType' | 'attachFuncProto' | 'cgroupStorage';

const same = (a: BvTerm | BoolTerm, b: BvTerm | BoolTerm) => eq(a as BvTerm, b as BvTerm);

/** That a program is plain, but for one number, which is small, and for whether it makes tail calls. */
function plainBut(program: ProgramTerms, attribute: NumberAttribute): BoolTerm {
  const others = Object.entries(program).filter(
    ([name]) => name !== attribute && name !== 'tailCalls',
  );
  return and(
    ...others.map(([name, term]) => same(term, PLAIN_TERMS[name as keyof ProgramTerms])),
    bvule(program[attribute], n32(2)),
  );
}

/** The same program under two names. */
const isOne = (a: ProgramTerms, b: ProgramTerms) =>
  and(...Object.entries(a).map(([name, term]) => same(term, b[name as keyof ProgramTerms])));

/** An array of this owner takes the program. */
function takes(
  { semantics, profile }: Subject,
  of: ProgramTerms,
  program: ProgramTerms,
  association: 'load' | 'insertion',
): BoolTerm {
  const known = { exists: TRUE, program: of };
  return meet(known, program, association, profile.objects, semantics.compatibility).compatible;
}

const number = (model: Model, name: string): number => Number(model.get(name) ?? 0n);

/** What is not the default. */
const only = (attribute: NumberAttribute, value: number) =>
  value === 0 ? {} : { attributes: { [attribute]: value } };

/** How variables of programs call the attributes. */
const VARIABLE: Readonly<Record<NumberAttribute, string>> = {
  expectedAttachType: 'expected_attach_type',
  attachFuncProto: 'attach_func_proto',
  cgroupStorage: 'cgroup_storage',
};

const start = { step: 0 } as const;

/** 28ead3eaabc1, CVE-2025-40123 */
export const sameIn = (attribute: NumberAttribute, words: string): Law<Draft> => ({
  statement: `A program in an array has the ${words} of every program that is loaded with the array.`,
  method: { kind: 'direct' },
  lemmas: (subject) => [
    {
      name: 'the same',
      premises: {
        'the array took the user': takes(subject, owner, run, 'load'),
        'the array took the program': takes(subject, owner, next, 'insertion'),
      },
      conclusion: eq(run[attribute], next[attribute]),
    },
  ],
  broken: 'the same',
  // The first user of an array is its owner.
  small: [isOne(owner, run), plainBut(run, attribute), plainBut(next, attribute)],
  witness: (_, model) => ({
    programs: [
      {
        attempts: [{ array: 0, index: 0n }],
        ...only(attribute, number(model, `run_${VARIABLE[attribute]}`)),
      },
      { attempts: [], ...only(attribute, number(model, `next_${VARIABLE[attribute]}`)) },
    ],
    arrays: [{ slots: [undefined] }],
    schedule: [{ before: start, op: 'update', map: 0, index: 0, program: 1 }],
  }),
});

const hasStorage = ({ cgroupStorage }: ProgramTerms) => distinct(cgroupStorage, n32(0));
const sameStorage = (a: ProgramTerms, b: ProgramTerms) => eq(a.cgroupStorage, b.cgroupStorage);
/** Nothing that a program leads to has another storage than the run's, if this holds of it. */
const isSafe = (program: ProgramTerms) =>
  or(sameStorage(program, run), and(not(hasStorage(program)), not(program.tailCalls)));
const nextOwner = programVariables('next_owner');

/** CVE-2026-74305 */
export const NO_BRIDGE: Law<Draft> = {
  statement:
    'No chain of tail calls leads to a program with a cgroup storage that is not that of the program which the run began with.',
  method: { kind: 'induction', on: 'the tail calls of a chain' },
  lemmas: (subject) => [
    {
      name: 'start',
      premises: {},
      conclusion: isSafe(run),
    },
    {
      name: 'step',
      premises: {
        'the program that calls is safe': isSafe(next),
        'it makes tail calls': next.tailCalls,
        'the array took it': takes(subject, owner, next, 'load'),
        'the array took the program that it enters': takes(subject, owner, last, 'insertion'),
      },
      conclusion: isSafe(last),
    },
    {
      name: 'safe',
      premises: { 'the program is safe': isSafe(last), 'it has a storage': hasStorage(last) },
      conclusion: sameStorage(last, run),
    },
    twoCallsLemma(subject),
  ],
  broken: 'two calls',
  small: [
    ...[run, next, last].map((program) => plainBut(program, 'cgroupStorage')),
    isOne(owner, run),
    isOne(nextOwner, last),
    hasStorage(run),
    last.tailCalls,
  ],
  witness: ({ name }, model) => (name === 'two calls' ? bridgeDraft(model) : undefined),
};

/** A chain of two calls, spelt out: run, next, last. */
function twoCallsLemma(subject: Subject): Lemma {
  return {
    name: 'two calls',
    premises: {
      'both programs make tail calls': and(run.tailCalls, next.tailCalls),
      'the first array took the run': takes(subject, owner, run, 'load'),
      'the first array took the next': takes(subject, owner, next, 'insertion'),
      'the second array took the next': takes(subject, nextOwner, next, 'load'),
      'the second array took the last': takes(subject, nextOwner, last, 'insertion'),
      'the last has a storage': hasStorage(last),
    },
    conclusion: sameStorage(last, run),
  };
}

/** The last program owns the second array because it is loaded first; the one between is loaded after it. */
function bridgeDraft(model: Model): Draft {
  const storage = (name: string) => only('cgroupStorage', number(model, `${name}_cgroup_storage`));
  return {
    programs: [
      { attempts: [{ array: 0, index: 0n }], ...storage('run') },
      { attempts: [{ array: 1, index: 0n }], ...storage('last') },
      { attempts: [{ array: 1, index: 0n }], ...storage('next') },
    ],
    arrays: [{ slots: [undefined] }, { slots: [1] }],
    schedule: [
      { before: start, op: 'load', program: 2 },
      { before: start, op: 'update', map: 0, index: 0, program: 2 },
    ],
  };
}

const withPrevious = boolVar('with_previous');

/** 54713c85f536: of two that come to an array without an owner, the second one sees the first. */
export const SECOND_SEES_FIRST: Law<Draft> = {
  statement:
    'Of two programs that come to an array without an owner, at the same time or not, the second is compatible with the first.',
  method: { kind: 'direct' },
  lemmas: ({ semantics, profile }) => {
    const { compatibility } = semantics;
    const { objects } = profile;
    const nobody = { exists: FALSE, program: owner };
    const first = meet(nobody, owner, 'load', objects, compatibility);
    const looksBack = compatibility.looksBack(withPrevious, objects);
    const seen = { exists: ite(looksBack, FALSE, first.claims), program: owner };
    return [
      {
        name: 'compatible',
        premises: {
          'the first is taken': first.compatible,
          'the second is taken': meet(seen, next, 'insertion', objects, compatibility).compatible,
        },
        conclusion: meet(
          { exists: TRUE, program: owner },
          next,
          'insertion',
          objects,
          compatibility,
        ).compatible,
      },
    ];
  },
  broken: 'compatible',
  small: [
    isOne(owner, PLAIN_TERMS),
    // Another type, and else the same.
    ...Object.entries(next)
      .filter(([name]) => name !== 'type' && name !== 'tailCalls')
      .map(([name, term]) => same(term, PLAIN_TERMS[name as keyof ProgramTerms])),
    bvule(next.type, bv(8, 3n)),
  ],
  witness: (_, model) => raceDraft(model),
};

/** The run's program cannot use the array, or it would be its owner: another leads there. */
function raceDraft(model: Model): Draft {
  const plainType = PLAIN_TERMS.type;
  const type = model.get('next_type');
  const other = plainType.op === 'bv' && plainType.value === type ? 'sched_cls' : 'xdp';
  return {
    programs: [
      { attempts: [{ array: 0, index: 0n }] },
      { attempts: [{ array: 1, index: 0n }] },
      { attempts: [], attributes: { type: other } },
    ],
    arrays: [{ slots: [undefined] }, { slots: [undefined] }],
    schedule: [
      { before: start, op: 'load', program: 1 },
      {
        before: start,
        op: 'update',
        map: 1,
        index: 0,
        program: 2,
        ...(model.get('with_previous') === true ? { withPrevious: true } : {}),
      },
      { before: start, op: 'update', map: 0, index: 0, program: 1 },
    ],
  };
}

const extended = boolVar('extended');
const targetInSlot = boolVar('target_in_slot');
const succeeds = (errno: BvTerm) => eq(errno, n64(0));

const UPDATE = {
  reachable: boolVar('reachable'),
  frozen: boolVar('frozen'),
  readOnly: boolVar('read_only'),
  flags: bvVar('flags', 32),
  index: bvVar('index', 64),
  maxEntries: bvVar('max_entries', 64),
  held: boolVar('held'),
  compatible: boolVar('compatible'),
  extended,
};
const ATTACH = {
  held: boolVar('held'),
  extension: boolVar('extension'),
  replaced: boolVar('replaced'),
  targetInSlot,
};

/** d6083f040d5d */
export const NOT_EXTENDED_IN_SLOT: Law<Draft> = {
  statement:
    'No array holds an extension, nor a program of which a function is extended: entering a program starts no counter.',
  method: { kind: 'induction', on: 'what user space does' },
  lemmas: (subject) => {
    const { semantics, profile } = subject;
    const { update, attach } = semantics.userSpace;
    return [
      {
        name: 'insertion',
        premises: { 'the array takes the program': takes(subject, owner, next, 'insertion') },
        conclusion: not(next.extension),
      },
      {
        name: 'update',
        premises: { 'the update is done': succeeds(update(UPDATE, profile.objects)) },
        conclusion: not(extended),
      },
      {
        name: 'attach',
        premises: { 'the extension is attached': succeeds(attach(ATTACH, profile.objects)) },
        conclusion: not(targetInSlot),
      },
    ];
  },
  broken: 'attach',
  small: [],
  witness: ({ name }, model) => extendedDraft(name, model),
};

/**
 * A program with a local function, and an extension of that function which tail-calls the program; brought into the
 * state of a counterexample, and then done to what the lemma is about.
 */
function extendedDraft(lemma: string, model: Model): Draft {
  const attach = { before: start, op: 'attach', program: 1 } as const;
  const insert = { before: start, op: 'update', map: 0, index: 0 } as const;
  const isFilled = lemma === 'attach' && model.get('target_in_slot') === true;
  const isExtended = lemma === 'update' && model.get('extended') === true;
  const operations: Readonly<Record<string, Draft['schedule']>> = {
    insertion: [{ ...insert, program: 1 }],
    update: [{ ...insert, program: 0 }],
    attach: [attach],
  };
  return {
    programs: [
      { attempts: [{ array: 0, index: 0n, isInFunction: true }] },
      { attempts: [{ array: 0, index: 0n }], replaces: { program: 0, localFunction: 0 } },
    ],
    arrays: [{ slots: [isFilled ? 0 : undefined] }],
    schedule: [...(isExtended ? [attach] : []), ...(operations[lemma] ?? [])],
  };
}

const array = arrayVariables('array');
const oneIf = (flag: BoolTerm) => ite(flag, n64(1), n64(0));

/** What user space can do to an array that is there, and what it must have for it. */
const EVENTS = {
  freeze: not(array.frozen),
  pin: not(array.pinned),
  unpin: array.pinned,
  close_map: array.descriptor,
} as const;
type Event = keyof typeof EVENTS;

/** c9da161c6517 */
export const USERS_KEEP_SLOTS: Law<Draft> = {
  statement: 'While an array has a user, its descriptor or its pin, nothing empties it as a whole.',
  method: { kind: 'cases', over: 'what user space does to the array' },
  lemmas: (subject) => (Object.keys(EVENTS) as Event[]).map((event) => keptLemma(subject, event)),
  broken: 'close_map',
  small: [],
  witness: ({ name }, model) => keptDraft(name as Event, model),
};

function keptLemma({ semantics, profile }: Subject, event: Event): Lemma {
  const { objects } = semantics;
  const after = objects.array[event](array, n32(0));
  const hasUsers = distinct(after.users, n64(0));
  // Only the end of a user can be the end of the last one.
  const endsOne = event === 'unpin' || event === 'close_map';
  return {
    name: event,
    premises: {
      'its users are descriptor and pin': eq(
        array.users,
        bvadd(oneIf(array.descriptor), oneIf(array.pinned)),
      ),
      'it can be done': EVENTS[event],
      'a user is left': hasUsers,
    },
    conventions: endsOne
      ? ['its users are descriptor and pin', 'it can be done']
      : ['its users are descriptor and pin', 'it can be done', 'a user is left'],
    conclusion: not(objects.cleared(array, after, profile.objects)),
  };
}

/** A program in an array that user space has brought into the state of a counterexample, and then does that to. */
function keptDraft(event: Event, model: Model): Draft {
  const is = (name: string) => model.get(`array_${name}`) === true;
  const ops = [
    ...(is('pinned') ? (['pin'] as const) : []),
    ...(is('frozen') ? (['freeze'] as const) : []),
    ...(is('descriptor') ? [] : (['close_map'] as const)),
    event,
  ];
  return {
    programs: [{ attempts: [{ array: 0, index: 0n }] }],
    arrays: [{ slots: [0] }],
    schedule: ops.map((op) => ({ before: start, op, map: 0 })),
  };
}

/** The keys of a profile as a file has them, with one more or one in place of another. */
export const keysText = (keys: readonly CompatKey[]) => `[${keys.join(', ')}]`;

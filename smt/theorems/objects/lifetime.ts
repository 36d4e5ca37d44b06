// What a run can still reach is not freed, and what a pinned array holds stays there.

import { parseScenario } from '../../../model/scenario/read.ts';
import { and, boolVar, FALSE, implies, not, TRUE } from '../../terms/index.ts';
import { withKnobs, withObjects } from '../faults.ts';
import type { Lemma, Subject, Theorem } from '../theorem.ts';
import { anyArray, arrayHappenings, isCountedArray, type WatchedArray } from './arrays.ts';
import { anyProgram, type Happening, programHappenings } from './programs.ts';

const runIsOn = boolVar('run_is_on');
const freed = boolVar('freed');
const ALIVE = 'while the run is on, it is not freed';
const alive = implies(runIsOn, not(freed));

export const LIFETIME: Theorem = {
  name: 'tail-call/lifetime',
  statement:
    'While a run is on, no program is freed, so that no instruction of a freed program executes.',
  source: 'linux-tail-calls §2.4: a run is one read-side section, freeing waits for it',
  method: { kind: 'induction', on: 'what user space, runs and the kernel do' },
  expected: ({ profile }) => (profile.objects.freed === 'at_once' ? 'refuted' : 'proved'),
  lemmas: (subject) => [startLemma(), freedLemma(subject), endLemma(), executesLemma()],
  faults: [
    {
      name: 'freed at once',
      plant: withKnobs({ freed: 'at_once' }),
      lemma: 'freed',
      applies: isGraceful,
    },
    {
      name: 'a run that is on may not reach it',
      plant: withObjects((objects) => ({
        ...objects,
        runMayReach: () => FALSE,
      })),
      lemma: 'freed',
      applies: isGraceful,
    },
    {
      name: 'repaired: freed after the grace period',
      plant: withKnobs({ freed: 'grace_period' }),
      lemma: 'freed',
      applies: (subject) => !isGraceful(subject),
    },
  ],
  replay: (_lemma, _model, { profile }) => ({ ...parseScenario(FREED), profile }),
};

function isGraceful({ profile }: Subject): boolean {
  return profile.objects.freed === 'grace_period';
}

function startLemma(): Lemma {
  return {
    name: 'start',
    premises: { 'nothing is freed before the run': not(freed) },
    conclusion: alive,
  };
}

/** All other happenings leave `freed` alone: `Happening.after`. */
function freedLemma(subject: Subject): Lemma {
  const happening = programHappenings(subject, anyProgram()).find(({ name }) => name === 'freed');
  return {
    name: 'freed',
    premises: { ...happening?.premises },
    conventions: ['it is loaded'],
    conclusion: not(and(runIsOn, happening?.after.freed ?? TRUE)),
  };
}

/** A run does not come on again: there is one. */
function endLemma(): Lemma {
  const later = boolVar('run_is_on_later');
  return {
    name: 'run ends',
    premises: { [ALIVE]: alive, 'there is no other run': implies(later, runIsOn) },
    conclusion: implies(later, not(freed)),
  };
}

function executesLemma(): Lemma {
  return {
    name: 'an instruction executes',
    premises: { [ALIVE]: alive, 'the run is on': runIsOn },
    conclusion: not(freed),
  };
}

/** The program that runs loses its slot and its descriptor. */
const FREED = `tailproof: 1
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 1, entries: { 0: second } }
programs:
  first: |
    r2 = map[jmp]
    r3 = 0
    call bpf_tail_call
    r0 = 0
    exit
  second: |
    r0 = 1
    r0 = 2
    exit
run: { program: first, packet: "00" }
schedule:
  - { before: { step: 4 }, close: second }
  - { before: { step: 4 }, delete: jmp, index: 0 }
expect: { trap: use_after_free, tail_calls: 1 }
`;

export const PINNED: Theorem = {
  name: 'tail-call/pinned',
  statement: 'A pinned array keeps its entries until they are deleted or replaced.',
  source: 'linux-tail-calls §2.4; c9da161c6517 (4.4)',
  method: { kind: 'cases', over: 'what happens to an array' },
  expected: ({ profile }) => (profile.objects.clearedOn === 'descriptor' ? 'refuted' : 'proved'),
  lemmas: (subject) =>
    arrayHappenings(subject, anyArray())
      .filter(({ name }) => KEEPING.includes(name))
      .map(keptLemma),
  faults: [
    {
      name: 'cleared when its descriptor is closed',
      plant: withKnobs({ clearedOn: 'descriptor' }),
      lemma: 'close_map',
      applies: keepsPinned,
    },
    {
      name: 'repaired: cleared when its last user is gone',
      plant: withKnobs({ clearedOn: 'last_user' }),
      lemma: 'close_map',
      applies: (subject) => !keepsPinned(subject),
    },
  ],
  replay: (_lemma, _model, { profile }) => ({ ...parseScenario(CLEARED), profile }),
};

/** What happens to an array that is pinned before and after, apart from writes of its slots. */
const KEEPING = [
  'close_map',
  'freeze',
  'program that uses it is loaded',
  'program that uses it is freed',
  'freed',
];

function keptLemma({ name, premises, after }: Happening<WatchedArray>): Lemma {
  const before = anyArray();
  // Of these, only a descriptor that is closed can be the last user.
  const users = {
    'its references are counted (tail-call/references)': isCountedArray(before),
    'it is pinned': before.array.pinned,
  };
  return {
    name,
    premises: {
      ...premises,
      ...(name === 'close_map' ? users : {}),
      'it holds a program': before.filled,
    },
    conclusion: after.filled,
    conventions: Object.keys(premises),
  };
}

function keepsPinned({ profile }: Subject): boolean {
  return profile.objects.clearedOn === 'last_user';
}

/** Pinned, and its descriptor closed: what calls it finds nothing. */
const CLEARED = `tailproof: 1
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 1, entries: { 0: second } }
programs:
  first: |
    r2 = map[jmp]
    r3 = 0
    call bpf_tail_call
    r0 = 0
    exit
  second: |
    r0 = 2
    exit
run: { program: first, packet: "00" }
schedule:
  - { before: { step: 0 }, pin: jmp }
  - { before: { step: 0 }, close: jmp }
expect: { exit: 0, tail_calls: 0 }
`;

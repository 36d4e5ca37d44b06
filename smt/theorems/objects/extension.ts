// Under the key `extension` a chain of tail calls does not lead through an extension back into what it extends.

import { parseScenario } from '../../../model/scenario/read.ts';
import { meet, type ProgramTerms, programVariables } from '../../semantics/index.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  boolVar,
  bvVar,
  eq,
  FALSE,
  implies,
  not,
  or,
} from '../../terms/index.ts';
import { withKnobs, withUserSpace } from '../faults.ts';
import { n64 } from '../tail-call/call.ts';
import type { Expected, Lemma, Subject, Theorem, TheoremFault } from '../theorem.ts';

/** An arbitrary program, and an arbitrary slot of any array. */
interface Extended {
  readonly program: ProgramTerms;
  readonly inSlot: BoolTerm;
  /** An extension is attached to a function of it. */
  readonly extended: BoolTerm;
}

const before: Extended = {
  program: programVariables('program'),
  inSlot: boolVar('in_slot'),
  extended: boolVar('extended'),
};

/** What a slot holds is no extension, and nothing is attached to it. */
const isApart = ({ program, inSlot, extended }: Extended): BoolTerm =>
  implies(inSlot, and(not(program.extension), not(extended)));
const APART = 'so far no slot holds an extension, or what one is attached to';
const isDone = (errno: BvTerm) => eq(errno, n64(0));

const hasKey = ({ profile }: Subject) => profile.objects.compatKeys.includes('extension');

function updateLemma({ semantics, profile }: Subject): Lemma {
  const owner = { exists: boolVar('owner_exists'), program: programVariables('owner') };
  const { compatible } = meet(
    owner,
    before.program,
    'insertion',
    profile.objects,
    semantics.compatibility,
  );
  const errno = semantics.userSpace.update(
    {
      reachable: boolVar('reachable'),
      frozen: boolVar('frozen'),
      readOnly: boolVar('read_only'),
      flags: bvVar('flags', 32),
      index: bvVar('index', 64),
      maxEntries: bvVar('max_entries', 64),
      held: boolVar('held'),
      compatible,
      extended: before.extended,
    },
    profile.objects,
  );
  const written = and(isDone(errno), boolVar('into_this_slot'));
  return {
    name: 'update',
    premises: { [APART]: isApart(before) },
    conclusion: isApart({ ...before, inSlot: or(before.inSlot, written) }),
  };
}

function attachLemma({ semantics, profile }: Subject): Lemma {
  const targetInSlot = boolVar('target_in_slot');
  const isTarget = boolVar('is_the_target');
  const errno = semantics.userSpace.attach(
    {
      held: boolVar('extension_held'),
      extension: boolVar('is_an_extension'),
      replaced: boolVar('replaced'),
      targetInSlot,
    },
    profile.objects,
  );
  return {
    name: 'attach',
    premises: {
      [APART]: isApart(before),
      'where the slot holds the target, the target is in a slot': implies(
        and(isTarget, before.inSlot),
        targetInSlot,
      ),
    },
    conclusion: isApart({
      ...before,
      extended: or(before.extended, and(isDone(errno), isTarget)),
    }),
  };
}

/** Slots are emptied and extensions detached. */
function lessLemma(): Lemma {
  return {
    name: 'delete, clear, detach',
    premises: { [APART]: isApart(before) },
    conclusion: isApart({
      ...before,
      inSlot: and(before.inSlot, boolVar('stays_in_the_slot')),
      extended: and(before.extended, boolVar('stays_attached')),
    }),
  };
}

export const EXTENSION: Theorem = {
  name: 'tail-call/extension',
  statement:
    'No tail call enters an extension, or a program to a function of which one is attached: no chain leads through an extension back into its target, where it would start a new counter each time.',
  source: 'd6083f040d5d (6.13); CVE-2024-47794',
  method: { kind: 'induction', on: 'the operations of user space' },
  expected: (subject): Expected => (hasKey(subject) ? 'proved' : 'refuted'),
  lemmas: (subject) => [
    {
      name: 'start',
      premises: { 'no slot holds anything': not(before.inSlot) },
      conclusion: isApart(before),
    },
    updateLemma(subject),
    attachLemma(subject),
    lessLemma(),
    {
      name: 'tail call',
      premises: {
        [APART]: isApart(before),
        'what is entered was in a slot (tail-call/atomicity)': before.inSlot,
      },
      conclusion: and(not(before.program.extension), not(before.extended)),
    },
  ],
  faults: [
    {
      name: 'without the key an extended program is inserted',
      plant: withoutKey,
      lemma: 'update',
      applies: hasKey,
    },
    {
      name: 'without the key an extension is attached to what a slot holds',
      plant: withoutKey,
      lemma: 'attach',
      applies: hasKey,
    },
    {
      name: 'an extended program is inserted',
      plant: withUserSpace((userSpace) => ({
        ...userSpace,
        update: (state, knobs) => userSpace.update({ ...state, extended: FALSE }, knobs),
      })),
      lemma: 'update',
      applies: hasKey,
    },
    {
      name: 'an extension is attached to what a slot holds',
      plant: withUserSpace((userSpace) => ({
        ...userSpace,
        attach: (state, knobs) => userSpace.attach({ ...state, targetInSlot: FALSE }, knobs),
      })),
      lemma: 'attach',
      applies: hasKey,
    },
    ...(['update', 'attach'] as const).map(
      (lemma): TheoremFault => ({
        name: `repaired: the key is looked at by ${lemma}`,
        plant: withKey,
        lemma,
        applies: (subject) => !hasKey(subject),
      }),
    ),
  ],
  replay: (_lemma, _model, { profile }) => ({ ...parseScenario(LOOP), profile }),
};

function withoutKey(subject: Subject): Subject {
  const { compatKeys } = subject.profile.objects;
  return withKnobs({ compatKeys: compatKeys.filter((key) => key !== 'extension') })(subject);
}

function withKey(subject: Subject): Subject {
  const { compatKeys } = subject.profile.objects;
  return withKnobs({ compatKeys: [...compatKeys, 'extension'] })(subject);
}

/** The target calls what the extension replaces, and the extension tail-calls the target: until the stack is used up. */
const LOOP = `tailproof: 1
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 1, entries: { 0: target } }
programs:
  target: |
    call function
    exit
    function:
    r0 = 0
    exit
  extension:
    replaces: { program: target, function: function }
    asm: |
      r2 = map[jmp]
      r3 = 0
      call bpf_tail_call
      r0 = 1
      exit
run: { program: target, packet: "00" }
schedule:
  - { before: { step: 0 }, attach: extension }
expect: { trap: call_depth, tail_calls: 239 }
`;

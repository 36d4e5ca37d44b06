// Where a local call leaves the callee on the caller's counter, and where it starts a new one.

import { parseScenario } from '../../../model/scenario/read.ts';
import type { CallSite } from '../../semantics/index.ts';
import { type BoolTerm, boolVar, bvVar, eq, not, TRUE } from '../../terms/index.ts';
import { withCounterStart, withTailCallKnobs } from '../faults.ts';
import type { Expected, Lemma, Subject, Theorem } from '../theorem.ts';
import { n64, withPassing } from './call.ts';

const site: CallSite = {
  replaced: boolVar('replaced'),
  traced: boolVar('traced'),
  stackBytes: bvVar('stack_bytes', 64),
};

const keeps = ({ profile }: Subject): boolean =>
  profile.tailCall.trampoline === 'preserves' && profile.tailCall.countSlot === 'rounded';

const starts = ({ semantics, profile }: Subject, at: CallSite): BoolTerm =>
  semantics.counterStart.starts(at, profile.tailCall);

export const COUNTER_KEPT: Theorem = {
  name: 'tail-call/counter-kept',
  statement:
    "A local call leaves the callee on the caller's counter, unless an extension is attached to the function that it calls.",
  source:
    '2b5dcb31a19a (6.7), ff672c67ee76 (5.19); docs/semantics.md, Local calls that start a counter',
  method: { kind: 'direct' },
  expected: (subject): Expected => (keeps(subject) ? 'proved' : 'refuted'),
  lemmas: (subject) => [
    {
      name: 'local call',
      premises: { 'no extension is attached to the function': not(site.replaced) },
      conclusion: not(starts(subject, site)),
    },
    inheritedLemma(subject),
  ],
  faults: [
    {
      name: 'every local call starts a counter',
      plant: withCounterStart((meaning) => ({ ...meaning, starts: () => TRUE })),
      lemma: 'local call',
      applies: keeps,
    },
    {
      name: 'a callee does not inherit the count',
      plant: withPassing({ enter: () => n64(0) }),
      lemma: 'what is not started is inherited',
      applies: keeps,
    },
    {
      name: 'a trampoline resets the counter',
      plant: withTailCallKnobs({ trampoline: 'resets' }),
      lemma: 'local call',
      applies: keeps,
    },
    {
      name: 'the count is read beside its slot',
      plant: withTailCallKnobs({ countSlot: 'unrounded' }),
      lemma: 'local call',
      applies: keeps,
    },
    {
      name: 'repaired: trampolines preserve the counter, and stacks are rounded',
      plant: withTailCallKnobs({ trampoline: 'preserves', countSlot: 'rounded' }),
      lemma: 'local call',
      applies: (subject) => !keeps(subject),
    },
  ],
  replay: (_lemma, _model, { profile }) => ({
    ...parseScenario(profile.tailCall.trampoline === 'resets' ? TRACED : BESIDE),
    profile,
  }),
};

function inheritedLemma({ semantics, profile }: Subject): Lemma {
  const counter = bvVar('counter', 64);
  const { enter } = semantics.counterPassing[profile.tailCall.propagation];
  return {
    name: 'what is not started is inherited',
    premises: {},
    conclusion: eq(enter(counter), counter),
  };
}

/** A program that calls itself through a local call: each time on a counter that starts at 0. */
const TRACED = `tailproof: 1
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 1, entries: { 0: entry } }
programs:
  entry:
    traced: true
    asm: |
      call again
      exit
      again:
      r2 = map[jmp]
      r3 = 0
      call bpf_tail_call
      r0 = 0
      exit
run: { program: entry, packet: "00" }
expect: { trap: call_depth, tail_calls: 239 }
`;

/** A stack of 4 bytes: nothing is left of the limit for the function that is called. */
export const BESIDE = `tailproof: 1
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 1, entries: { 0: second } }
programs:
  entry: |
    *(u32 *)(r10 - 4) = 0
    call function
    exit
    function:
    r2 = map[jmp]
    r3 = 0
    call bpf_tail_call
    r0 = 1
    exit
  second: |
    r0 = 2
    exit
run: { program: entry, packet: "00" }
expect: { exit: 1, tail_calls: 0 }
`;

// A tail call with a constant index is a direct jump only where the index is in range.

import { parseScenario } from '../../../model/scenario/read.ts';
import {
  and,
  bvadd,
  bvand,
  bvlshr,
  bvsub,
  bvuge,
  bvult,
  bvVar,
  distinct,
  eq,
  not,
  or,
} from '../../terms/index.ts';
import { withDirectJump, withTailCallKnobs } from '../faults.ts';
import type { Expected, Lemma, Subject, Theorem } from '../theorem.ts';
import { n64 } from './call.ts';

const key = bvVar('key', 64);
const maxEntries = bvVar('max_entries', 64);
const ONE = n64(1);
const last = bvsub(maxEntries, ONE);
const HAS_SLOTS = 'the array has slots';
const hasSlots = distinct(maxEntries, n64(0));

const isChecked = ({ profile }: Subject): boolean => profile.tailCall.directKey === 'checked';

export const DIRECT_KEY: Theorem = {
  name: 'tail-call/direct-key',
  statement:
    'A tail call whose index is a constant reads no slot beyond its array; with the least tnum for a comparison it may, unless max_entries is a power of two.',
  source: 'linux-tail-calls §3.5; a657182a5c51 (6.0); CVE-2022-2905',
  method: { kind: 'direct' },
  expected: (subject): Expected => (isChecked(subject) ? 'proved' : 'refuted'),
  lemmas: (subject) => [
    {
      name: 'no slot beyond the array',
      premises: { [HAS_SLOTS]: hasSlots },
      conventions: [HAS_SLOTS],
      conclusion: not(
        subject.semantics.directJump.outOfBounds(key, maxEntries, subject.profile.tailCall),
      ),
    },
    maskLemma(subject),
    powerLemma(subject),
  ],
  faults: [
    {
      name: 'a tnum that covers more than is in range',
      plant: withTailCallKnobs({ directKey: 'tnum_range' }),
      lemma: 'no slot beyond the array',
      applies: isChecked,
    },
    {
      name: 'a mask twice as wide',
      plant: withDirectJump((meaning) => ({
        ...meaning,
        mask: (entries) => bvadd(bvadd(meaning.mask(entries), meaning.mask(entries)), ONE),
      })),
      lemma: 'the mask is the least that covers the array',
      applies: isChecked,
    },
    {
      name: 'an index is compared with one more',
      plant: withDirectJump((meaning) => ({
        ...meaning,
        outOfBounds: (at, entries, knobs) => meaning.outOfBounds(at, bvadd(entries, ONE), knobs),
      })),
      lemma: 'not where max_entries is a power of two',
      applies: isChecked,
    },
    {
      name: 'repaired: the index is compared',
      plant: withTailCallKnobs({ directKey: 'checked' }),
      lemma: 'no slot beyond the array',
      applies: (subject) => !isChecked(subject),
    },
  ],
  replay: (_lemma, _model, { profile }) => ({ ...parseScenario(BEYOND), profile }),
};

/** docs/semantics.md: "the smallest 2^n − 1 that is at least max_entries − 1". */
function maskLemma({ semantics }: Subject): Lemma {
  const mask = semantics.directJump.mask(maxEntries);
  const half = bvlshr(mask, ONE);
  return {
    name: 'the mask is the least that covers the array',
    premises: {},
    conclusion: and(
      eq(bvand(mask, bvadd(mask, ONE)), n64(0)),
      bvuge(mask, last),
      or(eq(mask, n64(0)), bvult(half, last)),
    ),
  };
}

/** There the tnum covers just what is in range. */
function powerLemma({ semantics }: Subject): Lemma {
  const tnum = { directKey: 'tnum_range' } as const;
  return {
    name: 'not where max_entries is a power of two',
    premises: {
      'max_entries is a power of two': eq(bvand(maxEntries, last), n64(0)),
      [HAS_SLOTS]: hasSlots,
    },
    conclusion: not(semantics.directJump.outOfBounds(key, maxEntries, tnum)),
  };
}

/** Of three slots the fourth: the least tnum for 0 to 2 covers 3, too. */
const BEYOND = `tailproof: 1
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 3 }
programs:
  entry: |
    r2 = map[jmp]
    r3 = 3
    call bpf_tail_call
    r0 = 0
    exit
run: { program: entry, packet: "00" }
expect: { trap: out_of_bounds, tail_calls: 0 }
`;

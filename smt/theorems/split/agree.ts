// Where the two designs agree, against the very terms of the atomic helper (smt/semantics/tail-call.ts): over every
// array content (an uninterpreted array), size, index, counter, and for every profile.

import type { HopResult } from '../../../model/scenario/outcome.ts';
import { HOP_RESULTS } from '../../../model/scenario/outcome.ts';
import { tailCallStep } from '../../semantics/tail-call.ts';
import {
  and,
  arrayVar,
  type BoolTerm,
  type BvTerm,
  bool,
  boolVar,
  bv,
  bvadd,
  bvsub,
  bvuge,
  bvult,
  bvVar,
  eq,
  evaluate,
  implies,
  ite,
  not,
  or,
  select,
} from '../../terms/index.ts';
import type { Expected, Subject, Theorem, TheoremFault } from '../theorem.ts';
import { NO_PROGRAM, plantSplit, worldOf } from './machine.ts';

interface Effect {
  /** The program entered; none where the run goes on behind the call. */
  readonly entered: BvTerm;
  readonly counter: BvTerm;
  readonly r1: BvTerm;
}

/** Both designs from one state: the atomic one at the instant of the call, the split one around it. */
function sideBySide(subject: Subject) {
  const { knobs, limit, split } = worldOf(subject);
  const { tailCall } = subject.semantics;
  const contents = {
    atLookup: arrayVar('slots.at_lookup', 64, 32),
    atCall: arrayVar('slots.at_call', 64, 32),
  };
  const [maxEntries, counter] = [bvVar('max_entries', 64), bvVar('counter', 64)];
  const r1 = { atLookup: bvVar('r1.at_lookup', 64), atCall: bvVar('r1.at_call', 64) };
  const index = tailCall.index(bvVar('r3', 64), knobs);

  const slot = select(contents.atCall, index);
  const step = tailCallStep(
    { index, maxEntries, counter, slotEmpty: eq(slot, NO_PROGRAM) },
    knobs,
    tailCall,
  );
  const atomic: Effect = {
    entered: ite(step.results.taken, slot, NO_PROGRAM),
    counter: step.nextCounter,
    r1: r1.atLookup,
  };

  // p = prog_lookup(map, index). What the profile charges for a failed call, the failed lookup charges.
  const pointer = split.found(index, maxEntries, select(contents.atLookup, index));
  const inRange = bvult(index, maxEntries);
  const burns = or(
    and(not(inRange), bool(knobs.burns.outOfRange)),
    and(inRange, bool(knobs.burns.empty)),
  );
  const up = (value: BvTerm) => bvadd(value, bv(64, 1n));
  // if (p) tail_call_ptr(ctx, p): what was freed in between is anything.
  const isNull = eq(pointer, NO_PROGRAM);
  const admitted = split.admits(counter, limit);
  const program = ite(boolVar('freed_between'), bvVar('garbage', 32), pointer);
  const jumped: Effect = {
    entered: ite(and(not(isNull), admitted), program, NO_PROGRAM),
    counter: ite(
      isNull,
      ite(burns, up(counter), counter),
      ite(or(admitted, bool(knobs.burns.exhausted)), up(counter), counter),
    ),
    r1: r1.atCall,
  };
  const reasons: Record<HopResult, BoolTerm> = {
    out_of_range: and(isNull, not(inRange)),
    empty: and(isNull, inRange),
    exhausted: and(not(isNull), not(admitted)),
    taken: and(not(isNull), admitted),
  };
  return {
    atomic,
    split: jumped,
    results: step.results,
    reasons,
    limit,
    counter,
    index,
    contents,
    r1,
    isNull,
  };
}

/** What a run can still do: a count beyond the limit is as good as the limit. */
function remaining(counter: BvTerm, limit: BvTerm): BvTerm {
  return ite(bvult(counter, limit), bvsub(limit, counter), bv(64, 0n));
}

/** The premises that a case needs, besides that it is the case. */
const NEEDED: Record<HopResult, readonly ('no writer' | 'one section' | 'context kept')[]> = {
  out_of_range: [],
  exhausted: [],
  empty: ['no writer'],
  taken: ['no writer', 'one section', 'context kept'],
};

const FAULTS: readonly TheoremFault[] = [
  {
    name: 'lookup does not compare the index with max_entries',
    plant: plantSplit({ found: (_index, _maxEntries, slot) => slot }),
    lemma: 'out_of_range',
  },
  {
    name: 'jump does not test the limit',
    plant: plantSplit({ admits: () => bool(true) }),
    lemma: 'exhausted',
  },
  {
    name: 'helper lets limit + 1 calls pass',
    plant: (subject) => ({
      ...subject,
      semantics: {
        ...subject.semantics,
        tailCall: {
          ...subject.semantics.tailCall,
          results: (state, knobs) =>
            subject.semantics.tailCall.results(state, { ...knobs, limit: knobs.limit + 1 }),
        },
      },
    }),
    lemma: 'taken',
  },
  {
    name: 'helper does not count what is taken',
    plant: (subject) => ({
      ...subject,
      semantics: {
        ...subject.semantics,
        tailCall: {
          ...subject.semantics.tailCall,
          counter: { ...subject.semantics.tailCall.counter, taken: (counter) => counter },
        },
      },
    }),
    lemma: 'taken',
  },
];

const AGREE: Theorem = {
  name: 'split/agree',
  statement:
    'With no writer between the halves, in one section and with the context kept, both designs enter the same program with the same R1 and leave the same budget.',
  source: 'reference linux-tail-calls.md §8',
  method: { kind: 'cases', over: 'the four results of the helper' },
  expected: 'proved',
  lemmas: (subject) => {
    const { atomic, split, results, limit, counter, index, contents, r1 } = sideBySide(subject);
    const premises = {
      'no writer': eq(select(contents.atLookup, index), select(contents.atCall, index)),
      'one section': not(boolVar('freed_between')),
      'context kept': eq(r1.atCall, r1.atLookup),
    };
    const same = and(
      eq(split.entered, atomic.entered),
      implies(not(eq(split.entered, NO_PROGRAM)), eq(split.r1, atomic.r1)),
      eq(remaining(split.counter, limit), remaining(atomic.counter, limit)),
    );
    return HOP_RESULTS.map((result) => ({
      name: result,
      premises: {
        case: results[result],
        'no run makes 2^63 calls': bvult(counter, bv(64, 2n ** 63n)),
        ...Object.fromEntries(NEEDED[result].map((premise) => [premise, premises[premise]])),
      },
      // Only profiles that count calls beyond the limit can get there. What a taken call needs is enough for the others.
      conventions: ['no run makes 2^63 calls', ...(result === 'taken' ? ['case'] : [])],
      conclusion: same,
    }));
  },
  faults: FAULTS,
};

/** The reason that each design can give for a call that failed, in the state of `split/agree`. */
function reasonTheorem(name: string, statement: string, expected: Expected): Theorem {
  return {
    name,
    statement,
    source:
      'reference linux-tail-calls.md §1.1 (order of the checks), §8 (failure reason is visible)',
    method: { kind: 'direct' },
    expected,
    lemmas: (subject) => {
      const { results, reasons, counter, limit, isNull, index, contents } = sideBySide(subject);
      const noWriter = eq(select(contents.atLookup, index), select(contents.atCall, index));
      return [
        {
          name: 'reason',
          premises: {
            'no writer': noWriter,
            ...(expected === 'proved'
              ? { 'budget left, or a program found': not(and(bvuge(counter, limit), isNull)) }
              : {}),
          },
          conclusion: and(...HOP_RESULTS.map((result) => eq(results[result], reasons[result]))),
        },
      ];
    },
    faults: [
      {
        name: expected === 'proved' ? 'empty tested before the index' : 'repaired',
        lemma: 'reason',
        plant: (subject) => ({
          ...subject,
          semantics: {
            ...subject.semantics,
            tailCall: {
              ...subject.semantics.tailCall,
              results: (state, knobs) => {
                const real = subject.semantics.tailCall.results(state, knobs);
                return expected === 'proved'
                  ? {
                      ...real,
                      empty: state.slotEmpty,
                      out_of_range: and(real.out_of_range, not(state.slotEmpty)),
                    }
                  : {
                      ...real,
                      // The helper with the order of the split: index, slot, count.
                      empty: and(not(real.out_of_range), state.slotEmpty),
                      exhausted: and(real.exhausted, not(state.slotEmpty)),
                    };
              },
            },
          },
        }),
      },
    ],
    show: (_lemma, model, subject) => {
      const { results, reasons, counter, limit } = sideBySide(subject);
      const [calls, most] = [counter, limit].map((term) => evaluate(term, model, 'zero'));
      const reasonIn = (of: Record<HopResult, BoolTerm>) =>
        HOP_RESULTS.find((result) => evaluate(of[result], model, 'zero'));
      return [
        `with ${calls} counted, where the limit is ${most}, the helper says ${reasonIn(results)}, the split ${reasonIn(reasons)}`,
      ];
    },
  };
}

export const AGREEMENT: readonly Theorem[] = [
  AGREE,
  reasonTheorem(
    'split/reason',
    'Both designs give the same reason for a call that fails.',
    'refuted',
  ),
  reasonTheorem(
    'split/reason-repaired',
    'Both designs give the same reason for a call that fails, unless the budget is used up and no program was found.',
    'proved',
  ),
];

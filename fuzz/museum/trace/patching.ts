// The patching of direct tail calls on x86-64, as far as two of its bugs go: reference linux-tail-calls.md §1.4 and
// §6.6. What a patch does to a site is that of the theorems `poke/*`.

import {
  and,
  type BoolTerm,
  type BvTerm,
  boolVar,
  bv,
  bvadd,
  bvVar,
  distinct,
  eq,
  FALSE,
  implies,
  ite,
  not,
  or,
  TRUE,
} from '../../../smt/index.ts';
import {
  anySite,
  NONE,
  type PatchStep,
  PROTOCOL,
  patched,
  type Site,
  settledSite,
  siteIte,
  UPDATES,
  updateIs,
} from '../../../smt/theorems/poke/machine.ts';
import type { Exhibit } from '../exhibit.ts';
import { traceExhibit } from './exhibit.ts';
import type { Action, State, TraceMachine, Values } from './machine.ts';

const PROGRAMS = [1, 2, 3] as const;
const program = (number: number) => bv(32, BigInt(number));
const made = (steps: number) => bv(4, BigInt(steps));

/** One slot and one direct site of a program that is being loaded. */
interface Patching extends State {
  /** What the slot held before it was last written, until every step of that update is made. */
  readonly older: BvTerm;
  readonly slot: BvTerm;
  /** Steps of the update under way. */
  readonly made: BvTerm;
  readonly bypass: BoolTerm;
  readonly target: BvTerm;
  /** Whether the kernel knows the text of the site's program. */
  readonly registered: BoolTerm;
  /** A patch has found other bytes than it expects. */
  readonly surprised: BoolTerm;
}

const siteOf = ({ bypass, target }: Patching): Site => ({
  bypass,
  target,
  inside: FALSE,
  waiting: FALSE,
});

/** Steps that write; waiting for CPUs changes no bytes. */
const stepsOf = (update: (typeof UPDATES)[number]) =>
  PROTOCOL[update].filter((step) => step === 'target' || step.startsWith('bypass'));

/** What must stand at the site before a step writes there. */
function expects(step: PatchStep, { bypass, target }: Patching, older: BvTerm): BoolTerm {
  if (step === 'target') return eq(target, older);
  return step === 'bypass off' ? bypass : not(bypass);
}

const isIdle = ({ older, slot }: Patching) => eq(older, slot);

/** The next step of the update under way. */
function patch(state: Patching, writes: (state: Patching) => BoolTerm): Patching {
  const { older, slot } = state;
  return UPDATES.flatMap((update) =>
    stepsOf(update).map((step, n) => ({ update, step, n })),
  ).reduce((rest, { update, step, n }) => {
    const isNext = and(updateIs(update, older, slot), eq(state.made, made(n)));
    const isLast = n === stepsOf(update).length - 1;
    const isWritten = and(writes(state), expects(step, state, older));
    const site = siteIte(isWritten, patched(step, siteOf(state), slot), siteOf(state));
    const after: Patching = {
      ...state,
      older: isLast ? slot : older,
      made: isLast ? made(0) : bvadd(state.made, made(1)),
      bypass: site.bypass,
      target: site.target,
      surprised: or(state.surprised, and(writes(state), not(expects(step, state, older)))),
    };
    return patchingIte(isNext, after, rest);
  }, state);
}

function patchingIte(condition: BoolTerm, a: Patching, b: Patching): Patching {
  return {
    older: ite(condition, a.older, b.older),
    slot: ite(condition, a.slot, b.slot),
    made: ite(condition, a.made, b.made),
    bypass: ite(condition, a.bypass, b.bypass),
    target: ite(condition, a.target, b.target),
    registered: ite(condition, a.registered, b.registered),
    surprised: ite(condition, a.surprised, b.surprised),
  };
}

const nameOf = (number: unknown) => (number === 0n ? 'nothing' : `program ${number}`);

function tellPatch(before: Values<Patching>, after: Values<Patching>): string {
  if (after.surprised === true) return 'patch: other bytes than expected, a bug of the kernel';
  const isSame = before.bypass === after.bypass && before.target === after.target;
  if (isSame) return 'patch: skipped, the text of the site is not known';
  return before.target === after.target
    ? `patch: the bypass is ${after.bypass === true ? 'there' : 'gone'}`
    : `patch: the site jumps to ${nameOf(after.target)}`;
}

const writeOf = (number: number): Action<Patching> => ({
  name: `write ${nameOf(BigInt(number))}`,
  possible: (state) => and(isIdle(state), distinct(state.slot, program(number))),
  next: (state) => ({ ...state, slot: program(number) }),
  tell: (before) => `the slot held ${nameOf(before.slot)}, now ${nameOf(BigInt(number))}`,
});

/** @param writes whether a patch writes; it is passed over without an error where it does not */
function patchingMachine(writes: (state: Patching) => BoolTerm): TraceMachine<Patching> {
  const first = settledSite(program(1));
  return {
    start: {
      older: program(1),
      slot: program(1),
      made: made(0),
      bypass: first.bypass,
      target: first.target,
      registered: FALSE,
      surprised: FALSE,
    },
    actions: [
      ...[0, ...PROGRAMS].map(writeOf),
      {
        name: 'patch',
        possible: (state) => not(isIdle(state)),
        next: (state) => patch(state, writes),
        tell: tellPatch,
      },
      {
        name: 'register',
        possible: ({ registered }) => not(registered),
        next: (state) => ({ ...state, registered: TRUE }),
        tell: () => 'the loader makes the text of the site known',
      },
    ],
    isBroken: ({ surprised }) => surprised,
  };
}

const site = anySite();
const anyPatching: Patching = {
  older: bvVar('older', 32),
  slot: bvVar('slot', 32),
  made: bvVar('made', 4),
  bypass: site.bypass,
  target: site.target,
  registered: boolVar('registered'),
  surprised: boolVar('surprised'),
};

/** At every point of every update the site is as the steps so far have left it. */
function isInStep(state: Patching): BoolTerm {
  const { older, slot, target, bypass } = state;
  const isMade = (n: number) => eq(state.made, made(n));
  const at = (hasBypass: boolean, jumpsTo: BvTerm) =>
    and(hasBypass ? bypass : not(bypass), eq(target, jumpsTo));
  return and(
    not(state.surprised),
    implies(isIdle(state), and(isMade(0), eq(bypass, eq(slot, NONE)), eq(target, slot))),
    implies(
      updateIs('install', older, slot),
      or(and(isMade(0), at(true, NONE)), and(isMade(1), at(true, slot))),
    ),
    implies(updateIs('replace', older, slot), and(isMade(0), at(false, older))),
    implies(
      updateIs('remove', older, slot),
      or(and(isMade(0), at(false, older)), and(isMade(1), at(true, older))),
    ),
  );
}

const UPDATE_RACE = traceExhibit<Patching>({
  id: '4b7de801606e',
  title: 'an update while a program is being loaded leaves its direct calls unpatched',
  kernels: '5.5 – 6.6 (x86-64)',
  source: 'linux-tail-calls §1.4, §6.6: bpf_arch_poke_desc_update (6.7)',
  sureness: 'S',
  faulty: 'a patch is passed over while the text of the site is not known',
  mended: 'a patch is always made',
  shows: 'a patch finds other bytes at the site than the update before should have left',
  law: 'At every point of every update the site holds what its steps have written, and no patch finds other bytes.',
  machines: {
    faulty: patchingMachine(({ registered }) => registered),
    mended: patchingMachine(() => TRUE),
  },
  anyState: anyPatching,
  invariant: isInStep,
  broken: 'patch',
});

/** A program with a subprogram, each with a direct call, and the list of them that the array keeps. */
interface Tracking extends State {
  readonly isLoaded: BoolTerm;
  readonly wasReleased: BoolTerm;
  readonly mainListed: BoolTerm;
  readonly subListed: BoolTerm;
  /** Both texts go with the program. */
  readonly isFreed: BoolTerm;
  /** A patch has written to text that is freed. */
  readonly wroteToFreed: BoolTerm;
}

/** @param takesOff whether a release takes the subprogram off the list too */
function trackingMachine(takesOff: BoolTerm): TraceMachine<Tracking> {
  return {
    start: {
      isLoaded: FALSE,
      wasReleased: FALSE,
      mainListed: FALSE,
      subListed: FALSE,
      isFreed: FALSE,
      wroteToFreed: FALSE,
    },
    actions: [
      {
        name: 'load',
        possible: ({ isLoaded, wasReleased }) => and(not(isLoaded), not(wasReleased)),
        next: (state) => ({ ...state, isLoaded: TRUE, mainListed: TRUE, subListed: TRUE }),
        tell: () => 'a program with a subprogram is loaded: the array lists the calls of both',
      },
      {
        name: 'release',
        possible: ({ isLoaded }) => isLoaded,
        next: (state) => ({
          ...state,
          isLoaded: FALSE,
          wasReleased: TRUE,
          mainListed: FALSE,
          subListed: and(state.subListed, not(takesOff)),
          isFreed: TRUE,
        }),
        tell: (_, after) =>
          `the program is released and freed; of its calls the array lists ${after.subListed === true ? 'those of the subprogram' : 'none'}`,
      },
      {
        name: 'update',
        possible: () => TRUE,
        next: (state) => ({
          ...state,
          wroteToFreed: or(
            state.wroteToFreed,
            and(or(state.mainListed, state.subListed), state.isFreed),
          ),
        }),
        tell: (_, after) =>
          `a slot is written: ${after.wroteToFreed === true ? 'a patch goes to freed text' : 'all listed calls are patched'}`,
      },
    ],
    isBroken: ({ wroteToFreed }) => wroteToFreed,
  };
}

const anyTracking: Tracking = {
  isLoaded: boolVar('loaded'),
  wasReleased: boolVar('released'),
  mainListed: boolVar('main_listed'),
  subListed: boolVar('sub_listed'),
  isFreed: boolVar('freed'),
  wroteToFreed: boolVar('wrote_to_freed'),
};

const SUBPROGRAM_LISTED = traceExhibit<Tracking>({
  id: 'f263a81451c1',
  title: 'the direct calls of a subprogram stay listed when the program is freed',
  kernels: '5.10 – 5.13 (x86-64)',
  source: 'linux-tail-calls §6.6: poke descriptors of subprograms (5.14)',
  sureness: 'M',
  faulty: 'a release takes the main program off the list of the array',
  mended: 'a release takes every subprogram off the list of the array',
  shows: 'a patch goes to text that is freed',
  law: 'Every call that an array lists is in a program that is loaded, and no patch goes to freed text.',
  machines: { faulty: trackingMachine(FALSE), mended: trackingMachine(TRUE) },
  anyState: anyTracking,
  invariant: ({ isLoaded, mainListed, subListed, isFreed, wroteToFreed, wasReleased }) =>
    and(
      implies(or(mainListed, subListed), isLoaded),
      eq(isFreed, wasReleased),
      not(and(isLoaded, isFreed)),
      not(wroteToFreed),
    ),
  broken: 'release',
});

export const PATCHING: readonly Exhibit[] = [UPDATE_RACE, SUBPROGRAM_LISTED];

// Reference counts are what the text says that they count, whatever user space and runs do.

import {
  and,
  type BoolTerm,
  boolVar,
  bvlshr,
  bvuge,
  eq,
  FALSE,
  implies,
  not,
  TRUE,
} from '../../terms/index.ts';
import { withArrayEvent, withObjects, withProgramEvent, withUserSpace } from '../faults.ts';
import { n64 } from '../tail-call/call.ts';
import type { Lemma, Theorem, TheoremFault } from '../theorem.ts';
import {
  anyArray,
  arrayHappenings,
  isCountableArray,
  isCountedArray,
  type WatchedArray,
} from './arrays.ts';
import {
  anyProgram,
  type Happening,
  isCountable,
  isCounted,
  programHappenings,
  type Watched,
} from './programs.ts';
import { sumLemmas } from './sums.ts';

const ZERO = n64(0);
const COUNTED = 'its references are counted';
const FEW = 'there are fewer than 2^61 slots and programs';

/** What begins with no references, or has none, or leaves all as they are: no sum of it can wrap. */
const UNCOUNTED = ['load', 'create', 'freed', 'freeze', 'update', 'delete'];
const few = (name: string, countable: BoolTerm) =>
  UNCOUNTED.includes(name) ? {} : { [FEW]: countable };

export const REFERENCES: Theorem = {
  name: 'tail-call/references',
  statement:
    'The refs of a program are its descriptor, the slots that hold it, its run, its attachment and the extensions that name it; those of an array its users and the programs that use it. They are never negative; a program that has none, or is freed, is in no slot and never gets one again; an array without users has no program in a slot.',
  source: 'linux-tail-calls §2.4; docs/semantics.md, References',
  method: { kind: 'induction', on: 'what user space, runs and the kernel do' },
  expected: 'proved',
  lemmas: (subject) => [
    ...sumLemmas(),
    programStart(),
    ...programHappenings(subject, anyProgram()).map(programStep),
    heldLemma(),
    arrayStart(),
    ...arrayHappenings(subject, anyArray()).map(arrayStep),
  ],
  faults: faults(),
};

/** Everything is absent before the first is created or loaded; the start of a scenario is made of those steps. */
function programStart(): Lemma {
  const program = anyProgram();
  const { absent, descriptor, attached, refs } = program.object;
  return {
    name: 'program/before it is loaded',
    premises: {
      'it is absent, and nothing refers to it': and(
        absent,
        not(descriptor),
        not(attached),
        not(program.runs),
        eq(program.slots, ZERO),
        eq(program.links, ZERO),
      ),
      'its count is 0': eq(refs, ZERO),
      'it is not freed': not(program.freed),
    },
    conclusion: isCounted(program),
  };
}

function programStep({ name, premises, after }: Happening<Watched>): Lemma {
  const before = anyProgram();
  return {
    name: `program/${name}`,
    premises: { [COUNTED]: isCounted(before), ...few(name, isCountable(before)), ...premises },
    conclusion: and(
      isCounted(after),
      // Nothing takes a new reference to a program without references.
      implies(and(not(before.object.absent), isWithout(before)), isWithout(after)),
    ),
  };
}

const isWithout = ({ object }: Watched): BoolTerm => eq(object.refs, ZERO);

/** What has no references is in no slot. */
function heldLemma(): Lemma {
  const program = anyProgram();
  const holdsIt = boolVar('slot_holds_it');
  return {
    name: 'program/without references it is in no slot',
    premises: {
      [COUNTED]: isCounted(program),
      [FEW]: isCountable(program),
      'a slot that holds it is counted': implies(holdsIt, bvuge(program.slots, n64(1))),
    },
    conclusion: implies(eq(program.object.refs, ZERO), not(holdsIt)),
  };
}

function arrayStart(): Lemma {
  const watched = anyArray();
  const { absent, descriptor, pinned, users, refs } = watched.array;
  return {
    name: 'array/before it is created',
    premises: {
      'it is absent, and nothing refers to it': and(
        absent,
        not(descriptor),
        not(pinned),
        eq(watched.programs, ZERO),
      ),
      'its counts are 0': and(eq(users, ZERO), eq(refs, ZERO)),
      'it is not freed': not(watched.freed),
      'its slots are empty': not(watched.filled),
    },
    conclusion: isCountedArray(watched),
  };
}

function arrayStep({ name, premises, after }: Happening<WatchedArray>): Lemma {
  const before = anyArray();
  return {
    name: `array/${name}`,
    premises: {
      [COUNTED]: isCountedArray(before),
      ...few(name, isCountableArray(before)),
      ...premises,
    },
    conclusion: isCountedArray(after),
  };
}

function faults(): TheoremFault[] {
  return [
    {
      name: 'a slot takes no reference',
      plant: withObjects((objects) => ({
        ...objects,
        slotWritten: (refs, held) => objects.slotWritten(refs, held, FALSE),
      })),
      lemma: 'program/slot is written',
    },
    {
      name: 'an emptied slot keeps its reference',
      plant: withObjects((objects) => ({
        ...objects,
        slotWritten: (refs, _held, holds) => objects.slotWritten(refs, FALSE, holds),
      })),
      lemma: 'program/slot is emptied',
    },
    {
      name: 'a run takes no reference',
      plant: withProgramEvent('run_starts', (program) => program),
      lemma: 'program/run starts',
    },
    {
      name: 'an extension gives its target back twice',
      plant: withProgramEvent('extension_freed', (program, objects) =>
        objects.program.extension_freed(objects.program.extension_freed(program)),
      ),
      lemma: 'program/extension is freed',
    },
    {
      name: 'a program that nobody holds is inserted',
      plant: withUserSpace((userSpace) => ({
        ...userSpace,
        update: (state, knobs) => userSpace.update({ ...state, held: TRUE }, knobs),
      })),
      lemma: 'program/slot is written',
    },
    {
      name: 'an extension is attached twice',
      plant: withUserSpace((userSpace) => ({
        ...userSpace,
        attach: (state, knobs) => userSpace.attach({ ...state, replaced: FALSE }, knobs),
      })),
      lemma: 'program/attach',
    },
    {
      name: 'a program is freed with one reference left',
      plant: withObjects((objects) => ({
        ...objects,
        programFreed: ({ refs, ...program }, ...rest) =>
          objects.programFreed({ ...program, refs: bvlshr(refs, n64(1)) }, ...rest),
      })),
      lemma: 'program/freed',
    },
    {
      name: 'an array keeps its entries after its last user',
      plant: withObjects((objects) => ({ ...objects, cleared: () => FALSE })),
      lemma: 'array/close_map',
    },
    {
      name: 'a pin is no user',
      plant: withArrayEvent('pin', (array) => ({ ...array, pinned: TRUE })),
      lemma: 'array/pin',
    },
    {
      name: 'a program takes no reference to its array',
      plant: withArrayEvent('user_loaded', (array) => array),
      lemma: 'array/program that uses it is loaded',
    },
    {
      name: 'an array without users is written',
      plant: withUserSpace((userSpace) => ({
        ...userSpace,
        update: (state, knobs) => userSpace.update({ ...state, reachable: TRUE }, knobs),
      })),
      lemma: 'array/update',
    },
    {
      name: 'an array is freed when its users are gone',
      plant: withObjects((objects) => ({
        ...objects,
        arrayFreed: (array) => objects.arrayFreed({ ...array, refs: array.users }),
      })),
      lemma: 'array/freed',
    },
  ];
}

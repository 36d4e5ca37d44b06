// What user space does with prog arrays and programs: the table of docs/semantics.md, User space. For each
// operation its errors, in order, and what it does when none of them applies.

import type { FunctionPlace, UserOperation } from '../scenario/scenario.ts';
import { ERRNO, type Errno } from './errno.ts';
import type { KernelArray, KernelProgram, ObjectWorld } from './objects.ts';
import { CREATE_FLAGS, checkProgArrayCreate, EMPTY_SLOT } from './prog-array.ts';

type Op = UserOperation['op'];
type OperationOf<Name extends Op> = UserOperation & { readonly op: Name };

/** An error number and when it is given. */
export interface Refusal<Operation> {
  readonly errno: Errno;
  readonly applies: (world: ObjectWorld, operation: Operation) => boolean;
}

export interface OperationRule<Operation> {
  readonly errors: readonly Refusal<Operation>[];
  readonly effect: (world: ObjectWorld, operation: Operation) => void;
}

export type OperationRules = { readonly [Name in Op]: OperationRule<OperationOf<Name>> };

type OnArray = { readonly map: number };
type OnProgram = { readonly program: number };

const arrayOf = (world: ObjectWorld, { map }: OnArray): KernelArray => world.arrays[map]!;
const programOf = (world: ObjectWorld, { program }: OnProgram): KernelProgram =>
  world.programs[program]!;

function refusal<Operation>(
  errno: Errno,
  applies: (world: ObjectWorld, operation: Operation) => boolean,
): Refusal<Operation> {
  return { errno, applies };
}

const { EPERM, ENOENT, E2BIG, EBADF, EBUSY, EEXIST, EINVAL, ENOTSUPP } = ERRNO;

const notReachable = refusal<OnArray>(EBADF, (world, on) => arrayOf(world, on).users === 0);
function isWritable(world: ObjectWorld, on: OnArray): boolean {
  const { frozen, readOnly } = arrayOf(world, on);
  return !frozen && !readOnly;
}
const notWritable = refusal<OnArray>(EPERM, (world, on) => !isWritable(world, on));
const beyondTheLast = refusal<OnArray & { readonly index: number }>(
  E2BIG,
  (world, on) => on.index >= arrayOf(world, on).slots.length,
);
const notHeld = refusal<OnProgram>(EBADF, (world, on) => !programOf(world, on).descriptor);

function checksExtensions({ knobs }: ObjectWorld): boolean {
  return knobs.compatKeys.includes('extension');
}

const freezesWritable = ({ knobs }: ObjectWorld) => knobs.freezeNeeds === 'writable';

function sameFunction(a: FunctionPlace | undefined, b: FunctionPlace | undefined): boolean {
  return a !== undefined && b !== undefined && a.program === b.program && a.slot === b.slot;
}

export const OPERATION_RULES: OperationRules = {
  update: {
    errors: [
      notReachable,
      notWritable,
      refusal(EINVAL, (_, { flags = 0 }) => flags !== 0),
      beyondTheLast,
      notHeld,
      refusal(
        EINVAL,
        (world, on) => !world.associate(arrayOf(world, on), programOf(world, on), true),
      ),
      refusal(
        EBUSY,
        (world, { program }) =>
          checksExtensions(world) &&
          world.attached.some(({ replaces }) => replaces?.program === program),
      ),
    ],
    effect: (world, on) => world.fill(arrayOf(world, on), on.index, programOf(world, on)),
  },
  delete: {
    errors: [
      notReachable,
      notWritable,
      beyondTheLast,
      refusal(ENOENT, (world, on) => arrayOf(world, on).slots[on.index] === EMPTY_SLOT),
    ],
    effect: (world, on) => world.empty(arrayOf(world, on), on.index),
  },
  freeze: {
    errors: [
      notReachable,
      refusal(EPERM, (world, on) => freezesWritable(world) && !isWritable(world, on)),
      refusal(EBUSY, (world, on) => arrayOf(world, on).frozen),
    ],
    effect: (world, on) => {
      arrayOf(world, on).frozen = true;
    },
  },
  create: {
    errors: [
      refusal(EEXIST, (world, on) => arrayOf(world, on).state !== 'absent'),
      refusal(EINVAL, (world, on) => {
        const { keySize = 4, valueSize = 4, flags = 0 } = on;
        const { maxEntries } = arrayOf(world, on).definition;
        return checkProgArrayCreate({ keySize, valueSize, maxEntries, flags }) !== 0;
      }),
    ],
    effect: (world, on) => {
      const array = arrayOf(world, on);
      array.readOnly = ((on.flags ?? 0) & CREATE_FLAGS.RDONLY) !== 0;
      world.createArray(array);
    },
  },
  inner: {
    errors: [notReachable, refusal(ENOTSUPP, () => true)],
    effect: () => undefined,
  },
  pin: {
    errors: [notReachable, refusal(EEXIST, (world, on) => arrayOf(world, on).pinned)],
    effect: (world, on) => {
      arrayOf(world, on).pinned = true;
      world.takeUser(arrayOf(world, on));
    },
  },
  unpin: {
    errors: [refusal(ENOENT, (world, on) => !arrayOf(world, on).pinned)],
    effect: (world, on) => {
      arrayOf(world, on).pinned = false;
      world.putUser(arrayOf(world, on));
    },
  },
  close_map: {
    errors: [refusal(EBADF, (world, on) => !arrayOf(world, on).descriptor)],
    effect: (world, on) => world.closeArray(arrayOf(world, on)),
  },
  close_program: {
    errors: [notHeld],
    effect: (world, on) => {
      programOf(world, on).descriptor = false;
      world.putProgram(programOf(world, on));
    },
  },
  load: {
    errors: [
      refusal(EEXIST, (world, on) => programOf(world, on).state !== 'absent'),
      refusal(EBADF, (world, on) => world.lacksWhatItUses(programOf(world, on))),
      refusal(EINVAL, (world, on) => {
        const program = programOf(world, on);
        return !program.uses.every((map) => world.associate(world.arrays[map]!, program, false));
      }),
    ],
    effect: (world, on) => world.loadProgram(programOf(world, on)),
  },
  attach: {
    errors: [
      notHeld,
      refusal(EINVAL, (world, on) => !programOf(world, on).isExtension),
      refusal(EBUSY, (world, on) => {
        const { replaces } = programOf(world, on);
        return world.attached.some((other) => sameFunction(other.replaces, replaces));
      }),
      refusal(EBUSY, (world, on) => {
        const target = world.programs[programOf(world, on).replaces!.program]!;
        return checksExtensions(world) && target.slotsHolding > 0;
      }),
    ],
    effect: (world, on) => {
      world.attached.push(programOf(world, on));
      world.takeProgram(programOf(world, on));
    },
  },
  detach: {
    errors: [
      notHeld,
      refusal(ENOENT, (world, on) => !world.attached.includes(programOf(world, on))),
    ],
    effect: (world, on) => {
      world.attached.splice(world.attached.indexOf(programOf(world, on)), 1);
      world.putProgram(programOf(world, on));
    },
  },
};

// Planted faults in the interpreter: the errors of operations of user space, and what operations do.

import type { Semantics } from '../../../interp/index.ts';
import type { UserOperation } from '../../../model/scenario/scenario.ts';
import type { Fault } from '../fault.ts';
import { fault, type PlantOptions } from './plant.ts';

type Rules = Semantics['objects']['operations'];
type Op = UserOperation['op'];

function operation<Name extends Op>(
  op: Name,
  name: string,
  summary: string,
  wrong: (right: Rules[Name]) => Partial<Rules[Name]>,
  options: PlantOptions = {},
): Fault {
  return fault(
    'object',
    name,
    summary,
    (s) => {
      const { operations } = s.objects;
      const rule = { ...operations[op], ...wrong(operations[op]) };
      return { ...s, objects: { ...s.objects, operations: { ...operations, [op]: rule } } };
    },
    { ...options, singleInstruction: false },
  );
}

/** An error of an operation, by its place in the order, comes before the one that is before it. */
function early(op: Op, place: number, name: string, summary: string): Fault {
  return operation(op, `${op.replaceAll('_', '-')}-${name}`, summary, ({ errors }) => {
    const swapped = [...errors];
    swapped.splice(place - 1, 2, errors[place]!, errors[place - 1]!);
    return { errors: swapped } as Partial<Rules[typeof op]>;
  });
}

/** An operation lacks an error. */
function without(op: Op, place: number, name: string, summary: string): Fault {
  return operation(
    op,
    `${op.replaceAll('_', '-')}-${name}`,
    summary,
    ({ errors }) => ({ errors: errors.toSpliced(place, 1) }) as Partial<Rules[typeof op]>,
  );
}

const ORDER: readonly Fault[] = [
  early('update', 1, 'frozen-first', 'update: EPERM comes before EBADF'),
  early('update', 2, 'flags-before-frozen', 'update: EINVAL for flags comes before EPERM'),
  early('update', 3, 'range-before-flags', 'update: E2BIG comes before EINVAL for flags'),
  early('update', 4, 'program-before-range', 'update: EBADF for the program comes before E2BIG'),
  early('update', 5, 'owner-before-program', 'update: EINVAL comes before EBADF for the program'),
  early('update', 6, 'busy-before-owner', 'update: EBUSY comes before EINVAL'),
  early('delete', 1, 'frozen-first', 'delete: EPERM comes before EBADF'),
  early('delete', 2, 'range-before-frozen', 'delete: E2BIG comes before EPERM'),
  early('freeze', 1, 'permission-first', 'freeze: EPERM comes before EBADF'),
  early('freeze', 2, 'busy-first', 'freeze: EBUSY comes before EPERM'),
  early('inner', 1, 'not-supported-first', 'inner: ENOTSUPP comes before EBADF'),
  early('load', 2, 'owner-before-arrays', 'load: EINVAL comes before EBADF'),
  early('attach', 1, 'kind-before-held', 'attach: EINVAL comes before EBADF'),
  early('detach', 1, 'missing-before-held', 'detach: ENOENT comes before EBADF'),
];

const MISSING: readonly Fault[] = [
  without('update', 0, 'without-users', 'an array without users can be written to'),
  without('update', 1, 'of-frozen', 'a frozen array can be written to'),
  without('update', 2, 'with-flags', 'flags of an update are ignored'),
  without('update', 4, 'without-descriptor', 'a program without a descriptor can be inserted'),
  without('update', 6, 'of-extended', 'a program that is extended can be inserted'),
  without('delete', 3, 'of-empty', 'an empty slot can be emptied'),
  without('create', 1, 'of-any-size', 'an array can have any sizes and flags'),
  without('attach', 2, 'on-top', 'two extensions can be attached to one function'),
  without('attach', 3, 'into-slot', 'an extension can be attached to a program in a slot'),
  without('pin', 1, 'twice', 'an array can be pinned twice'),
];

const EFFECTS: readonly Fault[] = [
  operation('create', 'create-read-only-forgotten', 'BPF_F_RDONLY is ignored', ({ effect }) => ({
    effect: (world, on) => {
      effect(world, on);
      world.arrays[on.map]!.readOnly = false;
    },
  })),
  operation(
    'create',
    'create-write-only-is-read-only',
    'BPF_F_WRONLY forbids writes',
    ({ effect }) => ({
      effect: (world, on) => {
        effect(world, on);
        if (((on.flags ?? 0) & 16) !== 0) world.arrays[on.map]!.readOnly = true;
      },
    }),
  ),
  operation('pin', 'pin-is-no-user', 'a pinned array without a descriptor has no users', () => ({
    effect: (world, on) => {
      world.arrays[on.map]!.pinned = true;
    },
  })),
  operation(
    'detach',
    'detach-keeps-in-place',
    'an extension that is detached is still called',
    () => ({
      effect: (world, on) => world.putProgram(world.programs[on.program]!),
    }),
  ),
  operation(
    'attach',
    'attach-holds-nothing',
    'an extension that is attached is not held',
    ({ effect }) => ({
      effect: (world, on) => {
        effect(world, on);
        world.programs[on.program]!.refs--;
      },
    }),
  ),
];

export const USER_SPACE_FAULTS: readonly Fault[] = [...ORDER, ...MISSING, ...EFFECTS];

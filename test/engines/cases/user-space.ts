// Every operation of user space with each of its errors, and which error comes first.

import type { CompatKey } from '../../../model/profiles/profile.ts';
import type { UserOperation } from '../../../model/scenario/scenario.ts';
import { callLocal, exit, mapFd, mov, progArray, type Setup } from '../build.ts';
import type { Case } from './case.ts';
import {
  create,
  errnos,
  idle,
  leaf,
  onMap,
  onProgram,
  operating,
  owners,
  remove,
  slots,
  update,
  withObjects,
} from './user.ts';

const [EPERM, ENOENT, E2BIG, EBADF, EBUSY, EEXIST, EINVAL, ENOTSUPP] = [
  1, 2, 7, 9, 16, 17, 22, 524,
];
const DONE = 0;

const gives = (
  name: string,
  operations: readonly (readonly [UserOperation, number])[],
  more: Partial<Setup> = {},
): Case => ({
  name,
  setup: operating(
    operations.map(([operation]) => operation),
    { maps: [progArray(2, { 0: 1 })], ...more },
  ),
  expect: errnos,
  gives: operations.map(([, errno]) => errno).join(' '),
});

const keys = (...compatKeys: CompatKey[]) => ({ profile: withObjects({ compatKeys }) });
/** Program 2 cannot be put together with the others. */
const odd = { programs: [idle, leaf, leaf], attributes: { 2: { sleepable: true } } };
/** Program 1 calls its function at slot 2, which program 2 replaces. */
const extended = {
  programs: [idle, [callLocal(1), exit, mov(0, 1), exit], leaf],
  replaces: { 2: { program: 1, slot: 2 } },
  maps: [progArray(2)],
};
const TWO_FUNCTIONS = [callLocal(2), callLocal(3), exit, mov(0, 1), exit, mov(0, 2), exit];
/** An array that is there from its `create` on. */
const later = { maps: [progArray(2)] };

const UPDATE_CASES: readonly Case[] = [
  gives('update', [[update(0, 1, 1), DONE]]),
  gives('update of a slot that is taken', [[update(0, 0, 1), DONE]]),
  gives('update: unreachable, before frozen', [
    [onMap('freeze'), DONE],
    [onMap('close_map'), DONE],
    [update(0, 9, 1, 1), EBADF],
  ]),
  gives(
    'update: unreachable while absent',
    [
      [update(0, 0, 1), EBADF],
      [create(0), DONE],
      [update(0, 0, 1), DONE],
    ],
    later,
  ),
  gives('update: frozen, before flags', [
    [onMap('freeze'), DONE],
    [update(0, 9, 1, 1), EPERM],
  ]),
  gives(
    'update: created read-only, before flags',
    [
      [create(0, { flags: 8 }), DONE],
      [update(0, 9, 1, 1), EPERM],
    ],
    later,
  ),
  gives(
    'update: created write-only',
    [
      [create(0, { flags: 16 }), DONE],
      [update(0, 0, 1), DONE],
    ],
    later,
  ),
  gives('update: flags, before the range', [
    [update(0, 9, 1, 1), EINVAL],
    [update(0, 1, 1, 2), EINVAL],
    [update(0, 1, 1, 0x8000_0000), EINVAL],
    [update(0, 1, 1, 0), DONE],
  ]),
  gives('update: the range, before the program', [
    [onProgram('close_program', 1), DONE],
    [update(0, 2, 1), E2BIG],
    [update(0, 0xffff_ffff, 1), E2BIG],
  ]),
  gives('update: a program without a descriptor', [
    [onProgram('close_program', 1), DONE],
    [update(0, 1, 1), EBADF],
  ]),
  gives(
    'update: a program that is absent',
    [
      [update(0, 1, 1), EBADF],
      [onProgram('load', 1), DONE],
      [update(0, 1, 1), DONE],
    ],
    later,
  ),
  gives(
    'update: no descriptor, before incompatible',
    [
      [update(0, 1, 2), EINVAL],
      [onProgram('close_program', 2), DONE],
      [update(0, 1, 2), EBADF],
    ],
    { ...odd, ...keys('sleepable') },
  ),
  gives('update: an extension', [[update(0, 0, 2), EINVAL]], { ...extended, ...keys('extension') }),
  gives('update: an extension, where that is no key', [[update(0, 0, 2), DONE]], extended),
  gives(
    'update: a program that is extended',
    [
      [update(0, 0, 1), DONE],
      [remove(0, 0), DONE],
      [onProgram('attach', 2), DONE],
      [update(0, 0, 1), EBUSY],
      [onProgram('detach', 2), DONE],
      [update(0, 0, 1), DONE],
    ],
    { ...extended, ...keys('extension') },
  ),
  gives(
    'update: a program that is extended, where that is no key',
    [
      [onProgram('attach', 2), DONE],
      [update(0, 0, 1), DONE],
    ],
    extended,
  ),
  gives(
    'update: incompatible, before extended',
    [
      [update(0, 1, 0), DONE],
      [onProgram('attach', 2), DONE],
      [update(0, 0, 1), EINVAL],
    ],
    {
      ...extended,
      ...keys('extension', 'sleepable'),
      attributes: { 1: { sleepable: true }, 2: { sleepable: true } },
    },
  ),
];

const OTHER_MAP_CASES: readonly Case[] = [
  gives('delete, twice', [
    [remove(0, 0), DONE],
    [remove(0, 0), ENOENT],
  ]),
  gives('delete: unreachable, before frozen', [
    [onMap('freeze'), DONE],
    [onMap('close_map'), DONE],
    [remove(0, 9), EBADF],
  ]),
  gives('delete: frozen, before the range', [
    [onMap('freeze'), DONE],
    [remove(0, 9), EPERM],
    [remove(0, 0), EPERM],
  ]),
  gives(
    'delete: created read-only',
    [
      [create(0, { flags: 12 }), DONE],
      [remove(0, 0), EPERM],
    ],
    later,
  ),
  gives(
    'delete: created write-only',
    [
      [create(0, { flags: 20 }), DONE],
      [remove(0, 0), ENOENT],
    ],
    later,
  ),
  gives('delete: the range, before empty', [
    [remove(0, 2), E2BIG],
    [remove(0, 1), ENOENT],
  ]),
  gives('freeze, twice', [
    [onMap('freeze'), DONE],
    [onMap('freeze'), EBUSY],
  ]),
  gives(
    'freeze, twice, where it needs a writable array',
    [
      [onMap('freeze'), DONE],
      [onMap('freeze'), EPERM],
      [onMap('close_map'), DONE],
      [onMap('freeze'), EBADF],
    ],
    { profile: withObjects({ freezeNeeds: 'writable' }) },
  ),
  gives(
    'freeze of an array with BPF_F_RDONLY, which user space cannot write',
    [
      [create(0, { flags: 8 }), DONE],
      [onMap('freeze'), EPERM],
      [onMap('freeze'), EPERM],
    ],
    { ...later, profile: withObjects({ freezeNeeds: 'writable' }) },
  ),
  gives(
    'freeze of an array with BPF_F_RDONLY, twice',
    [
      [create(0, { flags: 8 }), DONE],
      [onMap('freeze'), DONE],
      [onMap('freeze'), EBUSY],
    ],
    later,
  ),
  gives(
    'freeze of an array with BPF_F_WRONLY',
    [
      [create(0, { flags: 16 }), DONE],
      [onMap('freeze'), DONE],
    ],
    { ...later, profile: withObjects({ freezeNeeds: 'writable' }) },
  ),
  gives('freeze: unreachable, before frozen', [
    [onMap('freeze'), DONE],
    [onMap('close_map'), DONE],
    [onMap('freeze'), EBADF],
  ]),
  gives(
    'create, twice',
    [
      [create(0), DONE],
      [create(0), EEXIST],
      [create(0, { keySize: 8 }), EEXIST],
    ],
    later,
  ),
  gives(
    'create: a name is for one array, also after it was freed',
    [
      [create(0), DONE],
      [onMap('close_map'), DONE],
      [create(0), EEXIST],
    ],
    later,
  ),
  gives(
    'create: sizes',
    [
      [create(0, { valueSize: 8 }), EINVAL],
      [create(0, { keySize: 8 }), EINVAL],
      [create(0, { keySize: 0 }), EINVAL],
      [create(0, { keySize: 4, valueSize: 4, flags: 0 }), DONE],
    ],
    later,
  ),
  gives(
    'create: flags',
    [
      [create(0, { flags: 1 }), EINVAL],
      [create(0, { flags: 24 }), EINVAL],
      [create(0, { flags: 28 }), EINVAL],
      [create(0, { flags: 0x40 }), EINVAL],
      [create(0, { flags: 0x8000_0000 }), EINVAL],
      [create(0, { flags: 4 }), DONE],
    ],
    later,
  ),
  gives('inner', [
    [onMap('inner'), ENOTSUPP],
    [onMap('close_map'), DONE],
    [onMap('inner'), EBADF],
  ]),
  gives(
    'inner: absent',
    [
      [onMap('inner'), EBADF],
      [create(0), DONE],
    ],
    later,
  ),
  gives('pin, twice, unpin, twice', [
    [onMap('unpin'), ENOENT],
    [onMap('pin'), DONE],
    [onMap('pin'), EEXIST],
    [onMap('unpin'), DONE],
    [onMap('unpin'), ENOENT],
  ]),
  gives('pin: unreachable', [
    [onMap('close_map'), DONE],
    [onMap('pin'), EBADF],
    [onMap('unpin'), ENOENT],
  ]),
  gives('a pinned array is reachable without a descriptor', [
    [onMap('pin'), DONE],
    [onMap('close_map'), DONE],
    [onMap('pin'), EEXIST],
    [update(0, 1, 1), DONE],
    [onMap('unpin'), DONE],
    [update(0, 1, 1), EBADF],
  ]),
  gives('close of an array, twice', [
    [onMap('close_map'), DONE],
    [onMap('close_map'), EBADF],
  ]),
  gives('close of a pinned array, twice', [
    [onMap('pin'), DONE],
    [onMap('close_map'), DONE],
    [onMap('close_map'), EBADF],
  ]),
  gives(
    'close of an absent array',
    [
      [onMap('close_map'), EBADF],
      [create(0), DONE],
      [onMap('close_map'), DONE],
    ],
    later,
  ),
];

const uses = (...maps: readonly number[]) => [...maps.map((map) => mapFd(1, map)), ...leaf];

const PROGRAM_CASES: readonly Case[] = [
  gives('close of a program, twice', [
    [onProgram('close_program', 1), DONE],
    [onProgram('close_program', 1), EBADF],
  ]),
  gives(
    'close of an absent program',
    [
      [onProgram('close_program', 1), EBADF],
      [onProgram('load', 1), DONE],
      [onProgram('close_program', 1), DONE],
    ],
    later,
  ),
  gives(
    'load, twice',
    [
      [onProgram('load', 1), DONE],
      [onProgram('load', 1), EEXIST],
    ],
    later,
  ),
  gives(
    'load: a name is for one program, also after it was freed',
    [
      [onProgram('load', 1), DONE],
      [onProgram('close_program', 1), DONE],
      [onProgram('load', 1), EEXIST],
    ],
    { ...later, profile: withObjects({ freed: 'at_once' }) },
  ),
  gives(
    'load: an array that is not reachable',
    [
      [onProgram('load', 1), EBADF],
      [create(0), DONE],
      [onProgram('load', 1), DONE],
    ],
    { ...later, programs: [idle, uses(0)] },
  ),
  gives(
    'load: an array without users, though it lives',
    [
      [onMap('close_map'), DONE],
      [onProgram('load', 1), EBADF],
    ],
    { ...later, programs: [[mapFd(1, 0), ...idle], uses(0)] },
  ),
  gives(
    'load: unreachable comes before incompatible, whatever their order',
    [
      [update(0, 0, 0), DONE],
      [onProgram('load', 1), EBADF],
      [create(1), DONE],
      [onProgram('load', 1), EINVAL],
    ],
    {
      ...keys('sleepable'),
      programs: [idle, uses(0, 1)],
      attributes: { 1: { sleepable: true } },
      maps: [progArray(1), progArray(1, {}, 'other')],
    },
  ),
  gives(
    'load: an extension whose target has no descriptor',
    [
      [onProgram('close_program', 1), DONE],
      [onProgram('load', 2), EBADF],
    ],
    extended,
  ),
  gives(
    'load: an extension whose target is absent',
    [
      [onProgram('load', 2), EBADF],
      [onProgram('load', 1), DONE],
      [onProgram('load', 2), DONE],
    ],
    extended,
  ),
  gives(
    'attach, twice, detach, twice',
    [
      [onProgram('detach', 2), ENOENT],
      [onProgram('attach', 2), DONE],
      [onProgram('attach', 2), EBUSY],
      [onProgram('detach', 2), DONE],
      [onProgram('detach', 2), ENOENT],
      [onProgram('attach', 2), DONE],
    ],
    extended,
  ),
  gives('attach: not held, before no extension', [
    [onProgram('attach', 1), EINVAL],
    [onProgram('detach', 1), ENOENT],
    [onProgram('close_program', 1), DONE],
    [onProgram('attach', 1), EBADF],
    [onProgram('detach', 1), EBADF],
  ]),
  gives(
    'attach: absent',
    [
      [onProgram('attach', 2), EBADF],
      [onProgram('detach', 2), EBADF],
      [onProgram('load', 2), DONE],
      [onProgram('attach', 2), DONE],
    ],
    extended,
  ),
  gives(
    'attach: another is attached to the function',
    [
      [onProgram('attach', 2), DONE],
      [onProgram('attach', 3), EBUSY],
      [onProgram('attach', 4), DONE],
      [onProgram('detach', 2), DONE],
      [onProgram('attach', 3), DONE],
    ],
    {
      ...extended,
      programs: [idle, TWO_FUNCTIONS, leaf, leaf, leaf],
      replaces: {
        2: { program: 1, slot: 3 },
        3: { program: 1, slot: 3 },
        4: { program: 1, slot: 5 },
      },
    },
  ),
  gives(
    'attach: the target is in a slot',
    [
      [update(0, 1, 1), DONE],
      [onProgram('attach', 2), EBUSY],
      [remove(0, 1), DONE],
      [onProgram('attach', 2), DONE],
    ],
    { ...extended, ...keys('extension') },
  ),
  gives(
    'attach: the target is in a slot, where that is no key',
    [
      [update(0, 1, 1), DONE],
      [onProgram('attach', 2), DONE],
    ],
    extended,
  ),
  gives(
    'detach: attached, but without a descriptor',
    [
      [onProgram('attach', 2), DONE],
      [onProgram('close_program', 2), DONE],
      [onProgram('detach', 2), EBADF],
    ],
    extended,
  ),
];

const failing = (
  name: string,
  operations: readonly UserOperation[],
  expected: string,
  more: Partial<Setup> = {},
): Case => ({
  name,
  setup: operating(operations, { maps: [progArray(2, { 0: 1 })], ...more }),
  expect: (o) => `${owners(o)}: ${slots(o)}`,
  gives: expected,
});

const EFFECT_CASES: readonly Case[] = [
  failing('update and delete', [update(0, 1, 0), remove(0, 0)], '1: -1 0'),
  failing('an update that fails leaves the slot', [update(0, 0, 0, 1)], '1: 1 -1'),
  failing(
    'a frozen array keeps its slots',
    [onMap('freeze'), remove(0, 0), update(0, 1, 1)],
    '1: 1 -1',
  ),
  failing('an index out of range makes no owner', [update(0, 2, 1)], '-1: -1 -1', later),
  failing('flags make no owner', [update(0, 0, 1, 1)], '-1: -1 -1', later),
  failing('an extension that is refused makes no owner', [update(0, 0, 2)], '-1: -1 -1', {
    ...extended,
    ...keys('extension'),
  }),
  failing(
    'a program that is refused because it is extended has become the owner',
    [onProgram('attach', 2), update(0, 0, 1)],
    '1: -1 -1',
    { ...extended, ...keys('extension') },
  ),
];

export const USER_SPACE_CASES: readonly Case[] = [
  ...UPDATE_CASES,
  ...OTHER_MAP_CASES,
  ...PROGRAM_CASES,
  ...EFFECT_CASES,
  {
    name: 'entries that are never reached',
    setup: {
      ...operating([], { maps: [progArray(2, { 0: 1 })] }),
      schedule: [
        { before: { step: 2 }, ...onMap('pin') },
        { before: { hop: 0 }, ...onMap('pin') },
        { before: { step: 1 }, ...onMap('unpin') },
      ],
    },
    expect: ({ schedule }) => schedule,
    gives: [null, null, ENOENT],
  },
];

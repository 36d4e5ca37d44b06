// What the cases on objects share: a profile whose knobs are all stated, and user space before a step.

import { profileNamed } from '../../../model/profiles/catalogue.ts';
import type { ObjectKnobs, Profile, TailCallKnobs } from '../../../model/profiles/profile.ts';
import type { Outcome } from '../../../model/scenario/outcome.ts';
import type { ScheduleEntry, UserOperation } from '../../../model/scenario/scenario.ts';
import { callLocal, exit, mov, type Setup } from '../build.ts';

const PLAIN: TailCallKnobs = {
  limit: 33,
  order: ['index', 'count', 'slot'],
  indexBits: 32,
  indexMasked: false,
  burns: { outOfRange: false, exhausted: false, empty: false },
  propagation: 'reference',
  trampoline: 'preserves',
  countSlot: 'rounded',
  directKey: 'checked',
};
const LENIENT: ObjectKnobs = {
  compatKeys: [],
  ownerLocked: true,
  clearedOn: 'last_user',
  freed: 'grace_period',
  freezeNeeds: 'unfrozen',
};

/** A profile that does nothing out of the ordinary and forbids nothing, but for what is given. */
export const profileWith = (
  tailCall: Partial<TailCallKnobs> = {},
  objects: Partial<ObjectKnobs> = {},
): Profile => ({
  ...profileNamed('linux-6.12/x86_64'),
  tailCall: { ...PLAIN, ...tailCall },
  objects: { ...LENIENT, ...objects },
});
export const withObjects = (objects: Partial<ObjectKnobs>) => profileWith({}, objects);

export const CONTEXT = { type: 'sched_cls', packet: new Uint8Array(4) } as const;
export const idle = [mov(0, 0), exit];
export const leaf = [mov(0, 7), exit];
/** Calls its function at slot 2, which an extension can replace. */
export const target = [callLocal(1), exit, mov(0, 1), exit];

export const before = (step: number, ...operations: readonly UserOperation[]): ScheduleEntry[] =>
  operations.map((operation) => ({ before: { step }, ...operation }));

export const update = (map: number, index: number, program: number, flags?: number) =>
  ({ op: 'update', map, index, program, ...(flags !== undefined && { flags }) }) as const;
export const remove = (map: number, index: number) => ({ op: 'delete', map, index }) as const;
export const onMap = (op: 'freeze' | 'inner' | 'pin' | 'unpin' | 'close_map', map = 0) =>
  ({ op, map }) as const;
export const onProgram = (op: 'close_program' | 'load' | 'attach' | 'detach', program: number) =>
  ({ op, program }) as const;
export const create = (
  map: number,
  asked: { readonly keySize?: number; readonly valueSize?: number; readonly flags?: number } = {},
) => ({ op: 'create', map, ...asked }) as const;

/** Operations before the first step of a program that does nothing else. */
export const operating = (operations: readonly UserOperation[], more: Partial<Setup>): Setup => ({
  ...CONTEXT,
  profile: profileWith(),
  programs: [idle, leaf],
  schedule: before(0, ...operations),
  ...more,
});

export const errnos = ({ schedule }: Outcome) => schedule.join(' ');
export const results = ({ hops }: Outcome) => hops.map(({ result }) => result).join(' ');
/** `loaded 2, absent 0` */
export const programs = ({ objects }: Outcome) =>
  objects.programs.map(({ state, refs }) => `${state} ${refs}`).join(', ');
/** `live, users 1, refs 2, owner 0`, and whether it is frozen, of each prog array. */
export const arrays = ({ objects }: Outcome) =>
  objects.progArrays
    .flatMap((array) => {
      if (array === null) return [];
      const { state, users, refs, frozen, owner } = array;
      return [`${state}, users ${users}, refs ${refs}, owner ${owner}${frozen ? ', frozen' : ''}`];
    })
    .join('; ');
export const owners = ({ objects }: Outcome) =>
  objects.progArrays.map((array) => array?.owner).join(' ');
export const slots = ({ maps }: Outcome) =>
  maps.map((map) => (map.type === 'prog_array' ? map.slots.join(' ') : map.type)).join('; ');

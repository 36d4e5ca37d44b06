// Planted faults in the SMT meaning: compatibility, owners, references, what is freed and emptied.

import type { CompatKey } from '../../../model/profiles/profile.ts';
import { and, bv, distinct, eq, FALSE, not, or, type Semantics, TRUE } from '../../../smt/index.ts';
import type { Fault } from '../fault.ts';
import { fault, type PlantOptions } from './plant.ts';

type Compatibility = Semantics['compatibility'];
type Objects = Semantics['objects'];
type Program = Parameters<Objects['held']>[0];

function compatibility(
  name: string,
  summary: string,
  wrong: (right: Compatibility) => Partial<Compatibility>,
  options: PlantOptions = {},
): Fault {
  return fault(
    'object',
    name,
    summary,
    (s) => ({ ...s, compatibility: { ...s.compatibility, ...wrong(s.compatibility) } }),
    { ...options, singleInstruction: false },
  );
}

function key(
  name: CompatKey,
  what: string,
  summary: string,
  wrong: (right: Compatibility['keys'][CompatKey]) => Partial<Compatibility['keys'][CompatKey]>,
  options?: PlantOptions,
): Fault {
  return compatibility(
    `${name.replaceAll('_', '-')}-${what}`,
    summary,
    ({ keys }) => ({ keys: { ...keys, [name]: { ...keys[name], ...wrong(keys[name]) } } }),
    options,
  );
}

function objects(
  name: string,
  summary: string,
  wrong: (right: Objects) => Partial<Objects>,
  options: PlantOptions = {},
): Fault {
  return fault(
    'object',
    name,
    summary,
    (s) => ({ ...s, objects: { ...s.objects, ...wrong(s.objects) } }),
    { ...options, singleInstruction: false },
  );
}

function arrayEvent(
  event: keyof Objects['array'],
  name: string,
  summary: string,
  wrong: (right: Objects['array'][typeof event]) => Objects['array'][typeof event],
): Fault {
  return objects(name, summary, ({ array }) => ({
    array: { ...array, [event]: wrong(array[event]) },
  }));
}

function programEvent(
  event: keyof Objects['program'],
  name: string,
  summary: string,
  options?: PlantOptions,
): Fault {
  return objects(
    name,
    summary,
    ({ program }) => ({
      program: {
        ...program,
        [event]: (before: Program) => ({ ...program[event](before), refs: before.refs }),
      },
    }),
    options,
  );
}

const COMPATIBILITY: readonly Fault[] = [
  key('type', 'ignored', 'the type is not compared', () => ({ agrees: () => TRUE })),
  key('jited', 'ignored', 'programs of the interpreter mix with others', () => ({
    agrees: () => TRUE,
  })),
  key('expected_attach_type', 'ignored', 'the attach type is not compared', () => ({
    agrees: () => TRUE,
  })),
  key('dev_bound', 'ignored', 'programs that are bound to a device are taken', () => ({
    alone: () => TRUE,
  })),
  key('kprobe_override', 'at-insertion-only', 'a load does not look at overrides', ({ alone }) => ({
    alone: (program, association) => (association === 'load' ? TRUE : alone(program, association)),
  })),
  key('extension', 'at-load-too', 'an extension cannot use an array', ({ alone }) => ({
    alone: (program) => alone(program, 'insertion'),
  })),
  key(
    'cgroup_storage',
    'of-owner',
    'an owner without a storage takes any',
    ({ agrees }) => ({
      agrees: (owner, program) => or(eq(owner.cgroupStorage, bv(32, 0n)), agrees(owner, program)),
    }),
    { drawnProfiles: true },
  ),
  key(
    'cgroup_storage_leaf',
    'calls-on',
    'a program without a storage may have tail calls',
    (right) => ({
      agrees: (owner, program) => right.agrees(owner, { ...program, tailCalls: FALSE }),
    }),
    { drawnProfiles: true },
  ),
  compatibility(
    'owner-unchecked',
    'a program that is refused for itself becomes the owner',
    (right) => ({
      claims: (_, exists) => right.claims(TRUE, exists),
    }),
  ),
  compatibility('owner-is-the-last', 'every program that passes becomes the owner', (right) => ({
    claims: (passes) => right.claims(passes, FALSE),
  })),
  compatibility('race-never', 'two CPUs never race', () => ({ looksBack: () => FALSE })),
  compatibility('race-where-locked', 'two CPUs race also where the owner is locked', () => ({
    looksBack: (withPrevious) => withPrevious,
  })),
  compatibility('takes-over-proto', 'a tail call does not look at attach_func_proto', (right) => ({
    incompatibleProgram: (run, target) =>
      right.incompatibleProgram(run, { ...target, attachFuncProto: run.attachFuncProto }),
  })),
  compatibility('takes-over-xdp-frags', 'a tail call does not look at xdp_has_frags', (right) => ({
    incompatibleProgram: (run, target) =>
      right.incompatibleProgram(run, { ...target, xdpHasFrags: run.xdpHasFrags }),
  })),
  compatibility('takes-over-without-storage', "a run's storage is not asked for", (right) => ({
    incompatibleProgram: (run, target) =>
      or(right.incompatibleProgram(run, target), distinct(run.cgroupStorage, target.cgroupStorage)),
  })),
];

const REFERENCES: readonly Fault[] = [
  arrayEvent('pin', 'pin-is-no-user', 'a pin does not count', () => (array) => ({
    ...array,
    pinned: TRUE,
  })),
  arrayEvent(
    'freeze',
    'freeze-does-nothing',
    'a frozen array is not frozen',
    () => (array) => array,
  ),
  arrayEvent(
    'create',
    'create-read-only-forgotten',
    'BPF_F_RDONLY is ignored',
    (right) => (array) => right(array, bv(32, 0n)),
  ),
  arrayEvent(
    'user_loaded',
    'load-holds-no-array',
    'a load does not hold its arrays',
    () => (array) => array,
  ),
  arrayEvent(
    'user_freed',
    'freed-program-keeps-arrays',
    'a freed program holds its arrays',
    () => (array) => array,
  ),
  programEvent('attach', 'attach-holds-nothing', 'an attached extension is not held'),
  programEvent(
    'close_program',
    'close-keeps-reference',
    'a closed descriptor is still a reference',
  ),
  programEvent('extension_loaded', 'extension-holds-no-target', 'a target is not held'),
  programEvent(
    'extension_freed',
    'freed-extension-keeps-target',
    'a freed extension holds its target',
  ),
  programEvent('run_starts', 'run-holds-nothing', 'a run does not hold its program'),
  objects('slot-takes-nothing', 'a slot does not hold its program', () => ({
    slotWritten: (refs) => refs,
  })),
  objects('slot-keeps-the-old', 'a slot that is written again holds both programs', (right) => ({
    slotWritten: (refs, _, holds) => right.slotWritten(refs, FALSE, holds),
  })),
];

const LIVES: readonly Fault[] = [
  objects(
    'reachable-by-descriptor',
    'a pinned array without a descriptor is not reachable',
    () => ({
      reachable: ({ descriptor }) => descriptor,
    }),
  ),
  objects('reachable-while-live', 'an array can be reached as long as it lives', () => ({
    reachable: ({ refs }) => distinct(refs, bv(64, 0n)),
  })),
  objects('held-while-loaded', 'a program can be had as long as it has references', () => ({
    held: ({ refs }) => distinct(refs, bv(64, 0n)),
  })),
  objects('array-never-cleared', 'an array without users keeps its programs', (right) => ({
    cleared: (before, after, k) =>
      and(right.cleared(before, after, k), distinct(after.users, bv(64, 0n))),
  })),
  objects('array-cleared-on-close', 'closing a descriptor empties a pinned array', (right) => ({
    cleared: (before, after) => right.cleared(before, after, { clearedOn: 'descriptor' }),
  })),
  objects(
    'array-cleared-by-last-user-only',
    'a pinned array always keeps its programs',
    (right) => ({
      cleared: (before, after) => right.cleared(before, after, { clearedOn: 'last_user' }),
    }),
    { drawnProfiles: true },
  ),
  objects('array-freed-without-users', 'an array is freed while programs use it', () => ({
    arrayFreed: ({ users }) => eq(users, bv(64, 0n)),
  })),
  objects('freed-in-the-run', 'a program is freed while a run may be in it', () => ({
    runMayReach: () => FALSE,
  })),
  objects(
    'freed-after-the-run-only',
    'a program is freed after the run, whatever the profile says',
    (right) => ({
      programFreed: (program, reach, k) => and(right.programFreed(program, reach, k), not(reach)),
    }),
    { drawnProfiles: true },
  ),
];

export const OBJECT_FAULTS: readonly Fault[] = [...COMPATIBILITY, ...REFERENCES, ...LIVES];

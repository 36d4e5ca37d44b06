// Planted faults in the interpreter: references, what is freed and emptied, owners.

import type { Semantics } from '../../../interp/index.ts';
import { COMPAT_KEYS, type CompatKey } from '../../../model/profiles/profile.ts';
import type { Fault } from '../fault.ts';
import { fault, type PlantOptions } from './plant.ts';

type World = Semantics['ObjectWorld'];
/** A program and an array as a world keeps them. */
type Held = Parameters<World['prototype']['takeProgram']>[0];
type HeldArray = Parameters<World['prototype']['closeArray']>[0];
type CompatRule = Semantics['objects']['compat'][CompatKey];

function world(
  name: string,
  summary: string,
  wrong: (Right: World) => World,
  options: PlantOptions = {},
): Fault {
  return fault('object', name, summary, (s) => ({ ...s, ObjectWorld: wrong(s.ObjectWorld) }), {
    ...options,
    singleInstruction: false,
  });
}

function compat(
  key: CompatKey,
  name: string,
  summary: string,
  wrong: CompatRule,
  options: PlantOptions = {},
): Fault {
  return fault(
    'object',
    name,
    summary,
    (s) => ({ ...s, objects: { ...s.objects, compat: { ...s.objects.compat, [key]: wrong } } }),
    { ...options, singleInstruction: false },
  );
}

const COMPATIBILITY: readonly Fault[] = [
  ...COMPAT_KEYS.map((key) =>
    compat(
      key,
      `compat-ignores-${key.replaceAll('_', '-')}`,
      `the key ${key} is not looked at`,
      { alone: () => false },
      // Few of the catalogue have these.
      { drawnProfiles: key === 'sleepable' || key === 'cgroup_storage' },
    ),
  ),
  compat(
    'cgroup_storage',
    'storage-none-differs',
    'a program without a storage is another one',
    {
      besideOwner: (program, owner) =>
        program.attributes.cgroupStorage !== owner.attributes.cgroupStorage,
    },
    { drawnProfiles: true },
  ),
  compat(
    'cgroup_storage_leaf',
    'storage-leaf-calls-on',
    'a program without a storage may have tail calls',
    {
      besideOwner: ({ attributes: { cgroupStorage } }, owner) =>
        cgroupStorage !== 0 && cgroupStorage !== owner.attributes.cgroupStorage,
    },
    { drawnProfiles: true },
  ),
  compat('extension', 'extension-cannot-use', 'an extension cannot use an array either', {
    alone: ({ isExtension }) => isExtension,
  }),
];

const OWNERS: readonly Fault[] = [
  world(
    'owner-is-the-last',
    'whoever is associated last is the owner',
    (Right) =>
      class extends Right {
        override associate(
          ...[array, program, isInserted]: Parameters<World['prototype']['associate']>
        ) {
          const taken = super.associate(array, program, isInserted);
          if (taken) array.owner = program.index;
          return taken;
        }
      },
  ),
  world(
    'owner-by-insertion-only',
    'a load makes no owner',
    (Right) =>
      class extends Right {
        override associate(
          ...[array, program, isInserted]: Parameters<World['prototype']['associate']>
        ) {
          const { owner } = array;
          const taken = super.associate(array, program, isInserted);
          if (!isInserted) array.owner = owner;
          return taken;
        }
      },
  ),
  world(
    'owner-goes-with-program',
    'an owner that is freed is forgotten',
    (Right) =>
      class extends Right {
        protected override freeProgram(program: Held) {
          super.freeProgram(program);
          for (const array of this.arrays) {
            if (array?.owner === program.index) array.owner = -1;
          }
        }
      },
  ),
  world(
    'race-where-locked',
    'two CPUs race also where the owner is locked',
    (Right) =>
      class extends Right {
        protected override seesOldOwners({ withPrevious }: { readonly withPrevious?: boolean }) {
          return withPrevious === true;
        }
      },
  ),
  world(
    'race-never',
    'two CPUs never race',
    (Right) =>
      class extends Right {
        protected override seesOldOwners() {
          return false;
        }
      },
  ),
];

const REFERENCES: readonly Fault[] = [
  world(
    'load-holds-no-array',
    'a program that uses an array does not hold it',
    (Right) =>
      class extends Right {
        override loadProgram(program: Held) {
          super.loadProgram(program);
          for (const map of program.uses) this.arrays[map]!.refs--;
        }
        protected override freeProgram(program: Held) {
          for (const map of program.uses) this.arrays[map]!.refs++;
          super.freeProgram(program);
        }
      },
  ),
  world(
    'extension-holds-no-target',
    'an extension does not hold its target',
    (Right) =>
      class extends Right {
        override loadProgram(program: Held) {
          super.loadProgram(program);
          if (program.replaces) this.programs[program.replaces.program]!.refs--;
        }
        protected override freeProgram(program: Held) {
          if (program.replaces) this.programs[program.replaces.program]!.refs++;
          super.freeProgram(program);
        }
      },
  ),
  world(
    'run-holds-nothing',
    'a run does not hold its program',
    (Right) =>
      class extends Right {
        private taken: Held | undefined;
        private run: Held | undefined;
        override takeProgram(program: Held) {
          super.takeProgram(program);
          this.taken = program;
        }
        override start() {
          const problem = super.start();
          // What a run takes hold of last is its own program.
          this.run = this.taken!;
          this.run.refs--;
          return problem;
        }
        override settle() {
          if (this.run?.state === 'loaded') this.run.refs++;
          super.settle();
        }
      },
    { drawnProfiles: true },
  ),
  world(
    'slot-keeps-the-old',
    'a slot that is written again holds both programs',
    (Right) =>
      class extends Right {
        override fill(...[array, index, program]: Parameters<World['prototype']['fill']>) {
          const old = this.programs[array.slots[index]!];
          if (old !== undefined) this.takeProgram(old);
          super.fill(array, index, program);
        }
      },
  ),
  world(
    'freed-program-keeps-arrays',
    'a program that is freed keeps its arrays',
    (Right) =>
      class extends Right {
        protected override freeProgram(program: Held) {
          for (const map of program.uses) this.arrays[map]!.refs++;
          super.freeProgram(program);
        }
      },
  ),
];

const LIVES: readonly Fault[] = [
  world(
    'array-never-cleared',
    'an array without users keeps its programs',
    (Right) =>
      class extends Right {
        protected override clear() {}
      },
  ),
  world(
    'array-cleared-on-close',
    'closing a descriptor empties an array that is pinned',
    (Right) =>
      class extends Right {
        override closeArray(array: HeldArray) {
          this.clear(array);
          super.closeArray(array);
        }
      },
  ),
  world(
    'array-cleared-by-last-user-only',
    'a pinned array keeps its programs, whatever the profile says',
    (Right) =>
      class extends Right {
        override closeArray(array: HeldArray) {
          array.descriptor = false;
          this.putUser(array);
        }
      },
    { drawnProfiles: true },
  ),
  world(
    'freed-in-the-run',
    'a program without references is freed while a run may be in it',
    (Right) =>
      class extends Right {
        override putProgram(program: Held) {
          super.putProgram(program);
          if (program.refs === 0 && program.state === 'loaded') this.freeProgram(program);
        }
      },
  ),
  world(
    'freed-after-the-run-only',
    'a program is freed after the run, whatever the profile says',
    (Right) =>
      class extends Right {
        override putProgram(program: Held) {
          program.refs--;
        }
      },
    { drawnProfiles: true },
  ),
  world(
    'settles-once',
    'what is let go of by what is freed is not freed',
    (Right) =>
      class extends Right {
        override settle() {
          const unused = this.programs.filter(({ refs }) => refs === 0);
          super.settle();
          for (const program of this.programs) {
            if (program.state === 'freed' && !unused.includes(program)) program.state = 'loaded';
          }
        }
      },
  ),
];

export const OBJECT_FAULTS: readonly Fault[] = [
  ...COMPATIBILITY,
  ...OWNERS,
  ...REFERENCES,
  ...LIVES,
];

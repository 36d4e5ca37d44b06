// Facts about prog arrays as user space sees them: error numbers, beside model/maps.

import {
  CREATE_FLAGS,
  createMap,
  deleteElement,
  ERRNO,
  freeze,
  getNextKey,
  lookup,
  lookupAndDelete,
  type MapState,
  numberedPrograms,
  update,
} from '../../../model/maps/index.ts';
import { MAP_TYPES, PROG_TYPES, u32Bytes } from '../../../interp/linux/scenario-case.ts';
import type { CaseWriter, ReplyReader } from '../../../interp/linux/wire.ts';
import { bytesFromSlots } from '../../../model/isa/instruction.ts';
import { encodeProgram } from '../../../model/isa/program.ts';
import { parseScenario } from '../../../model/scenario/read.ts';
import { ask, errnoText, type Fact, type FactGroup, type Place } from './fact.ts';

/** The bytecode of `r0 = 0; exit`. */
export const LEAF = (() => {
  const scenario = parseScenario(
    'tailproof: 1\ntype: sched_cls\nprograms: { leaf: "r0 = 0\\nexit" }\n',
  );
  return bytesFromSlots(encodeProgram(scenario.programs[0]!.program));
})();

const { RDONLY } = CREATE_FLAGS;
const PROG_ARRAY = { type: MAP_TYPES.prog_array, keySize: 4, valueSize: 4, maxEntries: 2 } as const;

type Attributes = { keySize?: number; valueSize?: number; maxEntries?: number; flags?: number };

function creation(what: string, attributes: Attributes): Fact {
  return {
    what: `create with ${what}`,
    expected: () =>
      errnoText(
        createMap({ type: 'prog_array', keySize: 4, valueSize: 4, maxEntries: 2, ...attributes })
          .errno,
      ),
    observed: (place) =>
      ask(
        place,
        (writer) => {
          writer.mapCreate({ ...PROG_ARRAY, ...attributes });
        },
        (reader) => errnoText(reader.status()),
      ),
  };
}

/** A map of two slots, the first filled, on the model's side and on the kernel's. */
function modelMap(): MapState {
  const made = createMap(
    { type: 'prog_array', keySize: 4, valueSize: 4, maxEntries: 2 },
    numberedPrograms(1),
  );
  if (made.errno !== 0) throw made;
  update(made.value, u32Bytes(0), u32Bytes(0));
  return made.value;
}

function readOnlyMap(): MapState {
  const made = createMap({
    type: 'prog_array',
    keySize: 4,
    valueSize: 4,
    maxEntries: 2,
    flags: RDONLY,
  });
  if (made.errno !== 0) throw made;
  return made.value;
}

function kernelMap(writer: CaseWriter): void {
  writer.mapCreate(PROG_ARRAY);
  writer.progLoad({ type: PROG_TYPES.sched_cls, bytecode: LEAF });
  writer.slotUpdate(0, 0, 0);
}

function skipMap(reader: ReplyReader): void {
  reader.status();
  reader.status();
  reader.log();
  reader.status();
}

/** An operation on such a map; what the kernel gives is the last status of the reply. */
function operation(
  what: string,
  model: (map: MapState, place: Place) => number,
  kernel: (writer: CaseWriter) => number,
): Fact {
  return {
    what,
    expected: (place) => errnoText(model(modelMap(), place)),
    observed: (place) => {
      let operations = 0;
      return ask(
        place,
        (writer) => {
          kernelMap(writer);
          operations = kernel(writer);
        },
        (reader) => {
          skipMap(reader);
          for (; operations > 1; operations--) reader.status();
          return errnoText(reader.status());
        },
      );
    },
  };
}

const BAD_FD = 9999;
const NOEXIST = 1n;
const EXIST = 2n;
const key = u32Bytes;
const one = (write: (writer: CaseWriter) => void) => (writer: CaseWriter) => {
  write(writer);
  return 1;
};
const frozen = (write: (writer: CaseWriter) => void) => (writer: CaseWriter) => {
  writer.mapFreeze(0);
  write(writer);
  return 2;
};
const freezing =
  (act: (map: MapState, place: Place) => number) => (map: MapState, place: Place) => {
    freeze(map);
    return act(map, place);
  };
const freezeUnder = (map: MapState, { profile }: Place) => freeze(map, profile.objects.freezeNeeds);

export const ELEMENT_FACTS: FactGroup = {
  title: 'Prog arrays from user space',
  facts: [
    creation('value_size 8', { valueSize: 8 }),
    creation('key_size 8', { keySize: 8 }),
    creation('max_entries 0', { maxEntries: 0 }),
    creation('BPF_F_RDONLY_PROG', { flags: 1 << 7 }),
    creation('BPF_F_RDONLY', { flags: RDONLY }),
    operation(
      'update with a program',
      (map) => update(map, key(1), key(0)),
      one((writer) => writer.slotUpdate(0, 1, 0)),
    ),
    operation(
      'update with BPF_NOEXIST',
      (map) => update(map, key(1), key(0), NOEXIST),
      one((writer) => writer.slotUpdate(0, 1, 0, NOEXIST)),
    ),
    operation(
      'update with BPF_EXIST',
      (map) => update(map, key(0), key(0), EXIST),
      one((writer) => writer.slotUpdate(0, 0, 0, EXIST)),
    ),
    operation(
      'update of an index out of range',
      (map) => update(map, key(2), key(0)),
      one((writer) => writer.slotUpdate(0, 2, 0)),
    ),
    operation(
      'update with a bad descriptor',
      (map) => update(map, key(1), key(BAD_FD)),
      one((writer) => writer.mapUpdate(0, key(1), key(BAD_FD))),
    ),
    operation(
      'update out of range with a bad descriptor',
      (map) => update(map, key(2), key(BAD_FD)),
      one((writer) => writer.mapUpdate(0, key(2), key(BAD_FD))),
    ),
    operation(
      'delete of a filled slot',
      (map) => deleteElement(map, key(0)),
      one((writer) => writer.mapDelete(0, key(0))),
    ),
    operation(
      'delete of an empty slot',
      (map) => deleteElement(map, key(1)),
      one((writer) => writer.mapDelete(0, key(1))),
    ),
    operation(
      'delete of an index out of range',
      (map) => deleteElement(map, key(2)),
      one((writer) => writer.mapDelete(0, key(2))),
    ),
    operation(
      'lookup of an empty slot',
      (map) => lookup(map, key(1)).errno,
      one((writer) => writer.mapLookup(0, key(1))),
    ),
    operation(
      'lookup of an index out of range',
      (map) => lookup(map, key(2)).errno,
      one((writer) => writer.mapLookup(0, key(2))),
    ),
    operation(
      'next key after an empty slot, the last one',
      (map) => getNextKey(map, key(1)).errno,
      one((writer) => writer.mapNextKey(0, key(1))),
    ),
    operation(
      'next key after an index out of range',
      (map) => (getNextKey(map, key(7)).errno === 0 ? 0 : ERRNO.ENOENT),
      one((writer) => writer.mapNextKey(0, key(7))),
    ),
    operation(
      'update of a frozen map',
      freezing((map) => update(map, key(1), key(0))),
      frozen((writer) => writer.slotUpdate(0, 1, 0)),
    ),
    operation(
      'delete from a frozen map',
      freezing((map) => deleteElement(map, key(0))),
      frozen((writer) => writer.mapDelete(0, key(0))),
    ),
    operation(
      'lookup and delete of a filled slot',
      (map) => lookupAndDelete(map, key(0)).errno,
      one((writer) => writer.mapLookupAndDelete(0, key(0))),
    ),
    operation(
      'lookup and delete of a frozen map',
      freezing((map) => lookupAndDelete(map, key(0)).errno),
      frozen((writer) => writer.mapLookupAndDelete(0, key(0))),
    ),
    operation(
      'freeze of a frozen map',
      freezing(freezeUnder),
      frozen((writer) => writer.mapFreeze(0)),
    ),
    {
      what: 'freeze of a map created with BPF_F_RDONLY',
      expected: (place) => errnoText(freezeUnder(readOnlyMap(), place)),
      observed: (place) =>
        ask(
          place,
          (writer) => {
            writer.mapCreate({ ...PROG_ARRAY, flags: RDONLY });
            writer.mapFreeze(0);
          },
          (reader) => {
            reader.status();
            return errnoText(reader.status());
          },
        ),
    },
    {
      what: 'as the inner map of an array of maps',
      expected: () => errnoText(ERRNO.ENOTSUPP),
      observed: (place) =>
        ask(
          place,
          (writer) => {
            const inner = writer.mapCreate(PROG_ARRAY);
            writer.mapCreate({ ...PROG_ARRAY, type: MAP_TYPES.array_of_maps, inner });
          },
          (reader) => {
            reader.status();
            return errnoText(reader.status());
          },
        ),
    },
  ],
};

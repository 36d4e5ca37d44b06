// Facts about which programs a prog array takes: the first one that it sees is its owner, and all others must be
// like it.

import { MAP_TYPES, PROG_TYPES } from '../../../interp/linux/scenario-case.ts';
import type { CaseWriter, ProgLoad, ReplyReader } from '../../../interp/linux/wire.ts';
import type { CompatKey } from '../../../model/profiles/profile.ts';
import { LEAF } from './elements.ts';
import { ask, errnoText, type Fact, type FactGroup, type Place } from './fact.ts';

const PROG_ARRAY = { type: MAP_TYPES.prog_array, keySize: 4, valueSize: 4, maxEntries: 2 } as const;
/** BPF_XDP_DEVMAP, and the flag of a program that takes packets in fragments. */
const XDP_DEVMAP = 33;
const XDP_HAS_FRAGS = 1 << 5;

/** Whether the profile compares this property. */
const compares =
  (key: CompatKey) =>
  ({ profile }: Place) =>
    errnoText(profile.objects.compatKeys.includes(key) ? 22 : 0);

function readLoads(reader: ReplyReader, count: number): void {
  for (let i = 0; i < count; i++) {
    reader.status();
    reader.log();
  }
}

/**
 * Two programs: the first becomes the owner by being inserted, then the second is inserted.
 * @param load writes the second one; it returns how many operations it put before.
 */
function insertion(
  what: string,
  expected: Fact['expected'],
  load: (writer: CaseWriter, place: Place) => number,
): Fact {
  return {
    what,
    expected,
    observed: (place) => {
      let before = 0;
      return ask(
        place,
        (writer) => {
          writer.mapCreate(PROG_ARRAY);
          writer.progLoad({ type: PROG_TYPES.xdp, bytecode: LEAF });
          writer.slotUpdate(0, 0, 0);
          before = load(writer, place);
          writer.slotUpdate(0, 1, 1);
        },
        (reader) => {
          reader.status();
          readLoads(reader, 1);
          reader.status();
          for (; before > 0; before--) reader.status();
          readLoads(reader, 1);
          return errnoText(reader.status());
        },
      );
    },
  };
}

/** The second program, and nothing before it. */
const second = (load: Partial<ProgLoad>) => (writer: CaseWriter) => {
  writer.progLoad({ type: PROG_TYPES.xdp, bytecode: LEAF, ...load });
  return 0;
};

export const COMPATIBILITY_FACTS: FactGroup = {
  title: 'Compatibility: inserting into an array whose owner is an xdp program',
  facts: [
    insertion('a program of the same kind', () => errnoText(0), second({})),
    insertion(
      'a program of type sched_cls',
      compares('type'),
      second({ type: PROG_TYPES.sched_cls }),
    ),
    insertion(
      'a program that is not compiled where the owner is, or the reverse',
      compares('jited'),
      (writer, { kernel }) => {
        writer.settings(!kernel.jit, false);
        writer.progLoad({ type: PROG_TYPES.xdp, bytecode: LEAF });
        return 1;
      },
    ),
    insertion(
      'a program with BPF_F_XDP_HAS_FRAGS',
      compares('xdp_has_frags'),
      second({ flags: XDP_HAS_FRAGS }),
    ),
    insertion(
      'a program with expected_attach_type BPF_XDP_DEVMAP',
      compares('expected_attach_type'),
      second({ expectedAttachType: XDP_DEVMAP }),
    ),
    {
      what: 'a sched_cls program after the owner was deleted from the array',
      expected: compares('type'),
      observed: (place) =>
        ask(
          place,
          (writer) => {
            writer.mapCreate(PROG_ARRAY);
            writer.progLoad({ type: PROG_TYPES.xdp, bytecode: LEAF });
            writer.slotUpdate(0, 0, 0);
            writer.mapDelete(0, new Uint8Array(4));
            writer.progLoad({ type: PROG_TYPES.sched_cls, bytecode: LEAF });
            writer.slotUpdate(0, 0, 1);
          },
          (reader) => {
            reader.status();
            readLoads(reader, 1);
            reader.status();
            reader.status();
            readLoads(reader, 1);
            return errnoText(reader.status());
          },
        ),
    },
  ],
};

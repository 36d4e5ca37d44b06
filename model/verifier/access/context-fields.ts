// Which bytes of a context a program may read and write, by program type. Observed exhaustively, offset by offset,
// on Linux 6.1 and 6.12, which agree.

import {
  type ProgramType,
  SK_BUFF,
  SK_BUFF_BYTES,
  XDP_MD,
  XDP_MD_BYTES,
} from '../../scenario/context.ts';
import type { Access } from '../parts.ts';

/** What a load gives: a number, a pointer, or the name of a field that is not modelled. */
export type FieldValue = 'scalar' | 'pkt' | 'pkt_meta' | 'pkt_end' | 'sk';

/** Bytes `start` up to `end` may be accessed in these sizes (their sum: they are powers of two), each aligned. */
interface FieldRange {
  readonly start: number;
  readonly end: number;
  readonly sizes: number;
  readonly value: FieldValue;
}

/** A field, or all from one to another, of 4 bytes each. */
function fields(
  first: number,
  last: number,
  sizes: number,
  value: FieldValue = 'scalar',
): FieldRange {
  return { start: first, end: last + 4, sizes, value };
}

/** Parts of a 32-bit field, or all of it. */
const NARROW = 1 | 2 | 4;
const WORD = 4;
const ANY = 1 | 2 | 4 | 8;
const LONG = 8;

// Fields of `struct __sk_buff` that scenarios do not name.
const TSTAMP = { start: 152, end: 160, sizes: LONG, value: 'scalar' } as const;
const WIRE_LEN = 160;
const SK = { start: 168, end: 176, sizes: LONG, value: 'sk' } as const;
const TSTAMP_TYPE = { start: 180, end: 181, sizes: 1, value: 'scalar' } as const;
const HWTSTAMP = { start: 184, end: SK_BUFF_BYTES, sizes: LONG, value: 'scalar' } as const;

const CONTROL_BUFFER = fields(SK_BUFF.cb0, SK_BUFF.cb4, ANY);

const SK_BUFF_READS: readonly FieldRange[] = [
  fields(SK_BUFF.len, SK_BUFF.tc_index, NARROW),
  CONTROL_BUFFER,
  fields(SK_BUFF.hash, SK_BUFF.hash, NARROW),
  fields(SK_BUFF.napi_id, SK_BUFF.napi_id, NARROW),
  fields(SK_BUFF.gso_segs, SK_BUFF.gso_segs, NARROW),
  SK,
  fields(SK_BUFF.gso_size, SK_BUFF.gso_size, NARROW),
];

const SCHED_CLS_READS: readonly FieldRange[] = [
  ...SK_BUFF_READS,
  fields(SK_BUFF.tc_classid, SK_BUFF.tc_classid, NARROW),
  fields(SK_BUFF.data, SK_BUFF.data, WORD, 'pkt'),
  fields(SK_BUFF.data_end, SK_BUFF.data_end, WORD, 'pkt_end'),
  fields(SK_BUFF.data_meta, SK_BUFF.data_meta, WORD, 'pkt_meta'),
  TSTAMP,
  fields(WIRE_LEN, WIRE_LEN, NARROW),
  TSTAMP_TYPE,
  HWTSTAMP,
];

const SCHED_CLS_WRITES: readonly FieldRange[] = [
  fields(SK_BUFF.mark, SK_BUFF.queue_mapping, WORD),
  fields(SK_BUFF.priority, SK_BUFF.priority, WORD),
  fields(SK_BUFF.tc_index, SK_BUFF.tc_index, WORD),
  CONTROL_BUFFER,
  fields(SK_BUFF.tc_classid, SK_BUFF.tc_classid, WORD),
  TSTAMP,
];

const XDP_READS: readonly FieldRange[] = [
  fields(XDP_MD.data, XDP_MD.data, WORD, 'pkt'),
  fields(XDP_MD.data_end, XDP_MD.data_end, WORD, 'pkt_end'),
  fields(XDP_MD.data_meta, XDP_MD.data_meta, WORD, 'pkt_meta'),
  // egress_ifindex is for programs that are attached to a device map.
  fields(XDP_MD.ingress_ifindex, XDP_MD.rx_queue_index, WORD),
];

/** What may be accessed at each offset. */
interface FieldTable {
  /** By offset: the sizes of accesses that may start there. */
  readonly sizes: Uint8Array;
  /** By offset. */
  readonly values: readonly FieldValue[];
}

function fieldTable(bytes: number, ranges: readonly FieldRange[]): FieldTable {
  const sizes = new Uint8Array(bytes);
  const values = new Array<FieldValue>(bytes).fill('scalar');
  for (const range of ranges) {
    for (let offset = range.start; offset < range.end; offset++) {
      values[offset] = range.value;
      for (let size = 1; size <= LONG; size *= 2) {
        const fits = offset % size === 0 && offset + size <= range.end;
        if (fits) sizes[offset] = sizes[offset]! | (range.sizes & size);
      }
    }
  }
  return { sizes, values };
}

type ContextType = Exclude<ProgramType, 'raw'>;

const TABLES: Readonly<Record<ContextType, Readonly<Record<Access, FieldTable>>>> = {
  socket_filter: {
    read: fieldTable(SK_BUFF_BYTES, SK_BUFF_READS),
    write: fieldTable(SK_BUFF_BYTES, [CONTROL_BUFFER]),
  },
  sched_cls: {
    read: fieldTable(SK_BUFF_BYTES, SCHED_CLS_READS),
    write: fieldTable(SK_BUFF_BYTES, SCHED_CLS_WRITES),
  },
  xdp: { read: fieldTable(XDP_MD_BYTES, XDP_READS), write: fieldTable(XDP_MD_BYTES, []) },
};

/**
 * What is at an offset of a context (`is_valid_access` of the program type), or undefined where the access is not
 * allowed. @param offset any number. @param size 1, 2, 4 or 8 bytes. @param signed a load that extends the sign, which
 * pointers are not loaded by.
 */
export function contextField(
  type: ContextType,
  access: Access,
  offset: number,
  size: number,
  signed: boolean,
): FieldValue | undefined {
  const { sizes, values } = TABLES[type][access];
  if (((sizes[offset] ?? 0) & size) === 0) return undefined;
  const value = values[offset]!;
  return signed && value !== 'scalar' ? undefined : value;
}

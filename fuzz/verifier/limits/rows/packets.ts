// The limit on offsets of packet pointers that are compared with the packet's end.

import { exitCode } from '../figures.ts';
import type { LimitRow, Witness } from '../limit.ts';
import { overMarks } from '../small-scale.ts';
import { times, witnessOf } from '../witness.ts';

const PACKET_MAX = 0xffff;

/** r2 is the packet, r3 its end, r4 a pointer that was moved; R0 by how much. */
function compared(move: string, mark: number, at = -1, packet = 0): Witness {
  return witnessOf(
    `r4 = *(u32 *)(r1 + 8);
    r2 = *(u32 *)(r1 + 76); r3 = *(u32 *)(r1 + 80);
    ${move}
    r0 = r5; r0 -= r2; if r5 > r3 goto out; r4 = *(u8 *)(r5 ${at < 0 ? '-' : '+'} ${Math.abs(at)});
    out: exit`,
    { run: { context: { mark }, packet: new Uint8Array(packet) } },
  );
}

const known = (offset: number) => compared(`r5 = r2; r5 += ${offset};`, 0);
/** One of two offsets, of which the greater is given. */
const varying = (greatest: number) =>
  compared(`r4 &= 1; r4 += ${greatest - 2}; r5 = r2; r5 += r4; r5 += 1;`, 1);

const SMALL = 4;
const WORDS =
  'all offsets from 0 to 8, checked for accesses at -8 to 8 in a packet of 16 bytes; limit 4';

/** Those that access the packet behind its start have to check it. */
function* checks(move: (offset: number) => string): Generator<Witness> {
  for (const offset of times(9, (index) => index)) {
    for (const at of times(17, (index) => index - 8)) yield compared(move(offset), 0, at, 16);
  }
}

const REFUSAL = { errno: 'EACCES', message: 'R5 offset is outside of the packet' } as const;
const NOTE = 'the offset is compared; packets of the model have 57,344 bytes at the most';

const PACKET_OFFSET: LimitRow = {
  name: 'packet-offset',
  what: 'the offset of a packet pointer whose comparison with the end shows that bytes are there',
  constant: 'MAX_PACKET_OFF',
  value: PACKET_MAX,
  unit: 'bytes',
  allows: PACKET_MAX,
  attains: PACKET_MAX,
  figure: exitCode,
  at: () => known(PACKET_MAX),
  beyond: () => known(PACKET_MAX + 1),
  refusal: REFUSAL,
  theorems: [],
  smallScale: {
    words: WORDS,
    limits: { packetOffset: SMALL },
    unit: 'bytes',
    allows: SMALL,
    witnesses: () => checks((offset) => `r5 = r2; r5 += ${offset};`),
    figure: exitCode,
  },
  note: NOTE,
};

const PACKET_OFFSET_VARYING: LimitRow = {
  ...PACKET_OFFSET,
  name: 'packet-offset-varying',
  what: 'the same, where the offset varies',
  at: () => varying(PACKET_MAX),
  beyond: () => varying(PACKET_MAX + 1),
  smallScale: {
    words: WORDS,
    limits: { packetOffset: SMALL },
    unit: 'bytes',
    allows: SMALL,
    witnesses: () => checks((offset) => `r4 &= 1; r5 = r2; r5 += r4; r5 += ${offset};`),
    figure: overMarks(exitCode, [0, 1], 'max'),
  },
};

export const PACKET_ROWS: readonly LimitRow[] = [PACKET_OFFSET, PACKET_OFFSET_VARYING];

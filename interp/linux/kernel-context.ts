// The context that BPF_PROG_TEST_RUN makes of a packet. The kernel fills some fields by itself; a scenario that
// has another value there, and a program that may read it, cannot be compared.

import { FRAME_POINTER, type Program } from '../../model/isa/program.ts';
import { BYTES } from '../../model/isa/operations.ts';
import {
  buildContext,
  contextFields,
  contextOverrides,
  SK_BUFF,
} from '../../model/scenario/context.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';

export const ETHERNET_BYTES = 14;
/** The smallest EtherType; what is smaller is a length. */
const ETHERTYPE_MIN = 0x600;
/** ETH_P_802_3 and ETH_P_802_2: what the kernel says where there is a length. */
const RAW_802_3 = 0x0001;
const LLC_802_2 = 0x0004;
const NOVELL_MARK = 0xff;
/** The test packet comes from the loopback device. */
const LOOPBACK_INDEX = 1;
const PACKET_BROADCAST = 1;
const PACKET_MULTICAST = 2;
const PACKET_OTHERHOST = 3;

/** The fields of `struct __sk_buff` that a test run takes from user space. */
export const SETTABLE: readonly string[] = ['mark', 'priority', 'cb0', 'cb1', 'cb2', 'cb3', 'cb4'];

/** A scenario with a context of Linux. */
export type Typed = Scenario & { readonly type: Exclude<Scenario['type'], 'raw'> };

/** What a test run gets in place of an empty packet: nothing is read of it. */
const DEFAULT_PACKET = new Uint8Array(64);

/** The packet of the test run. A kernel takes no empty one. */
export function testPacket({ run: { packet } }: Pick<Scenario, 'run'>): Uint8Array {
  return packet === undefined || packet.length === 0 ? DEFAULT_PACKET : packet;
}

/** Whether a program may see what is in the packet without a look at its context. */
export function loadsPacket({ code }: Program): boolean {
  return code.some((instruction) => instruction?.row.operation.family === 'packet');
}

const swap16 = (value: number) => ((value & 0xff) << 8) | ((value >> 8) & 0xff);

/** The EtherType that a socket filter's packet is sent with, in network order: its context's protocol. */
export function etherTypeOf({ run: { context } }: Scenario): number {
  const view = new DataView(context.buffer, context.byteOffset, context.byteLength);
  return Math.max(swap16(view.getUint16(SK_BUFF.protocol, true)), ETHERTYPE_MIN);
}

/** As it lies in memory. */
function protocolOf(packet: Uint8Array): number {
  const etherType = (packet[12]! << 8) | packet[13]!;
  if (etherType >= ETHERTYPE_MIN) return swap16(etherType);
  const novell =
    packet[ETHERNET_BYTES] === NOVELL_MARK && packet[ETHERNET_BYTES + 1] === NOVELL_MARK;
  return swap16(novell ? RAW_802_3 : LLC_802_2);
}

function packetTypeOf(packet: Uint8Array): number {
  const address = packet.subarray(0, 6);
  if (address.every((byte) => byte === 0)) return 0;
  if (address.every((byte) => byte === 0xff)) return PACKET_BROADCAST;
  return (address[0]! & 1) === 1 ? PACKET_MULTICAST : PACKET_OTHERHOST;
}

/** The context as the kernel makes it. */
export function kernelContext(scenario: Typed): Uint8Array {
  const { type, run } = scenario;
  const packet = testPacket(scenario);
  if (type === 'xdp') return buildContext(type, packet, { ingress_ifindex: LOOPBACK_INDEX });
  const overrides = contextOverrides(type, packet, run.context);
  const set = Object.fromEntries(SETTABLE.map((field) => [field, overrides[field] ?? 0]));
  const own =
    type === 'socket_filter'
      ? { protocol: swap16(etherTypeOf(scenario)) }
      : { protocol: protocolOf(packet), pkt_type: packetTypeOf(packet) };
  return buildContext(type, packet, { ...set, ...own, ifindex: LOOPBACK_INDEX });
}

/** A field of the context that is not what the scenario says, and that a program may read. */
export function differingField(scenario: Typed): { field: string; value: number } | undefined {
  const { type, run, programs } = scenario;
  const ours = new DataView(run.context.buffer, run.context.byteOffset, run.context.byteLength);
  const theirs = new DataView(kernelContext(scenario).buffer);
  for (const [field, offset] of Object.entries(contextFields(type))) {
    const value = theirs.getUint32(offset, true);
    if (value === ours.getUint32(offset, true)) continue;
    if (programs.some(({ program }) => mayRead(program, offset))) return { field, value };
  }
  return undefined;
}

/** Whether some load may be of this field: of a register that ever holds the context, whatever the path. */
function mayRead({ code }: Program, offset: number): boolean {
  const registers = contextRegisters(code);
  return code.some((instruction) => {
    const operation = instruction?.row.operation;
    if (operation?.family !== 'ldx' || !registers.has(instruction!.src)) return false;
    const first = instruction!.offset;
    return first < offset + 4 && first + BYTES[operation.size] > offset;
  });
}

/** r1, and whatever the context may have been copied to, by a move or through the stack. */
function contextRegisters(code: Program['code']): ReadonlySet<number> {
  const registers = new Set([1]);
  for (let before = 0; before < registers.size; ) {
    before = registers.size;
    for (const instruction of code) {
      if (instruction === undefined) continue;
      const { row, src, dst } = instruction;
      const moved =
        row.name === 'MOV64' && row.operation.family === 'alu' && row.operation.source === 'X';
      if (moved && registers.has(src)) registers.add(dst);
      if (row.name === 'LDXDW' && src === FRAME_POINTER) registers.add(dst);
    }
  }
  return registers;
}

// The contexts of the program types: field names, offsets and sizes of the kernel's UAPI.

import { CONTEXT_BASE, PACKET_BASE } from './environment.ts';

export const PROGRAM_TYPES = ['raw', 'socket_filter', 'sched_cls', 'xdp'] as const;
export type ProgramType = (typeof PROGRAM_TYPES)[number];

/** Byte offsets of 32-bit fields. */
export type ContextFields = Readonly<Record<string, number>>;

/** `struct __sk_buff`, 32-bit fields by offset. */
// biome-ignore format: table
export const SK_BUFF = {
  len: 0, pkt_type: 4, mark: 8, queue_mapping: 12, protocol: 16, vlan_present: 20, vlan_tci: 24,
  vlan_proto: 28, priority: 32, ingress_ifindex: 36, ifindex: 40, tc_index: 44,
  cb0: 48, cb1: 52, cb2: 56, cb3: 60, cb4: 64, hash: 68, tc_classid: 72, data: 76, data_end: 80,
  napi_id: 84, family: 88, data_meta: 140, gso_segs: 164, gso_size: 176,
} as const satisfies ContextFields;
export const SK_BUFF_BYTES = 192;

/** `struct xdp_md`, 32-bit fields by offset. */
// biome-ignore format: table
export const XDP_MD = {
  data: 0, data_end: 4, data_meta: 8, ingress_ifindex: 12, rx_queue_index: 16, egress_ifindex: 20,
} as const satisfies ContextFields;
export const XDP_MD_BYTES = 24;

/** The fields of a type's context; raw contexts are bytes without fields. */
export function contextFields(type: ProgramType): ContextFields {
  switch (type) {
    case 'raw':
      return {};
    case 'xdp':
      return XDP_MD;
    default:
      return SK_BUFF;
  }
}

/** Fields that the packet decides, which a scenario cannot set. */
export const PACKET_FIELDS: ReadonlySet<string> = new Set(['data', 'data_end', 'data_meta', 'len']);

/** The context of a packet, with a scenario's own values for other fields (unsigned 32 bits). */
export function buildContext(
  type: Exclude<ProgramType, 'raw'>,
  packet: Uint8Array,
  values: Readonly<Record<string, number>> = {},
): Uint8Array {
  const fields = contextFields(type);
  const bytes = new Uint8Array(type === 'xdp' ? XDP_MD_BYTES : SK_BUFF_BYTES);
  const view = new DataView(bytes.buffer);
  const set = (name: string, value: number) => {
    const offset = fields[name];
    if (offset !== undefined) view.setUint32(offset, value, true);
  };
  set('protocol', packet.length >= 14 ? (packet[12] ?? 0) | ((packet[13] ?? 0) << 8) : 0);
  for (const [name, value] of Object.entries(values)) set(name, value);
  set('len', packet.length);
  set('data', PACKET_BASE);
  set('data_end', PACKET_BASE + packet.length);
  set('data_meta', PACKET_BASE);
  return bytes;
}

/** The fields in which a context differs from the one that its packet alone gives. */
export function contextOverrides(
  type: Exclude<ProgramType, 'raw'>,
  packet: Uint8Array,
  context: Uint8Array,
): Record<string, number> {
  const plain = new DataView(buildContext(type, packet).buffer);
  const view = new DataView(context.buffer, context.byteOffset, context.byteLength);
  const overrides: Record<string, number> = {};
  for (const [name, offset] of Object.entries(contextFields(type))) {
    if (PACKET_FIELDS.has(name) || offset + 4 > context.length) continue;
    const value = view.getUint32(offset, true);
    if (value !== plain.getUint32(offset, true)) overrides[name] = value;
  }
  return overrides;
}

/** The address of the context, which r1 holds at the start; 0 where there is none (raw without bytes). */
export function contextAddress(bytes: number): number {
  return bytes === 0 ? 0 : CONTEXT_BASE;
}

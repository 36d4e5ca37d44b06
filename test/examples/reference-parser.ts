// A second flow parser, in plain TypeScript and written from the head of examples/flow-parser.yaml: one loop over
// layers instead of programs, for the tests to compare with.

const TAIL_CALLS = 33;
const OFFSET_MAX = 0x7fff;

export interface Parsed {
  readonly code: number;
  readonly tailCalls: number;
  /** The key of the flow that is counted. */
  readonly key?: Uint8Array;
}

type Layer =
  | 'ethernet'
  | 'vlan'
  | 'mpls'
  | 'ipv4'
  | 'ipv6'
  | 'options'
  | 'fragment'
  | 'gre'
  | 'udp'
  | 'tcp'
  | 'flow';

const BY_ETHERTYPE: ReadonlyMap<number, Layer> = new Map([
  [0x0800, 'ipv4'],
  [0x86dd, 'ipv6'],
  [0x8100, 'vlan'],
  [0x88a8, 'vlan'],
  [0x8847, 'mpls'],
  [0x8848, 'mpls'],
]);
// biome-ignore format: table
const BY_PROTOCOL: Readonly<Record<number, Layer>> = {
  0: 'options', 4: 'ipv4', 6: 'tcp', 17: 'udp', 41: 'ipv6', 43: 'options', 44: 'fragment', 47: 'gre', 60: 'options',
  137: 'mpls',
};
// biome-ignore format: table
const CUT: Readonly<Record<Layer, number>> = {
  ethernet: 20, vlan: 21, mpls: 22, ipv4: 23, ipv6: 24, options: 25, fragment: 25, gre: 26, udp: 27, tcp: 28, flow: 0,
};

/** Ends the parsing. */
class Stop {
  readonly code: number;
  constructor(code: number) {
    this.code = code;
  }
}

/** What the parser returns for a packet while nobody writes to the prog array. */
export function parsePacket(packet: Uint8Array): Parsed {
  const parser = new Parser(packet);
  try {
    for (let layer: Layer = 'ethernet'; ; ) {
      const next = parser.parse(layer);
      parser.tailCall();
      if (next === 'flow') break;
      layer = next;
    }
  } catch (reason) {
    if (reason instanceof Stop) return { code: reason.code, tailCalls: parser.tailCalls };
    throw reason;
  }
  const { isFragment, tailCalls } = parser;
  return { code: isFragment ? 1 : 0, tailCalls, key: parser.key };
}

class Parser {
  readonly key = new Uint8Array(40);
  tailCalls = 0;
  isFragment = false;
  private readonly packet: Uint8Array;
  private offset = 0;
  private version = 0;

  constructor(packet: Uint8Array) {
    this.packet = packet;
  }

  tailCall(): void {
    if (this.tailCalls === TAIL_CALLS) throw new Stop(14);
    this.tailCalls++;
  }

  parse(layer: Layer): Layer {
    const isExtension = layer === 'options' || layer === 'fragment';
    if (isExtension && this.version !== 6) throw new Stop(11);
    if (this.offset > OFFSET_MAX) throw new Stop(14);
    switch (layer) {
      case 'ethernet':
        return byEthertype(this.word(this.header(layer, 14), 12));
      case 'vlan':
        return byEthertype(this.word(this.header(layer, 4), 2));
      case 'mpls':
        return this.mpls();
      case 'ipv4':
        return this.ipv4();
      case 'ipv6':
        return this.ipv6();
      case 'options':
        return this.options();
      case 'fragment':
        return this.fragment();
      case 'gre':
        return this.gre();
      case 'udp':
        return this.ports(this.header(layer, 8));
      case 'tcp':
        return this.tcp();
      case 'flow':
        throw new Error('flow is the end');
    }
  }

  private byte(at: number): number {
    return this.packet[at]!;
  }

  private word(start: number, at: number): number {
    return this.byte(start + at) * 256 + this.byte(start + at + 1);
  }

  /** Asks for bytes from where the parser is. @returns where that is. */
  private need(layer: Layer, bytes: number): number {
    if (this.offset + bytes > this.packet.length) throw new Stop(CUT[layer]);
    return this.offset;
  }

  /** Takes a header. @returns where it starts. */
  private header(layer: Layer, bytes: number): number {
    const start = this.need(layer, bytes);
    this.offset += bytes;
    return start;
  }

  private mpls(): Layer {
    const start = this.header('mpls', 4);
    if (this.byte(start + 2) % 2 === 0) return 'mpls';
    const version = this.byte(this.need('mpls', 1)) >> 4;
    if (version === 4) return 'ipv4';
    if (version === 6) return 'ipv6';
    throw new Stop(12);
  }

  private ipv4(): Layer {
    const first = this.byte(this.need('ipv4', 20));
    if (first < 0x45 || first > 0x4f) throw new Stop(33);
    const start = this.header('ipv4', (first % 16) * 4);
    this.addresses(4, start + 12);
    return this.byProtocol(this.byte(start + 9), this.word(start, 6) % 0x2000 > 0);
  }

  private ipv6(): Layer {
    const first = this.byte(this.need('ipv6', 40));
    if (first >> 4 !== 6) throw new Stop(34);
    const start = this.header('ipv6', 40);
    this.addresses(6, start + 8);
    return this.byProtocol(this.byte(start + 6));
  }

  private options(): Layer {
    const length = this.byte(this.need('options', 8) + 1);
    return this.byProtocol(this.byte(this.header('options', 8 * (length + 1))));
  }

  private fragment(): Layer {
    const start = this.header('fragment', 8);
    return this.byProtocol(this.byte(start), this.word(start, 2) >> 3 > 0);
  }

  private gre(): Layer {
    const flags = this.word(this.need('gre', 4), 0).toString(2).padStart(16, '0');
    const [checksum, routing, key, sequence, bit4, bit5] = flags;
    const version = flags.slice(13);
    if ([routing, bit4, bit5].includes('1') || version !== '000') throw new Stop(36);
    const fields = [checksum, key, sequence].filter((flag) => flag === '1').length;
    return byEthertype(this.word(this.header('gre', 4 + 4 * fields), 2));
  }

  private tcp(): Layer {
    const words = this.byte(this.need('tcp', 20) + 12) >> 4;
    if (words < 5) throw new Stop(38);
    return this.ports(this.header('tcp', 4 * words));
  }

  private ports(start: number): Layer {
    this.key.set(this.packet.subarray(start, start + 4), 32);
    return 'flow';
  }

  private addresses(version: 4 | 6, start: number): void {
    const bytes = version === 4 ? 4 : 16;
    this.version = version;
    this.key.fill(0, 0, 32);
    this.key.set(this.packet.subarray(start, start + bytes), 0);
    this.key.set(this.packet.subarray(start + bytes, start + 2 * bytes), 16);
    this.key[37] = version;
  }

  private byProtocol(protocol: number, isFragment = false): Layer {
    this.key[36] = protocol;
    this.isFragment = isFragment;
    if (isFragment) return 'flow';
    const layer = BY_PROTOCOL[protocol];
    if (layer !== undefined) return layer;
    throw new Stop(this.tailCalls === TAIL_CALLS ? 14 : 11);
  }
}

function byEthertype(ethertype: number): Layer {
  const layer = BY_ETHERTYPE.get(ethertype);
  if (layer === undefined) throw new Stop(10);
  return layer;
}

// The flow parser beyond its own runs: what it counts besides, other profiles, a full table, and any packet at
// all, which it must parse as a second parser does.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpret } from '../../interp/index.ts';
import { listProfiles } from '../../model/profiles/catalogue.ts';
import { formatHex } from '../../model/scenario/bytes.ts';
import { createScenario, type ScenarioInput } from '../../model/scenario/create.ts';
import type { Outcome } from '../../model/scenario/outcome.ts';
import type { MapDefinition, ScheduleEntry, ValueMap } from '../../model/scenario/scenario.ts';
import { FOLDER, runsOf } from './load.ts';
import { parsePacket } from './reference-parser.ts';

const FILE = 'flow-parser.yaml';
const RUNS = runsOf(FILE);
const { profile, type, maps, programs } = RUNS[0]!.scenario;
const JMP = maps.findIndex(({ name }) => name === 'jmp');
const FLOWS = maps.findIndex(({ name }) => name === 'flows');
const TABLE_FULL = 15n;
/** Packets that nest deeper repeat themselves behind this. */
const CUTS_MAX = 200;
/** Where an Ethernet frame has IPv4's protocol and IPv6's next header. */
const PROTOCOL_AT = 23;
const NEXT_HEADER_AT = 20;

/** The codes in the comment at the head of the file. */
const CODES: readonly bigint[] = documentedCodes(readFileSync(join(FOLDER, FILE), 'utf8'));

function documentedCodes(text: string): bigint[] {
  const start = text.indexOf('# What a run returns:');
  const table = text.slice(start, text.indexOf('tailproof: 1', start));
  return [...table.matchAll(/^# +(\d+) {2}\S/gm)].map(([, code]) => BigInt(code!));
}

const packetNamed = (name: string): Uint8Array => {
  const run = RUNS.find((candidate) => candidate.name === name);
  return run!.scenario.run.packet!;
};

function runPacket(packet: Uint8Array, input: Partial<ScenarioInput> = {}): Outcome {
  return interpret(createScenario({ profile, type, maps, programs, run: { packet }, ...input }));
}

const codeOf = ({ ending }: Outcome) => (ending.kind === 'exit' ? ending.r0 : undefined);

interface Flow {
  /** Hex. */
  readonly key: string;
  readonly packets: bigint;
  readonly bytes: bigint;
}

function toFlow({ key, value }: { readonly key: Uint8Array; readonly value: Uint8Array }): Flow {
  const view = new DataView(value.buffer, value.byteOffset);
  return {
    key: formatHex(key),
    packets: view.getBigUint64(0, true),
    bytes: view.getBigUint64(8, true),
  };
}

function flowsIn(outcome: Outcome): Flow[] {
  const contents = outcome.maps[FLOWS]!;
  if (contents.type !== 'hash') return [];
  return contents.slots.filter((slot) => slot !== null).map(toFlow);
}

describe('the runs of the file', () => {
  it.each(RUNS)('$name counts nothing but what it expects', ({ scenario }) => {
    const expected = scenario.expect!.maps!.find(({ map }) => map === FLOWS)!;
    expect(flowsIn(interpret(scenario))).toEqual(expected.entries.map(toFlow));
  });

  it('reach every return code but that of a full table', () => {
    const reached = new Set(RUNS.map(({ scenario }) => scenario.expect!.exit!));
    expect([...reached].sort(byValue)).toEqual(CODES.filter((code) => code !== TABLE_FULL));
  });

  // One of the runs takes as many tail calls as Linux has.
  const enough = listProfiles().filter(({ tailCall }) => tailCall.limit >= profile.tailCall.limit);
  it.each(enough)('end alike under $name', (other) => {
    for (const { scenario } of RUNS) {
      const { ending, maps: contents } = interpret({ ...scenario, profile: other });
      expect({ ending, contents }).toEqual({
        ending: { kind: 'exit', r0: scenario.expect!.exit },
        contents: interpret(scenario).maps,
      });
    }
  });
});

function byValue(a: bigint, b: bigint): number {
  return Number(a - b);
}

describe('a slot that is emptied just before it is asked for', () => {
  it.each(RUNS)('$name', ({ scenario }) => {
    const { hops } = interpret(scenario);
    hops.forEach(({ index, target }, hop) => {
      if (target < 0) return;
      const emptied = { before: { hop }, map: JMP, index: Number(index), op: 'delete' } as const;
      const outcome = interpret({ ...scenario, schedule: [...scenario.schedule, emptied] });
      expect(codeOf(outcome)).toBe(index < 256n ? 11n : 13n);
      expect(outcome.tailCalls).toBe(hop);
      expect(flowsIn(outcome)).toEqual(flowsAfter(new Uint8Array(), undefined));
    });
  });
});

describe('limits', () => {
  const small = maps.map((map): MapDefinition => {
    return map.name === 'flows' ? { ...map, maxEntries: 1 } : map;
  });

  it('a full table takes no new flow', () => {
    const outcome = runPacket(packetNamed('tcp-ipv4'), { maps: small });
    expect(codeOf(outcome)).toBe(TABLE_FULL);
    expect(flowsIn(outcome)).toEqual(flowsAfter(packetNamed('tcp-ipv4'), undefined));
  });

  it('a full table goes on counting a flow that it has', () => {
    const packet = packetNamed('udp-ipv4');
    const outcome = runPacket(packet, { maps: small });
    expect(codeOf(outcome)).toBe(0n);
    expect(flowsIn(outcome)).toEqual(flowsAfter(packet, parsePacket(packet).key));
  });

  it('headers that end beyond 32 KiB are too deep', () => {
    const ip = packetNamed('tcp-ipv6').slice(0, 54);
    ip[NEXT_HEADER_AT] = 60;
    const options = (next: number) => {
      const header = new Uint8Array(2048);
      header.set([next, 255]);
      return header;
    };
    // biome-ignore format: table
    const inner: [protocol: number, packet: Uint8Array][] = [
      [4, packetNamed('tcp-ipv4').slice(14)], [6, packetNamed('tcp-ipv6').slice(54)], [17, packetNamed('udp-ipv6').slice(54)],
      [41, packetNamed('tcp-ipv6').slice(14)], [44, packetNamed('ipv6-first-fragment').slice(54)],
      [47, packetNamed('gre').slice(34)], [137, packetNamed('mpls').slice(14)],
    ];
    for (const [protocol, packet] of inner) {
      const under = (count: number) => {
        const headers = Array.from({ length: count }, (_, n) => {
          return options(n === count - 1 ? protocol : 60);
        });
        return concat(ip, ...headers, packet);
      };
      expect(codeOf(expectReference(under(15)))).toBe(0n);
      expect(codeOf(expectReference(under(16)))).toBe(14n);
    }
  });
});

function concat(...parts: readonly ArrayLike<number>[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)));
}

const ETHERTYPES = [0x0800, 0x86dd, 0x8100, 0x88a8, 0x8847, 0x8848, 0x0806];
// biome-ignore format: table
const TELLING_BYTES = [0, 1, 4, 6, 17, 41, 43, 44, 47, 60, 132, 137, 0x08, 0x40, 0x45, 0x46, 0x4f, 0x60, 0x81, 0x86, 0x88, 0xff];

/** A byte that means something to a parser, or any. */
const byte = fc.oneof(fc.constantFrom(...TELLING_BYTES), fc.integer({ min: 0, max: 255 }));
const sample = fc.constantFrom(...RUNS.map(({ scenario }) => scenario.run.packet!));
const offset = fc.oneof(
  { weight: 3, arbitrary: fc.nat({ max: 80 }) },
  { weight: 1, arbitrary: fc.nat({ max: 800 }) },
);

const noise = fc
  .tuple(fc.constantFrom(...ETHERTYPES), fc.array(byte, { maxLength: 200 }))
  .map(([ethertype, bytes]) => {
    return Uint8Array.from([...Array(12).fill(2), ethertype >> 8, ethertype & 255, ...bytes]);
  });
const anyBytes = fc.uint8Array({ maxLength: 120 });
const truncated = fc.tuple(sample, offset).map(([packet, end]) => packet.slice(0, end));
const overwritten = fc
  .tuple(sample, fc.array(fc.tuple(offset, byte), { minLength: 1, maxLength: 6 }))
  .map(([packet, edits]) => {
    const bytes = packet.slice();
    for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
    return bytes;
  });
/** The head of one packet with the tail of another: layers where they do not belong. */
const spliced = fc
  .tuple(sample, offset, sample, offset)
  .map(([head, end, tail, start]) => concat(head.slice(0, end), tail.slice(start)));
const anyPacket = fc.oneof(noise, anyBytes, truncated, overwritten, spliced);

/** Writes to the array while the packet is on its way: any program, in any slot that is used. */
const write: fc.Arbitrary<ScheduleEntry> = fc
  .record({
    hop: fc.nat({ max: 6 }),
    index: fc.constantFrom(4, 6, 17, 41, 47, 132, 256, 257, 258, 259, 260, 261),
    program: fc.integer({ min: -1, max: programs.length - 1 }),
  })
  .map(({ hop, index, program }) => {
    const place = { before: { hop }, map: JMP, index };
    return program < 0 ? { ...place, op: 'delete' } : { ...place, op: 'update', program };
  });

/** The outcome of a packet, which must be what the reference says. */
function expectReference(packet: Uint8Array): Outcome {
  const outcome = runPacket(packet);
  const { code, tailCalls, key } = parsePacket(packet);
  expect(outcome.ending).toEqual({ kind: 'exit', r0: BigInt(code) });
  expect(outcome.tailCalls).toBe(tailCalls);
  expect(flowsIn(outcome)).toEqual(flowsAfter(packet, key));
  return outcome;
}

/** The flows that there should be: the known one, and the one of the packet, if it has one. */
function flowsAfter(packet: Uint8Array, key: Uint8Array | undefined): Flow[] {
  const flows = (maps[FLOWS] as ValueMap).entries.map(toFlow);
  if (key === undefined) return flows;
  const text = formatHex(key);
  const known = flows.find((flow) => flow.key === text);
  const counted = {
    key: text,
    packets: (known?.packets ?? 0n) + 1n,
    bytes: (known?.bytes ?? 0n) + BigInt(packet.length),
  };
  return [...flows.filter((flow) => flow !== known), counted];
}

describe('any packet', () => {
  it.each(RUNS)('$name, cut anywhere', ({ scenario }) => {
    const { packet } = scenario.run;
    for (let end = 0; end <= Math.min(packet!.length, CUTS_MAX); end++) {
      expectReference(packet!.slice(0, end));
    }
  });

  it('of any protocol', () => {
    for (let protocol = 0; protocol < 256; protocol++) {
      for (const [name, at] of [
        ['tcp-ipv4', PROTOCOL_AT],
        ['tcp-ipv6', NEXT_HEADER_AT],
      ] as const) {
        const packet = packetNamed(name).slice();
        packet[at] = protocol;
        expectReference(packet);
      }
    }
  });

  it.each(RUNS)('$name, in GRE', ({ scenario }) => {
    const outer = packetNamed('gre').slice(0, 34);
    const carry = (flags: number, inner: Uint8Array) => {
      const fields = [0x8000, 0x2000, 0x1000].filter((flag) => (flags & flag) !== 0);
      const header = [flags >> 8, flags & 255, ...inner.slice(0, 2)];
      return concat(outer, header, Array(4 * fields.length).fill(0xa5), inner.slice(2));
    };
    const inner = scenario.run.packet!.slice(12);
    for (const flags of [0x0000, 0x8000, 0x2000, 0x1000, 0xb000, 0x00f8]) {
      expectReference(carry(flags, inner));
    }
    expectReference(carry(0, concat([0x88, 0x48, 0, 0, 1, 64], inner.slice(2))));
  });

  it.each(RUNS)('$name, under so many tags or labels that the tail calls end', ({ scenario }) => {
    const packet = scenario.run.packet!;
    const addresses = packetNamed('vlan').slice(0, 12);
    for (let count = 24; count <= 34; count++) {
      const tag = (n: number) => (n % 2 === 0 ? [0x81, 0x00, 0, n] : [0x88, 0xa8, 0, n]);
      const label = (n: number) => [0, n, n === count - 1 ? 1 : 0, 64];
      const stack = (layer: (n: number) => number[]) =>
        Array.from({ length: count }, (_, n) => layer(n)).flat();
      expectReference(concat(addresses, stack(tag), packet.slice(12)));
      expectReference(concat(addresses, [0x88, 0x47], stack(label), packet.slice(14)));
      expectReference(concat(addresses, [0x88, 0x48], stack(label), packet.slice(14)));
    }
  });

  it('is parsed as the reference parses it', () => {
    const reached = new Set<bigint>();
    const property = fc.property(anyPacket, (packet) => {
      reached.add(codeOf(expectReference(packet))!);
    });
    fc.assert(property, { seed: 2015, numRuns: 2000 });
    // All but a full table, a slot that was emptied, and SCTP.
    const unreachable = [TABLE_FULL, 13n, 29n];
    expect([...reached].sort(byValue)).toEqual(CODES.filter((code) => !unreachable.includes(code)));
  });

  it('never traps, whatever user space puts into the slots meanwhile', () => {
    const schedule = fc.array(write, { minLength: 1, maxLength: 4 });
    const property = fc.property(anyPacket, schedule, (packet, entries) => {
      const outcome = runPacket(packet, { schedule: entries });
      expect(outcome.ending).toEqual({ kind: 'exit', r0: codeOf(outcome) });
      expect(CODES).toContain(codeOf(outcome));
    });
    fc.assert(property, { seed: 2015, numRuns: 2000 });
  });
});

// A scenario as a case for the guest, and its reply as an outcome. What BPF_PROG_TEST_RUN cannot express is
// unsupported, with the reason: docs/linux.md.

import { assertNever } from '../../model/errors.ts';
import { bytesFromSlots, type Instruction } from '../../model/isa/instruction.ts';
import { encodeProgram, type Program } from '../../model/isa/program.ts';
import { linuxHelperName } from '../../model/isa/text/helper-names.ts';
import { contextFields, contextOverrides } from '../../model/scenario/context.ts';
import { MAY_GOTO_BUDGET } from '../../model/scenario/environment.ts';
import type { MapContents } from '../../model/scenario/outcome.ts';
import type { MapDefinition, Scenario, ScheduleEntry } from '../../model/scenario/scenario.ts';
import { kernelMapName } from '../../model/verifier/log/map-name.ts';
import {
  differingField,
  ETHERNET_BYTES,
  etherTypeOf,
  loadsPacket,
  SETTABLE,
  testPacket,
} from './kernel-context.ts';
import type { KernelOutcome } from './kernel-outcome.ts';
import {
  CaseWriter,
  FUNCTIONS_MAX,
  MAPS_MAX,
  PROGRAMS_MAX,
  ReplyReader,
  type TestRun,
} from './wire.ts';

/** BPF_PROG_TYPE_*. */
export const PROG_TYPES = { socket_filter: 1, sched_cls: 3, xdp: 6, ext: 28 } as const;
/** BPF_MAP_TYPE_*. */
export const MAP_TYPES = { hash: 1, array: 2, prog_array: 3, array_of_maps: 12 } as const;

export interface CaseSettings {
  readonly jit: boolean;
  readonly unprivileged?: boolean;
  /** 0 is fastest; with 1 a rejection says why; with 2 the log has the state at each instruction. */
  readonly logLevel?: 0 | 1 | 2;
  readonly logMax?: number;
}

const LOG_MAX = 4096;
/** A page less what the kernel keeps before and after a test packet. */
export const PACKET_MAX = 3520;
/** Helpers whose results are the kernel's own. */
const UNREPEATABLE = new Set([5, 7]);

/** Why a real kernel cannot run this scenario, or undefined. */
export function unsupportedReason(scenario: Scenario): string | undefined {
  return (
    inputReason(scenario) ??
    programsReason(scenario) ??
    valueReason(scenario) ??
    sizesReason(scenario)
  );
}

export type SlotEntry = Extract<ScheduleEntry, { op: 'update' | 'delete' }>;

/** Whether a case can do it: an update without flags, or a delete. */
export function isSlotWrite(entry: ScheduleEntry): entry is SlotEntry {
  return (entry.op === 'update' && (entry.flags ?? 0) === 0) || entry.op === 'delete';
}

function inputReason(scenario: Scenario): string | undefined {
  const { type, run, schedule } = scenario;
  if (type === 'raw') return 'Linux has no program type raw';
  if (run.helpers !== 'linux') return `Linux does not have the helpers of ${run.helpers}`;
  if (schedule.some(({ before }) => !('step' in before) || before.step !== 0)) {
    return 'a write during the run cannot be placed on a kernel (only before step 0)';
  }
  const other = schedule.find((entry) => !isSlotWrite(entry) || entry.withPrevious);
  if (other !== undefined) return `a case writes slots before its run, and does not ${other.op}`;
  const packet = testPacket(scenario);
  const least = type === 'socket_filter' ? 1 : ETHERNET_BYTES;
  if (packet.length < least) return `a test run wants a packet of at least ${least} bytes`;
  const most = PACKET_MAX - (type === 'socket_filter' ? ETHERNET_BYTES : 0);
  if (packet.length > most) return `a test run takes a packet of at most ${most} bytes`;
  const loader = scenario.programs.find(({ program }) => loadsPacket(program));
  if (packet !== run.packet && loader !== undefined) {
    return `a test run takes no empty packet, and ${loader.name} loads from it`;
  }
  const header = missingHeader({ ...scenario, type });
  if (header !== undefined) return header;
  const differs = differingField({ ...scenario, type });
  if (differs === undefined) return undefined;
  return `${differs.field} of the context is ${differs.value} in a test run, and a program may read it`;
}

/** Observed: a packet that says it is IP must have room for that header. */
const IP_HEADERS: readonly {
  readonly etherType: number;
  readonly bytes: number;
  readonly name: string;
}[] = [
  { etherType: 0x0800, bytes: 20, name: 'IPv4' },
  { etherType: 0x86dd, bytes: 40, name: 'IPv6' },
];

function missingHeader(scenario: Scenario): string | undefined {
  const { type } = scenario;
  if (type === 'xdp') return undefined;
  const packet = testPacket(scenario);
  const filter = type === 'socket_filter';
  const etherType = filter ? etherTypeOf(scenario) : (packet[12]! << 8) | packet[13]!;
  const payload = packet.length - (filter ? 0 : ETHERNET_BYTES);
  const header = IP_HEADERS.find((one) => one.etherType === etherType && payload < one.bytes);
  return header && `a test run refuses an ${header.name} packet without a whole header`;
}

function programsReason({ programs, run }: Scenario): string | undefined {
  for (const { name, program, attributes, traced, replaces } of programs) {
    if (attributes !== undefined || traced || replaces !== undefined) {
      return `${name} is no plain program: a case has no attributes, traced functions or extensions`;
    }
    for (const instruction of program.code) {
      const operation = instruction?.row.operation;
      if (operation?.family === 'may_goto' && run.mayGoto !== MAY_GOTO_BUDGET) {
        return `${name} has a may_goto, and the kernel's budget is ${MAY_GOTO_BUDGET}`;
      }
      const helper = operation?.family === 'call' && operation.op === 'CALL_HELPER';
      if (helper && UNREPEATABLE.has(instruction!.imm)) {
        return `${name} calls ${linuxHelperName(instruction!.imm)}, which gives the kernel's own`;
      }
    }
  }
  return undefined;
}

const VALUE_LOADS: ReadonlySet<string> = new Set(['LD_MAP_VALUE_FD', 'LD_MAP_VALUE_IDX']);

/** Observed: LD_IMM64 of a map's value is refused for arrays of several entries. */
function valueReason({ maps, programs }: Scenario): string | undefined {
  const many = (instruction: Instruction | undefined) => {
    const operation = instruction?.row.operation;
    if (operation?.family !== 'ld_imm64' || !VALUE_LOADS.has(operation.op)) return false;
    return (maps[instruction!.imm]?.maxEntries ?? 1) > 1;
  };
  const user = programs.find(({ program }) => program.code.some(many));
  return user && `${user.name} has the address of a value: Linux gives it of arrays of one entry`;
}

function sizesReason({ maps, programs }: Scenario): string | undefined {
  if (maps.length > MAPS_MAX) return `at most ${MAPS_MAX} maps fit in a case`;
  if (programs.length > PROGRAMS_MAX) return `at most ${PROGRAMS_MAX} programs fit in a case`;
  const many = programs.find(({ program }) => program.functions.length > FUNCTIONS_MAX);
  return many && `${many.name} has more than ${FUNCTIONS_MAX} functions`;
}

/** The case of a scenario for which there is no `unsupportedReason`. */
export function caseOf(scenario: Scenario, settings: CaseSettings): Uint8Array {
  const writer = new CaseWriter();
  writeObjects(writer, scenario, settings);
  for (const entry of scenario.schedule.filter(isSlotWrite)) {
    if (entry.op === 'update') writer.slotUpdate(entry.map, entry.index, entry.program);
    else writer.mapDelete(entry.map, u32Bytes(entry.index));
  }
  writer.run(testRun(scenario));
  for (let map = 0; map < scenario.maps.length; map++) writer.mapDump(map);
  return writer.finish();
}

/** Settings, maps and programs, and what is in the maps at the start. */
export function writeObjects(writer: CaseWriter, scenario: Scenario, settings: CaseSettings): void {
  writer.settings(settings.jit, settings.unprivileged ?? false);
  for (const map of scenario.maps) createMap(writer, map);
  for (const { program } of scenario.programs) {
    writer.progLoad({
      type: PROG_TYPES[scenario.type as keyof typeof PROG_TYPES],
      bytecode: bytesFromSlots(encodeProgram(program)),
      functions: functionsOf(program),
      logLevel: settings.logLevel ?? 0,
      logMax: settings.logMax ?? LOG_MAX,
    });
  }
  for (const [number, map] of scenario.maps.entries()) fillSlots(writer, map, number);
}

/** BTF is needed only where there are local functions. */
function functionsOf({ functions }: Program): readonly number[] {
  return functions.length > 1 ? functions : [];
}

function createMap(writer: CaseWriter, map: MapDefinition): void {
  const prog = map.type === 'prog_array';
  const number = writer.mapCreate({
    type: MAP_TYPES[map.type],
    keySize: prog ? 4 : map.keySize,
    valueSize: prog ? 4 : map.valueSize,
    maxEntries: map.maxEntries,
    name: kernelMapName(map.name),
  });
  if (!prog) for (const { key, value } of map.entries) writer.mapUpdate(number, key, value);
}

/** After the programs, which the slots name. */
function fillSlots(writer: CaseWriter, map: MapDefinition, number: number): void {
  if (map.type !== 'prog_array') return;
  for (const { index, program } of map.entries) writer.slotUpdate(number, index, program);
}

export function u32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

export function testRun(scenario: Scenario): TestRun {
  const { type, run } = scenario;
  const packet = testPacket(scenario);
  if (type === 'raw' || type === 'xdp') return { program: run.program, packet };
  const input = { program: run.program, packet: onWire(scenario, packet) };
  const overrides = contextOverrides(type, packet, run.context);
  const set = SETTABLE.filter((field) => overrides[field] !== undefined);
  if (set.length === 0) return input;
  const context = new Uint8Array(SK_BUFF_IN_BYTES);
  const view = new DataView(context.buffer);
  for (const field of set) view.setUint32(contextFields(type)[field]!, overrides[field]!, true);
  return { ...input, context };
}

/** As far as the fields that can be set reach: an older kernel refuses bytes that it does not know. */
const SK_BUFF_IN_BYTES = 68;

/** A socket filter sees what follows the Ethernet header; the kernel takes the protocol from that header. */
function onWire(scenario: Scenario, packet: Uint8Array): Uint8Array {
  if (scenario.type !== 'socket_filter') return packet;
  const framed = new Uint8Array(ETHERNET_BYTES + packet.length);
  new DataView(framed.buffer).setUint16(ETHERNET_BYTES - 2, etherTypeOf(scenario));
  framed.set(packet, ETHERNET_BYTES);
  return framed;
}

/** Reads the reply to a scenario's case. */
export function outcomeOf(scenario: Scenario, reply: Uint8Array): KernelOutcome {
  const reader = new ReplyReader(reply);
  const refused = readObjects(scenario, reader);
  const schedule = scenario.schedule.map(() => reader.status());
  const errno = reader.status();
  const ran = errno === 0 ? reader.ran() : undefined;
  const maps = scenario.maps.map((map) => readMap(map, reader));
  reader.end();
  if (refused !== undefined) return refused;
  if (ran === undefined) return { kind: 'refused', what: 'run', errno };
  return { kind: 'exit', retval: ran.retval, packet: packetAfter(scenario, ran), maps, schedule };
}

export type Refused = Extract<KernelOutcome, { kind: 'rejected' | 'refused' }>;

/** Reads what `writeObjects` gives. @returns what was refused, or undefined. */
export function readObjects(scenario: Scenario, reader: ReplyReader): Refused | undefined {
  reader.status();
  const refusals: { what: string; errno: number }[] = [];
  const check = (what: string) => {
    const errno = reader.status();
    if (errno !== 0) refusals.push({ what, errno });
  };
  for (const map of scenario.maps) {
    check(`map ${map.name}`);
    if (map.type !== 'prog_array') for (const _ of map.entries) check(`an entry of ${map.name}`);
  }
  const loads = scenario.programs.map(() => ({ errno: reader.status(), log: reader.log() }));
  for (const map of scenario.maps) {
    if (map.type === 'prog_array') for (const _ of map.entries) check(`a slot of ${map.name}`);
  }
  const rejected = loads.findIndex((load) => load.errno !== 0);
  // What is refused because a program is not there says nothing of its own.
  const [refusal] = refusals;
  if (rejected >= 0) return { kind: 'rejected', program: rejected, ...loads[rejected]! };
  return refusal && { kind: 'refused', ...refusal };
}

/** As the scenario has it: without the header of a socket filter's, and empty where it was so before. */
function packetAfter(scenario: Scenario, { packet }: { readonly packet: Uint8Array }): Uint8Array {
  if (testPacket(scenario) !== scenario.run.packet) return new Uint8Array();
  return scenario.type === 'socket_filter' ? packet.slice(ETHERNET_BYTES) : packet;
}

function readMap(map: MapDefinition, reader: ReplyReader): MapContents {
  reader.status();
  switch (map.type) {
    case 'array':
      return { type: 'array', values: reader.values(map.valueSize) };
    case 'hash':
      return { type: 'hash', slots: reader.entries(map.keySize, map.valueSize) };
    case 'prog_array':
      return { type: 'prog_array', slots: reader.slots() };
    default:
      return assertNever(map);
  }
}

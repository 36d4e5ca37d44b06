// The host's side of the wire format: operations of a case into bytes, and results out of a reply.
// docs/linux.md describes the format; the guest's side is guest/case.c.

import { InternalError, invariant } from '../../model/errors.ts';

/** Told in the guest's greeting. */
export const WIRE_VERSION = 3;

const OPERATIONS = {
  settings: 1,
  mapCreate: 2,
  progLoad: 3,
  mapUpdate: 4,
  slotUpdate: 5,
  mapDelete: 6,
  mapLookup: 7,
  mapNextKey: 8,
  mapFreeze: 9,
  mapDump: 10,
  run: 11,
  race: 12,
  mapLookupAndDelete: 13,
  attach: 14,
} as const;

const NONE = 0xffff_ffff;

/** Maps, programs and their limits in one case; guest/case.c. */
export const MAPS_MAX = 128;
export const PROGRAMS_MAX = 256;
export const FUNCTIONS_MAX = 320;
/** Attached extensions of one case. */
export const LINKS_MAX = 16;
/** Writes of a race, and return values that it tells apart. */
export const WRITES_MAX = 64;
export const RESULTS_MAX = 64;

export interface MapCreate {
  /** The kernel's number: `MAP_TYPES`. */
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags?: number;
  /** The map, by number, that maps in this map of maps are like. */
  readonly inner?: number;
  /** As the verifier's log calls it: BPF_OBJ_NAME_LEN. */
  readonly name?: string;
}

/** Bytes of a map's name, with a zero at its end. */
const NAME_BYTES = 16;

export interface ProgLoad {
  /** The kernel's number: `PROG_TYPES`. */
  readonly type: number;
  readonly expectedAttachType?: number;
  readonly flags?: number;
  /** 0: no log, 1: the verifier's log, 2: with the state at each instruction. */
  readonly logLevel?: number;
  /** Bytes; of a longer log the end is given. */
  readonly logMax?: number;
  /** Slots at which functions start; where there are any, BTF is made for them. */
  readonly functions?: readonly number[];
  /** BTF_FUNC_GLOBAL instead of BTF_FUNC_STATIC: the verifier checks each without its callers. */
  readonly globals?: boolean;
  /** What an extension replaces: a program, and which of its functions; that program has global ones. */
  readonly replaces?: { readonly program: number; readonly function: number };
  /** Little-endian slots; the imm of LD_IMM64 with a map is the map's number. */
  readonly bytecode: Uint8Array;
}

export interface TestRun {
  readonly program: number;
  /** How often the kernel runs it. */
  readonly repeat?: number;
  /** `struct __sk_buff` or `struct xdp_md`; empty for none. */
  readonly context?: Uint8Array;
  readonly packet: Uint8Array;
}

/** A write to a prog array by the second thread; without a program it empties the slot. */
export interface SlotWrite {
  readonly map: number;
  readonly index: number;
  readonly program?: number;
}

const FIRST_ROOM = 4096;
const EMPTY = new Uint8Array();

/** Writes one case. Maps and programs are numbered as they are created, also those that the kernel refuses. */
export class CaseWriter {
  private bytes = new Uint8Array(FIRST_ROOM);
  private view = new DataView(this.bytes.buffer);
  private used = 0;
  private maps = 0;
  private programs = 0;
  private links = 0;

  /** First of all: whether programs are compiled, and whether maps and programs are made without privilege. */
  settings(jit: boolean, unprivileged: boolean): void {
    this.u8(OPERATIONS.settings);
    this.u8(jit ? 1 : 0);
    this.u8(unprivileged ? 1 : 0);
  }

  /** @returns the map's number. */
  mapCreate(map: MapCreate): number {
    invariant(this.maps < MAPS_MAX, `a case has at most ${MAPS_MAX} maps`);
    this.u8(OPERATIONS.mapCreate);
    this.u32(map.type);
    this.u32(map.keySize);
    this.u32(map.valueSize);
    this.u32(map.maxEntries);
    this.u32(map.flags ?? 0);
    this.u32(map.inner ?? NONE);
    const name = new Uint8Array(NAME_BYTES);
    new TextEncoder().encodeInto(map.name ?? '', name.subarray(0, NAME_BYTES - 1));
    this.raw(name);
    return this.maps++;
  }

  /** @returns the program's number. */
  progLoad(load: ProgLoad): number {
    const functions = load.functions ?? [];
    invariant(this.programs < PROGRAMS_MAX, `a case has at most ${PROGRAMS_MAX} programs`);
    invariant(functions.length <= FUNCTIONS_MAX, `at most ${FUNCTIONS_MAX} functions`);
    this.u8(OPERATIONS.progLoad);
    this.u32(load.type);
    this.u32(load.expectedAttachType ?? 0);
    this.u32(load.flags ?? 0);
    this.u32(load.logLevel ?? 0);
    this.u32(load.logMax ?? 0);
    this.u32(load.replaces?.program ?? NONE);
    if (load.replaces !== undefined) this.u32(load.replaces.function);
    this.u32(load.globals ? 1 : 0);
    this.u32(functions.length);
    for (const slot of functions) this.u32(slot);
    this.u32(load.bytecode.length / 8);
    this.raw(load.bytecode);
    return this.programs++;
  }

  /** Key and value have the sizes that the map was made with. */
  mapUpdate(map: number, key: Uint8Array, value: Uint8Array, flags = 0n): void {
    this.u8(OPERATIONS.mapUpdate);
    this.u32(map);
    this.u64(flags);
    this.raw(key);
    this.raw(value);
  }

  slotUpdate(map: number, index: number, program: number, flags = 0n): void {
    this.u8(OPERATIONS.slotUpdate);
    this.u32(map);
    this.u64(flags);
    this.u32(index);
    this.u32(program);
  }

  mapDelete(map: number, key: Uint8Array): void {
    this.u8(OPERATIONS.mapDelete);
    this.u32(map);
    this.raw(key);
  }

  mapLookup(map: number, key: Uint8Array): void {
    this.u8(OPERATIONS.mapLookup);
    this.u32(map);
    this.raw(key);
  }

  mapLookupAndDelete(map: number, key: Uint8Array): void {
    this.u8(OPERATIONS.mapLookupAndDelete);
    this.u32(map);
    this.raw(key);
  }

  /** Without a key it asks for the first one. */
  mapNextKey(map: number, key?: Uint8Array): void {
    this.u8(OPERATIONS.mapNextKey);
    this.u32(map);
    this.u8(key === undefined ? 0 : 1);
    this.raw(key ?? EMPTY);
  }

  mapFreeze(map: number): void {
    this.u8(OPERATIONS.mapFreeze);
    this.u32(map);
  }

  /** Puts an extension in the place of what it replaces, until the case ends. */
  attach(program: number): void {
    invariant(this.links++ < LINKS_MAX, `a case attaches at most ${LINKS_MAX} extensions`);
    this.u8(OPERATIONS.attach);
    this.u32(program);
  }

  mapDump(map: number): void {
    this.u8(OPERATIONS.mapDump);
    this.u32(map);
  }

  run(run: TestRun): void {
    this.u8(OPERATIONS.run);
    this.input(run);
  }

  /** Runs a program `repeat` times while a second thread makes the writes over and over. */
  race(run: TestRun, writes: readonly SlotWrite[]): void {
    invariant(writes.length <= WRITES_MAX, `a race has at most ${WRITES_MAX} writes`);
    this.u8(OPERATIONS.race);
    this.input(run);
    this.u32(writes.length);
    for (const { map, index, program } of writes) {
      this.u32(map);
      this.u32(index);
      this.u8(program === undefined ? 0 : 1);
      if (program !== undefined) this.u32(program);
    }
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.used);
  }

  private input({ program, repeat, context, packet }: TestRun): void {
    this.u32(program);
    this.u32(repeat ?? 1);
    this.u32(context?.length ?? 0);
    this.raw(context ?? EMPTY);
    this.u32(packet.length);
    this.raw(packet);
  }

  private reserve(size: number): number {
    const at = this.used;
    this.used += size;
    if (this.used > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.used, 2 * this.bytes.length));
      larger.set(this.bytes);
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    return at;
  }

  private u8(value: number): void {
    const at = this.reserve(1);
    this.bytes[at] = value;
  }

  private u32(value: number): void {
    const at = this.reserve(4);
    this.view.setUint32(at, value, true);
  }

  private u64(value: bigint): void {
    const at = this.reserve(8);
    this.view.setBigUint64(at, value, true);
  }

  private raw(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.bytes.set(bytes, at);
  }
}

/** A message: cases, each with its size before it. */
export function messageOf(cases: readonly Uint8Array[]): Uint8Array {
  const size = cases.reduce((sum, { length }) => sum + 4 + length, 4);
  const bytes = new Uint8Array(4 + size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, size, true);
  view.setUint32(4, cases.length, true);
  let at = 8;
  for (const one of cases) {
    view.setUint32(at, one.length, true);
    bytes.set(one, at + 4);
    at += 4 + one.length;
  }
  return bytes;
}

const DECODER = new TextDecoder();

/** Reads the results of a case's operations, in the order in which they were written. */
export class ReplyReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: Uint8Array) {
    // A plain array: slices of a Buffer would keep all of it.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** What every operation gives first: 0 or an error number. */
  status(): number {
    return this.u32();
  }

  /** After the status of `progLoad`. */
  log(): string {
    return DECODER.decode(this.raw(this.u32()));
  }

  /** After the status 0 of `mapLookup`, `mapLookupAndDelete` or `mapNextKey`. */
  element(size: number): Uint8Array {
    return this.raw(size);
  }

  /** After the status of `mapDump` on an array. */
  values(valueSize: number): Uint8Array[] {
    return Array.from({ length: this.u32() }, () => this.raw(valueSize));
  }

  /** After the status of `mapDump` on a hash map, in the kernel's order. */
  entries(keySize: number, valueSize: number): { key: Uint8Array; value: Uint8Array }[] {
    return Array.from({ length: this.u32() }, () => ({
      key: this.raw(keySize),
      value: this.raw(valueSize),
    }));
  }

  /** After the status of `mapDump` on a prog array: program numbers by slot, -1 where it is empty. */
  slots(): number[] {
    return Array.from({ length: this.u32() }, () => {
      const program = this.u32();
      return program === NONE ? -1 : program;
    });
  }

  /** After the status 0 of `run`: the return value, unsigned 32 bits, and the packet afterwards. */
  ran(): { readonly retval: number; readonly packet: Uint8Array } {
    return { retval: this.u32(), packet: this.raw(this.u32()) };
  }

  /** After the status 0 of `race`: return values, and how often each came. */
  raced(): Map<number, number> {
    return new Map(Array.from({ length: this.u32() }, () => [this.u32(), this.u32()]));
  }

  /** @throws InternalError when something is left that was not asked for. */
  end(): void {
    invariant(this.at === this.bytes.length, 'a reply holds what its case asked for');
  }

  private u32(): number {
    this.need(4);
    const value = this.view.getUint32(this.at, true);
    this.at += 4;
    return value;
  }

  private raw(size: number): Uint8Array {
    this.need(size);
    this.at += size;
    return this.bytes.slice(this.at - size, this.at);
  }

  private need(size: number): void {
    if (this.at + size > this.bytes.length)
      throw new InternalError(
        `a reply ends after ${this.bytes.length} bytes, ${size} more were due`,
      );
  }
}

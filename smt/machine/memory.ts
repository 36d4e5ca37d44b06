// The regions of a run in one buffer, which is used again for the next run: docs/semantics.md, Memory.

import {
  contextRegion,
  frameRegion,
  mapRegions,
  PAGE_BYTES,
  POISON_BYTE,
  packetRegion,
  type Region,
  STACK_BYTES,
  STACK_FRAMES,
  valueStride,
} from '../../model/scenario/environment.ts';
import type { MapDefinition, Scenario } from '../../model/scenario/scenario.ts';

/** What `locate` gives instead of a place. */
export const BAD_ADDRESS = -1;
export const OUT_OF_BOUNDS = -2;

const CONTEXT = STACK_FRAMES;
const PACKET = CONTEXT + 1;
const FIRST_MAP = PACKET + 1;
const STACK_AREA = STACK_FRAMES * STACK_BYTES;
const ADDRESS_MAX = 0xffff_ffffn;
const PAGE_BITS = Math.log2(PAGE_BYTES);
const UNMAPPED = -1;

/** Bytes of a map's values, with the padding between them and after the last. */
export function valueBytes(map: MapDefinition): number {
  return map.type === 'prog_array' ? 0 : map.maxEntries * valueStride(map.valueSize);
}

/** Byte places are indices into `bytes`; addresses are those that programs see. */
export class Memory {
  bytes = new Uint8Array(1 << 18);
  view = new DataView(this.bytes.buffer);
  /** The current frame: deeper ones are not mapped. */
  depth = 0;
  /** Whether unset stack bytes are kept apart from others. */
  tracking = false;
  /** By place, for the stack's bytes: 1 where unset. */
  private readonly unset = new Uint8Array(STACK_AREA);
  /** The region of each page. */
  private readonly pages = new Int16Array(2 ** 32 / PAGE_BYTES).fill(UNMAPPED);
  private usedPages: Region[] = [];
  // By region: the first address, bytes, the first place; for maps also the stride and size of a value.
  private readonly base: number[] = [];
  private readonly size: number[] = [];
  private readonly start: number[] = [];
  private readonly stride: number[] = [];
  private readonly valueSize: number[] = [];

  constructor() {
    for (let frame = 0; frame < STACK_FRAMES; frame++) {
      this.place(frame, frameRegion(frame), frame * STACK_BYTES);
    }
    this.usedPages = [];
  }

  /** Lays out the regions of a scenario with their initial bytes; map values are zero. */
  reset(scenario: Scenario): void {
    const { context, packet, uninitialised } = scenario.run;
    for (const { windowStart, windowEnd } of this.usedPages) {
      this.pages.fill(UNMAPPED, windowStart >>> PAGE_BITS, windowEnd >>> PAGE_BITS);
    }
    this.usedPages = [];
    this.depth = 0;
    this.tracking = uninitialised === 'trap';
    this.base.length = this.size.length = this.start.length = FIRST_MAP;
    const regions = mapRegions(scenario.maps.map((map) => ({ valueBytes: valueBytes(map) })));
    this.reserve(
      regions.reduce(
        (sum, region) => sum + (region?.bytes ?? 0),
        STACK_AREA + context.length + (packet?.length ?? 0) + 16,
      ),
    );
    let end = this.put(CONTEXT, contextRegion(context.length), STACK_AREA, context);
    end = this.put(PACKET, packetRegion(packet?.length ?? 0), end, packet);
    regions.forEach((region, map) => {
      const definition = scenario.maps[map] as MapDefinition;
      if (region === undefined || definition.type === 'prog_array') return;
      this.place(FIRST_MAP + map, region, end);
      this.stride[FIRST_MAP + map] = valueStride(definition.valueSize);
      this.valueSize[FIRST_MAP + map] = definition.valueSize;
      this.bytes.fill(0, end, end + region.bytes);
      end += region.bytes;
    });
  }

  private reserve(total: number): void {
    if (total <= this.bytes.length) return;
    this.bytes = new Uint8Array(2 ** Math.ceil(Math.log2(total)));
    this.view = new DataView(this.bytes.buffer);
  }

  /** Maps the context or the packet, if there is one: a context without bytes is none. */
  private put(id: number, region: Region, start: number, bytes: Uint8Array | undefined): number {
    this.base[id] = region.base;
    this.size[id] = 0;
    this.start[id] = start;
    const isAbsent = bytes === undefined || (id === CONTEXT && bytes.length === 0);
    if (isAbsent) return start;
    this.place(id, region, start);
    this.bytes.set(bytes, start);
    return start + ((bytes.length + 7) & ~7);
  }

  private place(id: number, region: Region, start: number): void {
    this.base[id] = region.base;
    this.size[id] = region.bytes;
    this.start[id] = start;
    this.stride[id] = 0;
    this.valueSize[id] = 0;
    this.pages.fill(id, region.windowStart >>> PAGE_BITS, region.windowEnd >>> PAGE_BITS);
    this.usedPages.push(region);
  }

  /** The place of `length` bytes at a 64-bit address, or why there is none. */
  locate(address: bigint, length: number): number {
    if (address > ADDRESS_MAX) return BAD_ADDRESS;
    const at = Number(address);
    const id = this.pages[at >>> PAGE_BITS] as number;
    if (id === UNMAPPED || (id < STACK_FRAMES && id > this.depth)) return BAD_ADDRESS;
    const offset = at - (this.base[id] as number);
    if (offset < 0 || offset + length > (this.size[id] as number)) return OUT_OF_BOUNDS;
    const stride = this.stride[id] as number;
    if (stride !== 0 && (offset % stride) + length > (this.valueSize[id] as number)) {
      return OUT_OF_BOUNDS;
    }
    return (this.start[id] as number) + offset;
  }

  /** Whether every byte from a place is set; only stack bytes can be unset. */
  isSet(place: number, length: number): boolean {
    if (!this.tracking || place >= STACK_AREA) return true;
    for (let i = place; i < place + length; i++) if (this.unset[i] === 1) return false;
    return true;
  }

  /** Notes that the bytes from a place are written. */
  markSet(place: number, length: number): void {
    if (this.tracking && place < STACK_AREA) this.unset.fill(0, place, place + length);
  }

  /** Poisons the current frame. */
  poisonFrame(): void {
    const start = this.depth * STACK_BYTES;
    this.bytes.fill(POISON_BYTE, start, start + STACK_BYTES);
    if (this.tracking) this.unset.fill(1, start, start + STACK_BYTES);
  }

  /** A copy of the context's bytes. */
  context(): Uint8Array {
    return this.copyOf(CONTEXT);
  }
  /** A copy of the packet's bytes. */
  packet(): Uint8Array {
    return this.copyOf(PACKET);
  }
  /** The first place and the length of what packet loads read. */
  packetData(raw: boolean): { readonly place: number; readonly bytes: number } {
    const id = raw ? CONTEXT : PACKET;
    return { place: this.start[id] as number, bytes: this.size[id] as number };
  }
  /** Copies of the frames that are live. */
  frames(): Uint8Array[] {
    return Array.from({ length: this.depth + 1 }, (_, frame) => this.copyOf(frame));
  }
  /** The address of a map's first value. */
  mapBase(map: number): number {
    return this.base[FIRST_MAP + map] as number;
  }
  /** Bytes from one value of a map to the next. */
  mapStride(map: number): number {
    return this.stride[FIRST_MAP + map] as number;
  }
  /** The place of a map's value. */
  valuePlace(map: number, index: number): number {
    return (
      (this.start[FIRST_MAP + map] as number) + index * (this.stride[FIRST_MAP + map] as number)
    );
  }
  /** A copy of a map's value. */
  value(map: number, index: number): Uint8Array {
    const place = this.valuePlace(map, index);
    return this.bytes.slice(place, place + (this.valueSize[FIRST_MAP + map] as number));
  }

  private copyOf(id: number): Uint8Array {
    const start = this.start[id] as number;
    return this.bytes.slice(start, start + (this.size[id] as number));
  }
}

// The regions of a symbolic run: cells are terms of 8 bits at concrete offsets. An access at a symbolic
// offset is an ite over the offsets that it can have.

import { UnsupportedError } from '../../model/errors.ts';
import {
  contextRegion,
  frameRegion,
  mapRegions,
  POISON_BYTE,
  packetRegion,
  type Region,
  STACK_BYTES,
  valueStride,
} from '../../model/scenario/environment.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { valueBytes } from '../machine/memory.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  bv,
  bvsub,
  bvule,
  bvult,
  bvurem,
  concat,
  eq,
  extract,
  FALSE,
  implies,
  ite,
  not,
  TRUE,
} from '../terms/index.ts';
import type { Inputs } from './inputs.ts';
import type { Path } from './path.ts';

/** More offsets than this in one access make terms that no solver gets through. */
const OFFSETS_MAX = 4096;
const POISON = bv(8, BigInt(POISON_BYTE));

interface Place extends Region {
  readonly name: string;
  readonly cells: BvTerm[];
  /** By cell: whether it is set; only for the stack, where that is tracked. */
  readonly set: BoolTerm[] | undefined;
  /** Of a map's values; a region that is one piece is a single value. */
  readonly stride: number;
  readonly valueSize: number;
}

/** Bytes in a region: from a 64-bit offset, which is a constant where it is known. */
export interface Access {
  readonly place: Place;
  readonly offset: BvTerm;
  readonly length: number;
}

export type AccessFault = 'bad_address' | 'out_of_bounds';

const frameName = (frame: number) => `frame ${frame}`;
const mapPlaceName = (map: number) => `map ${map}`;

export class SymbolicMemory {
  /** The current frame: deeper ones are not mapped. */
  depth = 0;
  private readonly tracking: boolean;
  private readonly path: Path;
  /** Grows with the deepest frame. */
  private readonly frames: Place[] = [];
  private readonly others: Place[] = [];

  constructor(scenario: Scenario, inputs: Inputs, path: Path) {
    this.path = path;
    this.tracking = scenario.run.uninitialised === 'trap';
    this.frames.push(this.frame(0));
    const { context, packet } = scenario.run;
    if (context.length > 0) this.add('context', contextRegion(context.length), inputs.context);
    if (packet !== undefined) this.add('packet', packetRegion(packet.length), inputs.packet);
    const regions = mapRegions(scenario.maps.map((map) => ({ valueBytes: valueBytes(map) })));
    scenario.maps.forEach((map, index) => {
      const region = regions[index];
      if (map.type === 'prog_array' || region === undefined) return;
      const cells = inputs.mapCells[index] ?? [];
      const sizes = { stride: valueStride(map.valueSize), valueSize: map.valueSize };
      this.others.push({
        ...region,
        ...sizes,
        name: mapPlaceName(index),
        cells: [...cells],
        set: undefined,
      });
    });
  }

  private frame(frame: number): Place {
    const region = frameRegion(frame);
    const name = frameName(frame);
    const set = this.tracking ? new Array<BoolTerm>(STACK_BYTES).fill(FALSE) : undefined;
    const cells = new Array<BvTerm>(STACK_BYTES).fill(POISON);
    return { ...region, name, cells, set, stride: region.bytes, valueSize: region.bytes };
  }

  private add(name: string, region: Region, cells: readonly BvTerm[]): void {
    const whole = { stride: region.bytes, valueSize: region.bytes };
    this.others.push({ ...region, ...whole, name, cells: [...cells], set: undefined });
  }

  private mapped(): readonly Place[] {
    return [...this.frames.slice(0, this.depth + 1), ...this.others];
  }

  private placeNamed(name: string): Place | undefined {
    return this.others.find((place) => place.name === name);
  }

  /** The cells of the context, of the packet, of the live frames. */
  context(): readonly BvTerm[] {
    return this.placeNamed('context')?.cells ?? [];
  }
  packet(): readonly BvTerm[] {
    return this.placeNamed('packet')?.cells ?? [];
  }
  liveFrames(): readonly (readonly BvTerm[])[] {
    return this.frames.slice(0, this.depth + 1).map(({ cells }) => cells);
  }
  /** The cells of a map's value. */
  value(map: number, slot: number): readonly BvTerm[] {
    const place = this.placeNamed(mapPlaceName(map));
    if (place === undefined) return [];
    const start = slot * place.stride;
    return place.cells.slice(start, start + place.valueSize);
  }
  /** The address of a map's first value; 0 where it has none. */
  mapBase(map: number): number {
    return this.placeNamed(mapPlaceName(map))?.base ?? 0;
  }
  /** Bytes of the packet that packet loads read, or of a raw program's context. */
  packetAccess(raw: boolean, offset: BvTerm, length: number): Access | undefined {
    const place = this.placeNamed(raw ? 'context' : 'packet');
    return place === undefined ? undefined : { place, offset, length };
  }

  /** Goes one frame deeper. */
  enterFrame(): void {
    this.depth++;
    this.frames[this.depth] ??= this.frame(this.depth);
  }

  /** Poisons the current frame. */
  poisonFrame(): void {
    const { cells, set } = this.frames[this.depth] as Place;
    cells.fill(POISON);
    set?.fill(FALSE);
  }

  /** The bytes at a 64-bit address, or why there are none: one path for each region and fault. */
  locate(address: BvTerm, length: number): Access | AccessFault {
    const places = this.mapped();
    const owner = (at: bigint) => places.find((place) => isInWindow(place, at));
    const at = this.path.pick(address, (value) => {
      const place = owner(value);
      if (place === undefined) return and(...places.map((one) => not(inWindow(one, address))));
      const fits = inside(place, address, length);
      return isInside(place, value, length) ? fits : and(inWindow(place, address), not(fits));
    });
    const place = owner(at);
    if (place === undefined) return 'bad_address';
    if (!isInside(place, at, length)) return 'out_of_bounds';
    return { place, offset: bvsub(address, bv(64, BigInt(place.base))), length };
  }

  /** The cells of an access, in address order. */
  read({ place, offset, length }: Access): readonly BvTerm[] {
    if (offset.op === 'bv') {
      const start = Number(offset.value);
      return place.cells.slice(start, start + length);
    }
    const words = offsetsOf(place, length).map((start) => ({
      start,
      word: wordOf(place.cells.slice(start, start + length)),
    }));
    const word = words.reduceRight<BvTerm | undefined>(
      (rest, one) => (rest === undefined ? one.word : ite(isAt(offset, one.start), one.word, rest)),
      undefined,
    ) as BvTerm;
    return Array.from({ length }, (_, i) => extract(8 * i + 7, 8 * i, word));
  }

  /** Whether every byte of an access is set. */
  isSet({ place, offset, length }: Access): BoolTerm {
    const { set } = place;
    if (set === undefined) return TRUE;
    const allFrom = (start: number) => and(...set.slice(start, start + length));
    if (offset.op === 'bv') return allFrom(Number(offset.value));
    return and(
      ...offsetsOf(place, length).map((start) => implies(isAt(offset, start), allFrom(start))),
    );
  }

  /** Writes cells, in address order. */
  write({ place, offset }: Access, bytes: readonly BvTerm[]): void {
    if (offset.op === 'bv') {
      const start = Number(offset.value);
      bytes.forEach((byte, i) => {
        place.cells[start + i] = byte;
        if (place.set !== undefined) place.set[start + i] = TRUE;
      });
      return;
    }
    for (const start of offsetsOf(place, bytes.length)) {
      const here = isAt(offset, start);
      bytes.forEach((byte, i) => {
        place.cells[start + i] = ite(here, byte, place.cells[start + i] as BvTerm);
        if (place.set !== undefined) {
          place.set[start + i] = ite(here, TRUE, place.set[start + i] as BoolTerm);
        }
      });
    }
  }
}

const isAt = (offset: BvTerm, start: number) => eq(offset, bv(64, BigInt(start)));

/** The cells as one bit-vector, the first in the low bits, so that little-endian loads fold. */
function wordOf(cells: readonly BvTerm[]): BvTerm {
  return cells.reduce((low, cell) => concat(cell, low));
}

/** Where in a region an access can start. @throws UnsupportedError when that is in too many places. */
function offsetsOf({ bytes, stride, valueSize, name }: Place, length: number): number[] {
  const offsets: number[] = [];
  for (let start = 0; start < bytes; start += stride) {
    for (let at = 0; at + length <= valueSize; at++) offsets.push(start + at);
    if (offsets.length > OFFSETS_MAX) {
      throw new UnsupportedError(`a symbolic offset into ${name} of ${bytes} bytes`);
    }
  }
  return offsets;
}

function isInWindow({ windowStart, windowEnd }: Region, at: bigint): boolean {
  return at >= BigInt(windowStart) && at < BigInt(windowEnd);
}

function inWindow({ windowStart, windowEnd }: Region, address: BvTerm): BoolTerm {
  const distance = bvsub(address, bv(64, BigInt(windowStart)));
  return bvult(distance, bv(64, BigInt(windowEnd - windowStart)));
}

function isInside(place: Place, at: bigint, length: number): boolean {
  const offset = at - BigInt(place.base);
  if (offset < 0n || offset >= BigInt(place.bytes)) return false;
  return (offset % BigInt(place.stride)) + BigInt(length) <= BigInt(place.valueSize);
}

function inside(place: Place, address: BvTerm, length: number): BoolTerm {
  const { base, bytes, stride, valueSize } = place;
  if (valueSize < length) return FALSE;
  const offset = bvsub(address, bv(64, BigInt(base)));
  const last = bv(64, BigInt(valueSize - length));
  if (bytes === stride) return bvule(offset, last);
  const inRegion = bvult(offset, bv(64, BigInt(bytes)));
  return and(inRegion, bvule(bvurem(offset, bv(64, BigInt(stride))), last));
}

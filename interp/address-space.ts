// The flat 64-bit address space: regions in windows (docs/semantics.md, Memory), all backed by one buffer,
// so that an access is one table look-up, one range check and one place in one view.

import {
  frameRegion,
  PAGE_BYTES,
  type Region,
  STACK_BYTES,
  STACK_FRAMES,
} from '../model/scenario/environment.ts';
import { HIGH, LOW } from './registers.ts';

/** Results of `locate` that are not places. */
export const BAD_ADDRESS = -1;
export const OUT_OF_BOUNDS = -2;

const PAGE_SHIFT = Math.log2(PAGE_BYTES);
const PAGE_COUNT = 2 ** (32 - PAGE_SHIFT);
const ADDRESS_END = 2 ** 32;
/** The frames stand first in the backing buffer, one behind the other. */
const STACK_AREA = STACK_FRAMES * STACK_BYTES;
/** Enough for the stack, a context and a packet; grows for larger scenarios. */
const INITIAL_BYTES = STACK_AREA + 8 * 1024;

/** A region as it is backed. */
interface Mapping {
  readonly region: Region;
  /** Place of the first byte in the backing buffer. */
  readonly at: number;
  /** Distance between map values, or 0 where the region is one object. */
  readonly stride: number;
  /** Bytes of one map value. */
  readonly valueSize: number;
}

export class AddressSpace {
  bytes = new Uint8Array(INITIAL_BYTES);
  view = new DataView(this.bytes.buffer);
  private used = STACK_AREA;
  /** Mapping n is frame n, up to the last frame; the others follow. */
  private readonly mappings: Mapping[] = Array.from({ length: STACK_FRAMES }, (_, frame) => ({
    region: frameRegion(frame),
    at: frame * STACK_BYTES,
    stride: 0,
    valueSize: 0,
  }));
  /** By page: 0, or 1 + the number of the mapping whose window the page belongs to. */
  private readonly pages = new Uint16Array(PAGE_COUNT);

  /** Hides all frames but the first and forgets every other region. */
  reset(depth: number): void {
    for (let frame = 1; frame <= depth; frame++) this.hide(frame);
    this.show(0);
    for (const { region } of this.mappings.splice(STACK_FRAMES)) this.setPages(region, 0);
    this.used = STACK_AREA;
  }

  /** Backs a region with zero bytes and maps it. @returns the number of the mapping. */
  add(region: Region, stride = 0, valueSize = 0): number {
    const at = this.used;
    this.used = at + ((region.bytes + 7) & ~7);
    this.reserve(this.used);
    this.bytes.fill(0, at, this.used);
    this.mappings.push({ region, at, stride, valueSize });
    const mapping = this.mappings.length - 1;
    this.show(mapping);
    return mapping;
  }

  /** Makes a mapping's window accessible. */
  show(mapping: number): void {
    this.setPages(this.mappings[mapping]!.region, mapping + 1);
  }

  /** Makes a mapping's window inaccessible; its bytes stay. */
  hide(mapping: number): void {
    this.setPages(this.mappings[mapping]!.region, 0);
  }

  /** Where a mapping's bytes start in the backing buffer. */
  placeOf(mapping: number): number {
    return this.mappings[mapping]!.at;
  }

  /** The bytes of a mapping: a view, not a copy. */
  bytesOf(mapping: number): Uint8Array {
    const { at, region } = this.mappings[mapping]!;
    return this.bytes.subarray(at, at + region.bytes);
  }

  /**
   * The place in the backing view of an access of `size` bytes at a register plus `offset`, or `BAD_ADDRESS`,
   * or `OUT_OF_BOUNDS`. Works on halves: a sum that leaves 64 bits wraps.
   */
  locate(halves: Uint32Array, register: number, offset: number, size: number): number {
    const high = halves[2 * register + HIGH]!;
    let address = halves[2 * register + LOW]! + offset;
    if (high !== 0) {
      if (high !== 0xffff_ffff || address < ADDRESS_END) return BAD_ADDRESS;
      address -= ADDRESS_END;
    }
    return this.locateAt(address, size);
  }

  /** The same for an address that is known as a number. */
  locateAt(address: number, size: number): number {
    if (address < 0 || address >= ADDRESS_END) return BAD_ADDRESS;
    const page = this.pages[address >>> PAGE_SHIFT]!;
    if (page === 0) return BAD_ADDRESS;
    const { region, at, stride, valueSize } = this.mappings[page - 1]!;
    const relative = address - region.base;
    if (relative < 0 || relative + size > region.bytes) return OUT_OF_BOUNDS;
    if (stride !== 0 && (relative % stride) + size > valueSize) return OUT_OF_BOUNDS;
    return at + relative;
  }

  private setPages(region: Region, value: number): void {
    const first = region.windowStart >>> PAGE_SHIFT;
    const end = Math.ceil(region.windowEnd / PAGE_BYTES);
    for (let page = first; page < end; page++) this.pages[page] = value;
  }

  private reserve(size: number): void {
    if (size <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(size, 2 * this.bytes.length));
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

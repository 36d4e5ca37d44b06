// Whether what a run holds before an instruction lies in a state of the verifier: every register, and every byte of
// the stack of all frames that the program has.

import type { Machine } from '../../../interp/index.ts';
import {
  CONTEXT_BASE,
  frameBase,
  mapHandle,
  mapRegions,
  PACKET_BASE,
  STACK_BYTES,
  valueStride,
} from '../../../model/scenario/environment.ts';
import type { MapDefinition, Scenario } from '../../../model/scenario/scenario.ts';
import type { ScalarDomain } from '../../../model/verifier/scalars.ts';
import type { Frame } from '../../../model/verifier/state/frame.ts';
import type { Register } from '../../../model/verifier/state/register.ts';
import { BYTE, byteKind, SLOT_SIZE, type StackSlot } from '../../../model/verifier/state/slot.ts';
import type { State } from '../../../model/verifier/state/state.ts';

/** The first thing that does not lie in a state. */
export interface Outside {
  /** `R3` or `fp-16`, with the frame where it is not the running one's. */
  readonly what: string;
  readonly frame: number;
  /** Unsigned 64 bits; of a stack slot its 8 bytes, little endian. */
  readonly value: bigint;
  readonly why: string;
}

const FRAME_POINTER = 10;
const FIRST_SAVED = 6;
const WORD = 2n ** 64n;
const SIGN = 2n ** 63n;

interface MapPlace {
  readonly base: bigint;
  readonly stride: bigint;
  readonly entries: bigint;
}

/** Looks at runs of one scenario. */
export class Membership {
  private readonly domain: ScalarDomain;
  private readonly maps: readonly (MapPlace | undefined)[];
  private readonly packetEnd: bigint;
  /** What the ids of the state that is looked at stand for so far. */
  private readonly ids = new Map<number, bigint>();
  private readonly cutSpills = new WeakMap<StackSlot, Register>();

  constructor(scenario: Scenario, domain: ScalarDomain) {
    this.domain = domain;
    this.maps = mapPlaces(scenario.maps);
    this.packetEnd = BigInt(PACKET_BASE + (scenario.run.packet?.length ?? 0));
  }

  /** What of the machine is outside of the state; undefined where all of it lies inside. */
  outside(machine: Machine, state: State): Outside | undefined {
    const { depth, frames: running } = machine;
    const base = depth - running[depth]!.level;
    const level = depth - base;
    if (state.frames.length !== level + 1) return wrongDepth(level, state);
    this.ids.clear();
    for (let number = 0; number <= level; number++) {
      const frame = state.frames[number]!;
      const found =
        this.registersOutside(machine, frame, base, number === level) ??
        this.stackOutside(machine, frame, base);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private registersOutside(
    machine: Machine,
    frame: Frame,
    base: number,
    isRunning: boolean,
  ): Outside | undefined {
    const held = isRunning ? machine.r : machine.frames[base + frame.number + 1]!.saved;
    const first = isRunning ? 0 : FIRST_SAVED;
    for (let register = first; register < FRAME_POINTER; register++) {
      const value = held[register]!;
      const why = this.registerOutside(frame.registers[register]!, value, base);
      if (why !== undefined) return { what: `R${register}`, frame: frame.number, value, why };
    }
    return undefined;
  }

  private stackOutside(machine: Machine, frame: Frame, base: number): Outside | undefined {
    const { space } = machine;
    const end = space.placeOf(base + frame.number) + STACK_BYTES;
    for (let slot = 0; slot < frame.slots.length; slot++) {
      const at = end - SLOT_SIZE * (slot + 1);
      const value = space.view.getBigUint64(at, true);
      const why = this.slotOutside(frame.slots[slot]!, value, base);
      if (why !== undefined) {
        return { what: `fp-${SLOT_SIZE * (slot + 1)}`, frame: frame.number, value, why };
      }
    }
    return undefined;
  }

  private slotOutside(slot: StackSlot, value: bigint, base: number): string | undefined {
    for (let at = 0; at < SLOT_SIZE; at++) {
      if (byteKind(slot.bytes, at) !== BYTE.zero) continue;
      if (((value >> BigInt(8 * at)) & 0xffn) !== 0n) return `byte ${at} is not 0`;
    }
    if (slot.spilled === undefined) return undefined;
    const size = spilledBytes(slot);
    return this.registerOutside(
      this.lowestBytes(slot, size),
      BigInt.asUintN(8 * size, value),
      base,
    );
  }

  /** A stored register as far as it is in the slot: the register is kept as a whole. */
  private lowestBytes(slot: StackSlot, size: number): Register {
    const spilled = slot.spilled!;
    if (size === SLOT_SIZE) return spilled;
    let cut = this.cutSpills.get(slot);
    if (cut === undefined) {
      const mask = this.domain.constant((1n << BigInt(8 * size)) - 1n);
      cut = spilled.with({ value: this.domain.alu('and', 64, spilled.value, mask) });
      this.cutSpills.set(slot, cut);
    }
    return cut;
  }

  private registerOutside(register: Register, value: bigint, base: number): string | undefined {
    if (register.type === 'not_init') return undefined;
    if (register.type === 'map_value_or_null' && value === 0n) return undefined;
    const origin = this.originOf(register, value, base);
    if (origin === undefined) return `is no ${register.type}`;
    const offset = BigInt.asUintN(64, value - origin - BigInt(pointerOffset(register)));
    if (!this.domain.contains(register.value, offset)) {
      return register.type === 'scalar' ? 'is not among the numbers' : 'is off the offsets';
    }
    if (register.type === 'pkt' && !this.rangeHolds(register, offset)) {
      return 'has less bytes of packet than were checked';
    }
    return register.id === 0 || this.idHolds(register, value) ? undefined : 'breaks its id';
  }

  /** What an offset counts from; undefined where the value can be no such pointer. */
  private originOf(register: Register, value: bigint, base: number): bigint | undefined {
    switch (register.type) {
      case 'scalar':
        return 0n;
      case 'ctx':
        return BigInt(CONTEXT_BASE);
      case 'fp':
        return BigInt(frameBase(base + register.frame) + STACK_BYTES);
      case 'map_ptr':
        return mapHandle(register.map);
      case 'map_value':
      case 'map_value_or_null':
        return this.elementOf(register, value);
      case 'pkt':
      case 'pkt_meta':
        return BigInt(PACKET_BASE);
      case 'pkt_end':
        return this.packetEnd;
      default:
        return undefined;
    }
  }

  /** The start of the element that the pointer belongs to, if its offset is one that the state allows. */
  private elementOf(register: Register, value: bigint): bigint | undefined {
    const place = this.maps[register.map];
    if (place === undefined) return undefined;
    for (let entry = 0n; entry < place.entries; entry++) {
      const start = place.base + entry * place.stride;
      const offset = BigInt.asUintN(64, value - start - BigInt(register.off));
      if (this.domain.contains(register.value, offset)) return start;
    }
    return undefined;
  }

  /** The packet has as many bytes from the pointer's origin on as were checked. */
  private rangeHolds(register: Register, offset: bigint): boolean {
    if (register.range <= 0) return true;
    const origin = BigInt(PACKET_BASE) + signed(offset);
    return origin + BigInt(register.range) <= this.packetEnd;
  }

  /** Registers with one id are one number, or one pointer's origin. */
  private idHolds(register: Register, value: bigint): boolean {
    const delta = register.type === 'scalar' && !register.addsConstant ? 0 : register.off;
    const shared = BigInt.asUintN(64, value - BigInt(delta));
    const known = this.ids.get(register.id);
    if (known !== undefined) return known === shared;
    this.ids.set(register.id, shared);
    return true;
  }
}

function pointerOffset({ type, off }: Register): number {
  return type === 'scalar' ? 0 : off;
}

function spilledBytes({ bytes }: StackSlot): number {
  let size = 0;
  while (size < SLOT_SIZE && byteKind(bytes, size) === BYTE.spill) size++;
  return size;
}

function wrongDepth(level: number, { frames }: State): Outside {
  return {
    what: 'frames',
    frame: level,
    value: BigInt(level + 1),
    why: `the state has ${frames.length}`,
  };
}

function signed(word: bigint): bigint {
  return word >= SIGN ? word - WORD : word;
}

function mapPlaces(maps: readonly MapDefinition[]): (MapPlace | undefined)[] {
  const regions = mapRegions(
    maps.map((map) => ({
      valueBytes: map.type === 'prog_array' ? 0 : map.maxEntries * valueStride(map.valueSize),
    })),
  );
  return maps.map((map, index) => {
    const region = regions[index];
    if (map.type === 'prog_array' || region === undefined) return undefined;
    return {
      base: BigInt(region.base),
      stride: BigInt(valueStride(map.valueSize)),
      entries: BigInt(map.maxEntries),
    };
  });
}

// What user space does: docs/semantics.md, User space. Each operation gives 0, or its error number and, but for
// ownership, has no effect.

import type { ScheduleEntry, UserOperation } from '../../model/scenario/scenario.ts';
import type { UserStates } from '../semantics/user-space.ts';
import type { ValuesOf } from './records.ts';
import { NONE, type ObjectStore } from './objects.ts';

const EMPTY = -1;
const DONE = 0;
const DEFAULT_SIZE = 4n;

/** An operation's own fields. */
type Of<Op extends UserOperation['op']> = Extract<UserOperation, { readonly op: Op }>;
type ArrayOp = 'freeze' | 'inner' | 'pin' | 'unpin' | 'close_map';
type SlotState = ValuesOf<UserStates['update'] & UserStates['delete']>;

export class UserSpace {
  private readonly objects: ObjectStore;
  /** What updates and deletes look at, filled anew for each: they are the operations that are frequent. */
  private readonly slot: SlotState = {
    reachable: false,
    frozen: false,
    readOnly: false,
    flags: 0n,
    index: 0n,
    maxEntries: 0n,
    held: false,
    compatible: true,
    extended: false,
    empty: false,
  };

  constructor(objects: ObjectStore) {
    this.objects = objects;
  }

  /** Does what a schedule entry says: gives 0, or the error number. */
  readonly perform = (entry: ScheduleEntry): number => {
    switch (entry.op) {
      case 'update':
        return this.update(entry);
      case 'delete':
        return this.delete(entry);
      case 'create':
        return this.create(entry);
      case 'load':
        return this.load(entry.program);
      case 'attach':
        return this.attach(entry.program);
      case 'detach':
        return this.detach(entry.program);
      case 'close_program':
        return this.closeProgram(entry.program);
      default:
        return this.changeArray(entry);
    }
  };

  private lookAtSlot(map: number, index: number): SlotState {
    const { slot, objects } = this;
    const { frozen, readOnly } = objects.array(map);
    slot.reachable = objects.isReachable(map);
    slot.frozen = frozen;
    slot.readOnly = readOnly;
    slot.index = BigInt(index);
    slot.maxEntries = BigInt(objects.slots.progArray(map).length);
    return slot;
  }

  private update({ map, index, program, flags = 0 }: Of<'update'>): number {
    const { objects } = this;
    const { errno } = objects.meaning;
    const state = this.lookAtSlot(map, index);
    state.flags = BigInt(flags);
    state.held = objects.isHeld(program);
    state.compatible = true;
    state.extended = false;
    // The owner is looked at, and may be made, only where nothing before it fails.
    if (errno('update', state) === DONE) {
      state.compatible = objects.meet(map, program, 'insertion');
      state.extended = objects.isExtended(program);
    }
    const result = errno('update', state);
    if (result === DONE) objects.writeSlot(map, index, program);
    return result;
  }

  private delete({ map, index }: Of<'delete'>): number {
    const { objects } = this;
    const state = this.lookAtSlot(map, index);
    state.empty = objects.slots.progArray(map)[index] === EMPTY;
    const result = objects.meaning.errno('delete', state);
    if (result === DONE) objects.writeSlot(map, index, EMPTY);
    return result;
  }

  private create({ map, keySize, valueSize, flags = 0 }: Of<'create'>): number {
    const result = this.objects.meaning.errno('create', {
      absent: this.objects.array(map).absent,
      keySize: keySize === undefined ? DEFAULT_SIZE : BigInt(keySize),
      valueSize: valueSize === undefined ? DEFAULT_SIZE : BigInt(valueSize),
      flags: BigInt(flags),
    });
    if (result === DONE) this.objects.arrayEvent(map, 'create', BigInt(flags));
    return result;
  }

  /** The operations whose state is that of the array alone. */
  private changeArray({ op, map }: { readonly op: ArrayOp; readonly map: number }): number {
    const { objects } = this;
    const { descriptor, frozen, readOnly, pinned } = objects.array(map);
    const state = {
      reachable: objects.isReachable(map),
      descriptor,
      frozen,
      readOnly,
      pinned,
    };
    const result = objects.meaning.errno(op, state);
    if (result === DONE && op !== 'inner') objects.arrayEvent(map, op);
    return result;
  }

  private load(program: number): number {
    const { objects } = this;
    const { errno } = objects.meaning;
    const target = objects.targetOf(program);
    const uses = objects.usesOf(program);
    const state = {
      absent: objects.program(program).absent,
      arraysReachable: uses.every((map) => objects.isReachable(map)),
      extension: target !== NONE,
      targetHeld: target !== NONE && objects.isHeld(target),
      compatible: true,
    };
    if (errno('load', state) === DONE) {
      state.compatible = uses.every((map) => objects.meet(map, program, 'load'));
    }
    const result = errno('load', state);
    if (result === DONE) objects.addProgram(program);
    return result;
  }

  private attach(program: number): number {
    const { objects } = this;
    const { replaces } = objects.scenario.programs[program] ?? {};
    const isReplaced =
      replaces !== undefined && objects.replacement(replaces.program, replaces.slot) !== NONE;
    const result = objects.meaning.errno('attach', {
      held: objects.isHeld(program),
      extension: replaces !== undefined,
      replaced: isReplaced,
      targetInSlot: replaces !== undefined && objects.isInSlot(replaces.program),
    });
    if (result === DONE) objects.programEvent(program, 'attach');
    return result;
  }

  private detach(program: number): number {
    const { objects } = this;
    const { attached } = objects.program(program);
    const result = objects.meaning.errno('detach', { held: objects.isHeld(program), attached });
    if (result === DONE) objects.programEvent(program, 'detach');
    return result;
  }

  private closeProgram(program: number): number {
    const { objects } = this;
    const result = objects.meaning.errno('close_program', { held: objects.isHeld(program) });
    if (result === DONE) objects.programEvent(program, 'close_program');
    return result;
  }
}

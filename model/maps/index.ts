// Maps as user space sees them. Engines keep their own memory for values and use the slot operations.

export { type Answer, ERRNO, type Errno, errnoName, type Status } from './errno.ts';
export { BPF_ANY, BPF_EXIST, BPF_NOEXIST } from './flags.ts';
export {
  createMap,
  deleteElement,
  freeze,
  getNextKey,
  lookup,
  lookupAndDelete,
  type MapAttributes,
  type MapState,
  numberedPrograms,
  type ProgramHandles,
  update,
} from './map.ts';
export {
  CREATE_FLAGS,
  EMPTY_SLOT,
  type ProgSlots,
  progArrayDelete,
  progArrayLookup,
  progArrayUpdate,
} from './prog-array.ts';

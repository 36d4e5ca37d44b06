// Maps as user space sees them, and prog arrays as objects beside the programs that they hold and that use them.

export {
  type Associate,
  COMPAT_RULES,
  type CompatRule,
} from './compatibility.ts';
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
  type KernelArray,
  type KernelProgram,
  OBJECT_RULES,
  type ObjectRules,
  ObjectWorld,
  type StartProblem,
  startProblem,
} from './objects.ts';
export {
  OPERATION_RULES,
  type OperationRule,
  type OperationRules,
  type Refusal,
} from './operations.ts';
export {
  CREATE_FLAGS,
  EMPTY_SLOT,
  type ProgSlots,
  progArrayDelete,
  progArrayLookup,
  progArrayUpdate,
} from './prog-array.ts';

// How scenario files call what a scenario says of objects: programs' attributes, and what user space does.

import type { ProgramAttributes, UserOperation } from './scenario.ts';

/** The attributes of a program, and how files call them. */
export const ATTRIBUTE_KEYS = {
  type: 'type',
  jited: 'jited',
  xdpHasFrags: 'xdp_has_frags',
  expectedAttachType: 'expected_attach_type',
  attachFuncProto: 'attach_func_proto',
  sleepable: 'sleepable',
  cgroupStorage: 'cgroup_storage',
  kprobeOverride: 'kprobe_override',
  devBound: 'dev_bound',
} as const satisfies Record<keyof ProgramAttributes, string>;

/** What user space does, by the key that names the array or program, and the other keys that it takes. */
export const OPERATION_KEYS = {
  update: { needs: ['index', 'program'], may: ['flags', 'with_previous'] },
  delete: { needs: ['index'], may: [] },
  freeze: { needs: [], may: [] },
  create: { needs: [], may: ['key_size', 'value_size', 'map_flags'] },
  inner: { needs: [], may: [] },
  pin: { needs: [], may: [] },
  unpin: { needs: [], may: [] },
  close: { needs: [], may: [] },
  load: { needs: [], may: ['with_previous'] },
  attach: { needs: [], may: [] },
  detach: { needs: [], may: [] },
} as const satisfies Record<string, { needs: readonly string[]; may: readonly string[] }>;
export type OperationKey = keyof typeof OPERATION_KEYS;

/** How files call an operation: there is one key for closing, whatever is closed. */
export function operationKey({ op }: UserOperation): OperationKey {
  return op === 'close_map' || op === 'close_program' ? 'close' : op;
}

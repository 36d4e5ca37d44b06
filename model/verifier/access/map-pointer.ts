// A map itself, as the kernel's structure that a program may look into.

import type { Access } from '../parts.ts';
import type { Verification } from '../verification.ts';

/** The structure that a map of a type is. */
const STRUCTURES = { array: 'bpf_array', hash: 'bpf_htab', prog_array: 'bpf_array' } as const;

/**
 * Refuses what is not a load by a program with privileges (`check_ptr_to_map_access`). Loads depend on the layout of
 * the kernel's structures, which is not modelled. @param value see `MemoryPart.access`.
 */
export function accessMapPointer(
  v: Verification,
  register: number,
  offset: number,
  access: Access,
  value: number,
): void {
  const { map } = v.frame.registers[register]!;
  const structure = STRUCTURES[v.subject.maps[map]!.type];
  if (!v.subject.privileged) {
    const name = v.rules.quotesStructures ? `'struct ${structure}'` : structure;
    v.reject('EPERM', `${name} access is allowed only to CAP_PERFMON and CAP_SYS_ADMIN`);
  }
  if (offset < 0) {
    v.reject('EACCES', `R${register} is ${structure} invalid negative access: off=${offset}`);
  }
  if (access === 'write') v.reject('EACCES', `only read from ${structure} is supported`);
  // An atomic operation looks before it writes, and is refused then.
  if (value >= 0) v.unsupported(`loads from struct ${structure}`);
}

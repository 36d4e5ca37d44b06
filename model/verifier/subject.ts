// What is verified: one program, and what loading it depends on.

import type { Program } from '../isa/program.ts';
import type { ProgramType } from '../scenario/context.ts';
import type { MapDefinition } from '../scenario/scenario.ts';

export interface Subject {
  readonly program: Program;
  readonly type: ProgramType;
  /** A map's number in programs is its place here. */
  readonly maps: readonly MapDefinition[];
  /** Loaded with CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN, or with none of them. */
  readonly privileged: boolean;
  /** Whether the loaded program is compiled, as `net.core.bpf_jit_enable` says. */
  readonly jited: boolean;
  /** Whether BTF says of each subprogram that it is static and returns an int. */
  readonly btf: boolean;
}

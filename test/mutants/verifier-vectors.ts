// Programs that Linux 6.12 refuses, with what it says: each observed on a guest. For planted faults of the verifier that
// no run shows, because what they let through is harmless on the modelled machine, or rare.

import { createProgram } from '../../model/isa/program.ts';
import { assemble } from '../../model/isa/text/assemble.ts';
import type { ProgramType } from '../../model/scenario/context.ts';
import type { MapDefinition } from '../../model/scenario/scenario.ts';
import { type Parts, type VerifierRules, verify } from '../../model/verifier/index.ts';

export interface RefusedProgram {
  readonly name: string;
  readonly type: ProgramType;
  readonly privileged: boolean;
  readonly text: string;
  readonly message: string;
}

const MAPS: readonly MapDefinition[] = [
  { name: 'jmp', type: 'prog_array', maxEntries: 4, entries: [] },
  { name: 'one', type: 'array', keySize: 4, valueSize: 8, maxEntries: 1, entries: [] },
  { name: 'hash', type: 'hash', keySize: 4, valueSize: 8, maxEntries: 16, entries: [] },
];

/** Functions that each call the next. */
function chain(functions: number): string {
  const bodies = Array.from({ length: functions }, (_, i) =>
    i + 1 < functions ? `f${i}:\ncall f${i + 1}\nr0 = 0\nexit` : `f${i}:\nr0 = 0\nexit`,
  );
  return bodies.join('\n');
}

export const REFUSED: readonly RefusedProgram[] = [
  {
    name: 'division by 0',
    type: 'sched_cls',
    privileged: true,
    text: `
      r0 = 1
      r0 /= 0
      exit`,
    message: 'div by zero',
  },
  {
    name: 'shift by the width',
    type: 'sched_cls',
    privileged: true,
    text: `
      r0 = 1
      r0 <<= 64
      exit`,
    message: 'invalid shift 64',
  },
  {
    name: 'pointer compared with a number',
    type: 'socket_filter',
    privileged: false,
    text: `
      r0 = 0
      if r1 > 5 goto +1
      r0 = 1
      exit`,
    message: 'R1 pointer comparison prohibited',
  },
  {
    name: 'two varying offsets',
    type: 'sched_cls',
    privileged: true,
    text: `
      r6 = *(u32 *)(r1 + 0)
      r7 = *(u32 *)(r1 + 4)
      *(u32 *)(r10 - 4) = 0
      r2 = r10
      r2 += -4
      r1 = map[one]
      call bpf_map_lookup_elem
      if r0 == 0 goto out
      r6 &= 4
      r7 &= 4
      r0 += r6
      r0 += r7
      r1 = *(u8 *)(r0 + 0)
      out:
      r0 = 0
      exit`,
    message: 'R0 max value is outside of the allowed memory range',
  },
  {
    name: 'varying offset after the check',
    type: 'sched_cls',
    privileged: true,
    text: `
      r2 = *(u32 *)(r1 + 76)
      r3 = *(u32 *)(r1 + 80)
      r4 = *(u32 *)(r1 + 0)
      r4 &= 255
      r5 = r2
      r5 += 8
      if r5 > r3 goto out
      r2 += r4
      r0 = *(u8 *)(r2 + 0)
      out:
      r0 = 0
      exit`,
    message: 'R2 offset is outside of the packet',
  },
  {
    name: '32-bit arithmetic on a pointer',
    type: 'sched_cls',
    privileged: true,
    text: `
      r2 = r10
      w2 += -8
      r0 = 0
      exit`,
    message: 'R2 32-bit pointer arithmetic prohibited',
  },
  {
    name: 'arithmetic on the packet end',
    type: 'sched_cls',
    privileged: true,
    text: `
      r3 = *(u32 *)(r1 + 80)
      r3 += 1
      r0 = 0
      exit`,
    message: 'R3 pointer arithmetic on pkt_end prohibited',
  },
  {
    name: 'offset of 1 << 29',
    type: 'sched_cls',
    privileged: true,
    text: `
      r2 = r10
      r2 += 536870912
      r0 = 0
      exit`,
    message: 'math between fp pointer and 536870912 is not allowed',
  },
  {
    name: 'check of another origin',
    type: 'sched_cls',
    privileged: true,
    text: `
      r2 = *(u32 *)(r1 + 76)
      r3 = *(u32 *)(r1 + 80)
      r4 = *(u32 *)(r1 + 0)
      r4 &= 255
      r6 = r2
      r6 += r4
      r5 = r2
      r5 += 8
      if r5 > r3 goto out
      r0 = *(u8 *)(r6 + 0)
      out:
      r0 = 0
      exit`,
    message: 'R6 offset is outside of the packet',
  },
  {
    name: 'metadata after a check of the packet',
    type: 'sched_cls',
    privileged: true,
    text: `
      r2 = *(u32 *)(r1 + 76)
      r3 = *(u32 *)(r1 + 80)
      r4 = *(u32 *)(r1 + 140)
      r5 = r2
      r5 += 8
      if r5 > r3 goto out
      r0 = *(u8 *)(r4 + 0)
      out:
      r0 = 0
      exit`,
    message: 'R4 offset is outside of the packet',
  },
  {
    name: 'check the other way round',
    type: 'sched_cls',
    privileged: true,
    text: `
      r2 = *(u32 *)(r1 + 76)
      r3 = *(u32 *)(r1 + 80)
      r5 = r2
      r5 += 8
      if r3 > r5 goto out
      r0 = *(u8 *)(r2 + 0)
      out:
      r0 = 0
      exit`,
    message: 'R2 offset is outside of the packet',
  },
  {
    name: 'a pointer at the end is not beyond it',
    type: 'sched_cls',
    privileged: true,
    text: `
      r2 = *(u32 *)(r1 + 76)
      r3 = *(u32 *)(r1 + 80)
      r5 = r2
      r5 += 8
      if r5 < r3 goto out
      if r5 > r3 goto out
      r0 = r10
      r0 += r3
      out:
      r0 = 0
      exit`,
    message: 'R0 pointer += pointer prohibited',
  },
  {
    name: 'packet offset of 65536',
    type: 'sched_cls',
    privileged: true,
    text: `
      r2 = *(u32 *)(r1 + 76)
      r3 = *(u32 *)(r1 + 80)
      r2 += 65536
      if r2 > r3 goto out
      r0 = *(u8 *)(r2 - 1)
      out:
      r0 = 0
      exit`,
    message: 'R2 offset is outside of the packet',
  },
  {
    name: 'store below the stack',
    type: 'sched_cls',
    privileged: true,
    text: `
      *(u64 *)(r10 - 520) = 0
      r0 = 0
      exit`,
    message: 'invalid write to stack R10 off=-520 size=8',
  },
  {
    name: 'load from a moved context',
    type: 'sched_cls',
    privileged: true,
    text: `
      r1 += 4
      r0 = *(u32 *)(r1 + 0)
      exit`,
    message: 'dereference of modified ctx ptr R1 off=4 disallowed',
  },
  {
    name: 'pointer stored in a map',
    type: 'socket_filter',
    privileged: false,
    text: `
      *(u32 *)(r10 - 4) = 0
      r6 = r1
      r2 = r10
      r2 += -4
      r1 = map[one]
      call bpf_map_lookup_elem
      if r0 == 0 goto out
      *(u64 *)(r0 + 0) = r6
      out:
      r0 = 0
      exit`,
    message: 'R6 leaks addr into map',
  },
  {
    name: 'key one byte too short',
    type: 'sched_cls',
    privileged: true,
    text: `
      r2 = *(u32 *)(r1 + 76)
      r3 = *(u32 *)(r1 + 80)
      r5 = r2
      r5 += 3
      if r5 > r3 goto out
      r1 = map[one]
      call bpf_map_lookup_elem
      out:
      r0 = 0
      exit`,
    message: 'R2 offset is outside of the packet',
  },
  {
    name: 'stack pointer returned',
    type: 'sched_cls',
    privileged: true,
    text: `
      call f
      r0 = 0
      exit
      f:
      r0 = r10
      exit`,
    message: 'cannot return stack pointer to the caller',
  },
  {
    name: '520 bytes of stack in two calls',
    type: 'sched_cls',
    privileged: true,
    text: `
      call f
      r0 = 0
      exit
      f:
      *(u64 *)(r10 - 256) = 0
      call g
      r0 = 0
      exit
      g:
      *(u64 *)(r10 - 264) = 0
      r0 = 0
      exit`,
    message: 'combined stack size of 3 calls is 528. Too large',
  },
  {
    name: '512 bytes of stack that are rounded up',
    type: 'sched_cls',
    privileged: true,
    text: `
      *(u64 *)(r10 - 248) = 0
      call f
      r0 = 0
      exit
      f:
      *(u64 *)(r10 - 264) = 0
      r0 = 0
      exit`,
    message: 'combined stack size of 2 calls is 528. Too large',
  },
  {
    name: '256 bytes above a tail call',
    type: 'sched_cls',
    privileged: true,
    text: `
      *(u64 *)(r10 - 256) = 0
      call f
      r0 = 0
      exit
      f:
      r2 = map[jmp]
      r3 = 0
      call bpf_tail_call
      r0 = 0
      exit`,
    message:
      'tail_calls are not allowed when call stack of previous frames is 256 bytes. Too large',
  },
  {
    name: 'endless loop',
    type: 'sched_cls',
    privileged: true,
    text: `
      r0 = 0
      l:
      if r0 == 0 goto l
      exit`,
    message: 'infinite loop detected at insn 1',
  },
  {
    name: 'lookup in a prog array',
    type: 'sched_cls',
    privileged: true,
    text: `
      *(u32 *)(r10 - 4) = 0
      r2 = r10
      r2 += -4
      r1 = map[jmp]
      call bpf_map_lookup_elem
      r0 = 0
      exit`,
    message: 'cannot pass map_type 3 into func bpf_map_lookup_elem#1',
  },
  {
    name: 'pointer as return value',
    type: 'socket_filter',
    privileged: false,
    text: `
      r0 = r10
      exit`,
    message: 'R0 leaks addr as return value',
  },
  {
    name: 'nine frames',
    type: 'sched_cls',
    privileged: true,
    text: chain(9),
    message: 'the call stack of 9 frames is too deep',
  },
];

/** The verifier that is asked. */
export interface Asked {
  readonly rules: VerifierRules;
  readonly parts: Parts;
}

function subjectOf({
  type,
  privileged,
  text,
}: Pick<RefusedProgram, 'type' | 'privileged' | 'text'>) {
  const mapFd = (name: string) => MAPS.findIndex((map) => map.name === name);
  const { instructions } = assemble(text, { mapFd });
  const program = createProgram(instructions);
  return { program, type, maps: MAPS, privileged, jited: true, btf: true };
}

/** Whether a verifier refuses a program as the kernel does. */
export function refuses(asked: Asked, program: RefusedProgram): boolean {
  const verdict = verify(subjectOf(program), asked);
  return verdict.kind === 'rejected' && verdict.message === program.message;
}

const TAIL_CALL_BEYOND = `
  r2 = map[jmp]
  r3 = 4
  call bpf_tail_call
  r0 = 0
  exit`;

/** Tail calls with a constant index that the verifier lets a compiler make direct: none beyond the array. */
export function directTailCallsBeyond(asked: Asked): number {
  const subject = subjectOf({ type: 'sched_cls', privileged: true, text: TAIL_CALL_BEYOND });
  const verdict = verify(subject, asked);
  return verdict.kind === 'accepted' ? (verdict.tailCalls ?? []).length : 0;
}

// Which stack may be accessed, and how. Observed on 6.12.117 and 6.1.192.

import { describe } from 'vitest';
import { END, LOOKUP, PACKET, testOutcomes, varying } from './programs.ts';

describe('the bounds of the stack', () => {
  testOutcomes([
    [`*(u64 *)(r10 - 512) = 0${END}`, 'accepted'],
    [`*(u64 *)(r10 - 520) = 0${END}`, 'EACCES invalid write to stack R10 off=-520 size=8'],
    [`*(u64 *)(r10 + 0) = 0${END}`, 'EACCES invalid write to stack R10 off=0 size=8'],
    [`*(u8 *)(r10 - 1) = 0${END}`, 'accepted'],
    [`*(u8 *)(r10 + 0) = 0${END}`, 'EACCES invalid write to stack R10 off=0 size=1'],
    ['r0 = *(u8 *)(r10 - 512); exit', 'accepted'],
    ['r0 = *(u8 *)(r10 - 513); exit', 'EACCES invalid read from stack R10 off=-513 size=1'],
    [
      `*(u64 *)(r10 - 12) = 0${END}`,
      'EACCES misaligned stack access off 0+0+-12 size 8',
      undefined,
      'EACCES misaligned stack access off (0x0; 0x0)+0+-12 size 8',
    ],
    [
      'r0 = *(u32 *)(r10 - 10); exit',
      'EACCES misaligned stack access off 0+0+-10 size 4',
      undefined,
      'EACCES misaligned stack access off (0x0; 0x0)+0+-10 size 4',
    ],
    [`${varying()}*(u64 *)(r2 + 0) = 1${END}`, 'accepted'],
    [
      `${varying()}*(u64 *)(r2 + 8) = 1${END}`,
      'EINVAL invalid variable-offset write to stack R2 var_off=(0x0; 0x8) off=-8 size=8',
      undefined,
      'EINVAL invalid variable-offset write to stack R2 var_off=(0x0; 0x8) size=8',
    ],
    [`${varying()}r0 = *(u8 *)(r2 + 7); exit`, 'accepted'],
    [
      `${varying()}r0 = *(u8 *)(r2 + 8); exit`,
      'EINVAL invalid variable-offset read from stack R2 var_off=(0x0; 0x8) off=-8 size=1',
      undefined,
      'EINVAL invalid variable-offset read from stack R2 var_off=(0x0; 0x8) size=1',
    ],
    [`${varying(-512)}r0 = *(u8 *)(r2 + 0); exit`, 'accepted'],
    [
      `${varying(-513)}r0 = *(u8 *)(r2 + 0); exit`,
      'EACCES invalid variable-offset read from stack R2 var_off=(0x0; 0x8) off=-513 size=1',
      undefined,
      'EACCES invalid variable-offset read from stack R2 var_off=(0x0; 0x8) size=1',
    ],
    [
      `${varying(-16, 6)}r0 = *(u32 *)(r2 + 0); exit`,
      'EACCES misaligned stack access off (0x0; 0x6)+-16+0 size 4',
    ],
    [
      'r6 = *(u32 *)(r1 + 8); r2 = r10; r2 += r6; r0 = *(u8 *)(r2 + 0); exit',
      'EACCES invalid unbounded variable-offset read from stack R2',
    ],
    [
      `r6 = *(u32 *)(r1 + 8); r2 = r10; r2 += r6; *(u8 *)(r2 + 0) = 1${END}`,
      'EACCES invalid unbounded variable-offset write to stack R2',
    ],
    [
      `${varying()}lock *(u64 *)(r2 + 0) += r6${END}`,
      'EACCES variable offset stack pointer cannot be passed into helper function; var_off=(0x0; 0x8) off=-16 size=8',
    ],
    [
      `r0 = *(u64 *)(r10 - 8)${END}`,
      'EACCES invalid read from stack R10 off=-8 size=8',
      'unprivileged',
    ],
    [
      `*(u8 *)(r10 - 16) = 1; r0 = *(u64 *)(r10 - 8)${END}`,
      'EACCES invalid read from stack off -8+0 size 8',
      'unprivileged',
    ],
    [
      `*(u8 *)(r10 - 8) = 1; r0 = *(u64 *)(r10 - 8)${END}`,
      'EACCES invalid read from stack off -8+1 size 8',
      'unprivileged',
    ],
    [`*(u64 *)(r10 - 8) = 1; r0 = *(u64 *)(r10 - 8)${END}`, 'accepted', 'unprivileged'],
  ]);
});

describe('stored pointers', () => {
  testOutcomes([
    [`*(u32 *)(r10 - 8) = r1${END}`, 'EACCES invalid size of register spill'],
    [
      `*(u64 *)(r10 - 8) = r1; r2 = *(u32 *)(r10 - 8)${END}`,
      'EACCES invalid size of register fill',
    ],
    [`*(u64 *)(r10 - 8) = r1; *(u8 *)(r10 - 8) = 1; r2 = *(u32 *)(r10 - 8)${END}`, 'accepted'],
    [
      `*(u64 *)(r10 - 8) = r1; *(u8 *)(r10 - 8) = 1${END}`,
      'EACCES attempt to corrupt spilled pointer on stack',
      'unprivileged',
    ],
    [`*(u64 *)(r10 - 8) = r1; *(u64 *)(r10 - 8) = 1${END}`, 'accepted', 'unprivileged'],
    [
      `*(u64 *)(r10 - 8) = r1; r2 = 1; lock *(u64 *)(r10 - 8) += r2${END}`,
      'EACCES leaking pointer from stack off -8',
      'unprivileged',
    ],
    [
      `*(u64 *)(r10 - 8) = r1; r2 = *(u64 *)(r10 - 8); *(u32 *)(r2 + 48) = 1${END}`,
      'accepted',
      'unprivileged',
      'EACCES BPF_ST stores into R2 ctx is not allowed',
    ],
    [
      `r2 = r10; call f; exit; f: *(u64 *)(r2 - 8) = r2${END}`,
      'EINVAL cannot spill pointers to stack into stack frame of the caller',
    ],
    [
      `r2 = r10; call f; exit; f: *(u64 *)(r2 - 8) = r10${END}`,
      'EINVAL cannot spill pointers to stack into stack frame of the caller',
    ],
    [
      `r2 = r10; call f; r3 = *(u64 *)(r10 - 8); r0 = *(u32 *)(r3 + 0); exit; f: *(u64 *)(r2 - 8) = r1${END}`,
      'accepted',
    ],
    [`r2 = r10; call f; r0 = *(u64 *)(r10 - 8); exit; f: *(u64 *)(r10 - 8) = r2${END}`, 'accepted'],
  ]);
});

describe('memory that a helper is given', () => {
  testOutcomes([
    [`r1 = map[one]; r2 = r10; r2 += -4; call bpf_map_lookup_elem${END}`, 'accepted'],
    [
      `r1 = map[one]; r2 = r10; r2 += -2; call bpf_map_lookup_elem${END}`,
      'EINVAL invalid indirect access to stack R2 off=-2 size=4',
    ],
    [
      `r1 = map[one]; r2 = r10; call bpf_map_lookup_elem${END}`,
      'EACCES invalid indirect access to stack R2 off=0 size=4',
    ],
    [`r1 = map[one]; r2 = r10; r2 += -512; call bpf_map_lookup_elem${END}`, 'accepted'],
    [
      `r1 = map[one]; r2 = r10; r2 += -513; call bpf_map_lookup_elem${END}`,
      'EACCES invalid indirect access to stack R2 off=-513 size=4',
    ],
    [`${varying()}r1 = map[one]; r2 += 4; call bpf_map_lookup_elem${END}`, 'accepted'],
    [
      `${varying()}r1 = map[one]; r2 += 5; call bpf_map_lookup_elem${END}`,
      'EINVAL invalid variable-offset indirect access to stack R2 var_off=(0x0; 0x8) off=-11 size=4',
      undefined,
      'EINVAL invalid variable-offset indirect access to stack R2 var_off=(0x0; 0x8) size=4',
    ],
    [`${LOOKUP}r1 = map[one]; r2 = r0; r2 += 4; call bpf_map_lookup_elem${END}`, 'accepted'],
    [
      `${LOOKUP}r1 = map[one]; r2 = r0; r2 += 5; call bpf_map_lookup_elem${END}`,
      'EACCES R2 min value is outside of the allowed memory range',
    ],
    [`${PACKET}r1 = map[one]; r2 += 10; call bpf_map_lookup_elem${END}`, 'accepted'],
    [
      `${PACKET}r1 = map[one]; r2 += 11; call bpf_map_lookup_elem${END}`,
      'EACCES R2 offset is outside of the packet',
    ],
    [
      `*(u16 *)(r10 - 4) = 0; r1 = map[one]; r2 = r10; r2 += -4; call bpf_map_lookup_elem${END}`,
      'EACCES invalid indirect read from stack R2 off -4+2 size 4',
      'unprivileged',
    ],
    [
      `*(u32 *)(r10 - 4) = 0; r1 = map[one]; r2 = r10; r2 += -4; call bpf_map_lookup_elem${END}`,
      'accepted',
      'unprivileged',
    ],
    [
      `*(u64 *)(r10 - 8) = r1; r1 = map[one]; r2 = r10; r2 += -8; call bpf_map_lookup_elem${END}`,
      'EACCES invalid indirect read from stack R2 off -8+0 size 4',
      'unprivileged',
    ],
  ]);
});

// The named profiles. Facts and their sources: Linux commits as cited; [O] was observed under QEMU.

import { InputError } from '../errors.ts';
import type { Profile } from './profile.ts';

const LIMIT = {
  tag: 'S',
  source: 'MAX_TAIL_CALL_CNT is 33 since ebf7f6f0a6cd (5.17), the same limit as before',
} as const;
const INDEX = { tag: 'S', source: 'low 32 bits of R3 since 90caccdd8cc0 (4.14)' } as const;
const NO_BURN = { outOfRange: false, exhausted: false } as const;

const PROFILES: readonly Profile[] = [
  {
    name: 'linux-6.1/interp',
    tailCall: {
      limit: 33,
      indexBits: 32,
      burns: { ...NO_BURN, empty: true },
      propagation: 'rejected',
    },
    provenance: {
      limit: LIMIT,
      indexBits: INDEX,
      burns: { tag: 'O', source: '6.1.192: five empty-slot calls leave 29 entries' },
      propagation: { tag: 'S', source: 'no bpf-to-bpf calls with tail calls unless JITed' },
    },
  },
  {
    name: 'linux-6.1/x86_64',
    tailCall: {
      limit: 33,
      indexBits: 32,
      burns: { ...NO_BURN, empty: true },
      propagation: 'value',
    },
    provenance: {
      limit: LIMIT,
      indexBits: INDEX,
      burns: { tag: 'O', source: '6.1.192: five empty-slot calls leave 29 entries' },
      propagation: {
        tag: 'O',
        source: 'e411901c0b77 (5.10): by value in rax; the hierarchy runs away',
      },
    },
  },
  {
    name: 'linux-6.12/interp',
    tailCall: {
      limit: 33,
      indexBits: 32,
      burns: { ...NO_BURN, empty: true },
      propagation: 'rejected',
    },
    provenance: {
      limit: LIMIT,
      indexBits: INDEX,
      burns: { tag: 'O', source: '6.12.117: five empty-slot calls leave 29 entries' },
      propagation: {
        tag: 'O',
        source: 'tail_calls are not allowed in non-JITed programs with bpf-to-bpf calls',
      },
    },
  },
  {
    name: 'linux-6.12/x86_64',
    tailCall: {
      limit: 33,
      indexBits: 32,
      burns: { ...NO_BURN, empty: false },
      propagation: 'reference',
    },
    provenance: {
      limit: LIMIT,
      indexBits: INDEX,
      burns: { tag: 'O', source: '6.12.117: five empty-slot calls leave 34 entries' },
      propagation: {
        tag: 'O',
        source: '116e04ba1459 (6.12): by reference; the hierarchy stops at 34',
      },
    },
  },
  {
    name: 'linux-7.1/interp',
    tailCall: {
      limit: 33,
      indexBits: 32,
      burns: { ...NO_BURN, empty: false },
      propagation: 'rejected',
    },
    provenance: {
      limit: LIMIT,
      indexBits: INDEX,
      burns: { tag: 'S', source: '3733f4be2870: no increment when the program is NULL' },
      propagation: { tag: 'S', source: 'no bpf-to-bpf calls with tail calls unless JITed' },
    },
  },
];

export const DEFAULT_PROFILE = 'linux-6.12/x86_64';

export function listProfiles(): readonly Profile[] {
  return PROFILES;
}

/** @throws InputError naming the profiles there are. */
export function profileNamed(name: string): Profile {
  const profile = PROFILES.find((candidate) => candidate.name === name);
  if (profile === undefined) {
    throw new InputError(
      `there is no profile '${name}'; there are ${PROFILES.map((p) => p.name).join(', ')}`,
      { at: 'profile' },
    );
  }
  return profile;
}

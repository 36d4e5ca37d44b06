// Historical bugs of the verifier beyond its scalar operators, each as the change that brings it back: the mechanism,
// written from its description. Sources: linux-tail-calls.md §3.7, §6.5, §6.6.

import type { VerifierVersion } from '../../../model/verifier/index.ts';
import { verifierFaultNamed } from '../../faults/verifier/index.ts';
import { SOUND_VERSION } from '../../verifier/campaign/version.ts';
import type { Template } from '../../verifier/generate/templates/template.ts';
import type { Change } from '../../verifier/oracle/tested.ts';
import {
  ARITHMETIC_BEFORE_CHECKS,
  BELOW_CALLERS,
  CHANGED_COPIES,
  FETCHED,
  PACKET_LOADS,
  PACKETS_AFTER_TAIL_CALLS,
  PRUNED,
  SIGNED_FILLS,
} from './constructs.ts';

export interface VerifierBug {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  /** Which kernels have it. */
  readonly kernels: string;
  /** The rules that it is in, and what brings it back to them. */
  readonly faulty: VerifierVersion;
  readonly change: Change;
  /** The rules without it. */
  readonly mended: VerifierVersion;
  /** Constructs that the hunt leans to; without any, what the campaign draws. */
  readonly about?: readonly Template[];
  /** What is different, in words. */
  readonly mechanism: string;
}

const inSound = { faulty: SOUND_VERSION, mended: SOUND_VERSION } as const;
const changeOf = (fault: string) => ({ change: verifierFaultNamed(`verifier/${fault}`).change });

export const VERIFIER_BUGS: readonly VerifierBug[] = [
  {
    id: 'e3245f899043',
    aliases: ['e40f5a6bf88a'],
    title:
      'a tail call in a function that succeeds is not gone through: R0 of the caller is what another program returned',
    kernels: '5.10 – 6.18',
    faulty: 'linux-6.12',
    change: {},
    mended: SOUND_VERSION,
    mechanism: 'only the path behind a tail call that failed is followed',
  },
  {
    id: 'CVE-2024-58237',
    aliases: ['1a4607ffba35'],
    title: 'pointers into a packet are kept over a tail call, whose program may move the packet',
    kernels: '5.6 – 6.12.8',
    ...inSound,
    ...changeOf('tail-call-keeps-packet'),
    about: PACKETS_AFTER_TAIL_CALLS,
    mechanism: 'packet pointers are left as they were where a tail call comes back',
  },
  {
    id: 'CVE-2023-2163',
    aliases: ['71b547f56124'],
    title:
      'precision is not passed on to what a number was compared with, so paths are pruned that are not alike',
    kernels: '5.4 – 6.2',
    ...inSound,
    ...changeOf('backtrack-forgets-comparison'),
    about: PRUNED,
    mechanism: 'tracing back goes over comparisons of two registers without asking for the other',
  },
  {
    id: 'CVE-2022-23222',
    aliases: ['c25b2ae13603', '64620e0a1e71'],
    title: 'arithmetic on pointers that may be null is let through',
    kernels: '5.8 – 5.15.14',
    ...inSound,
    ...changeOf('arithmetic-on-null'),
    about: ARITHMETIC_BEFORE_CHECKS,
    mechanism: 'no type that may be null is refused as the operand of arithmetic',
  },
  {
    id: 'CVE-2017-17855',
    aliases: ['179d1c560299'],
    title: 'a state with a number covers one with a pointer in its place',
    kernels: '4.9 – 4.14.8',
    ...inSound,
    ...changeOf('covers-pointer-by-scalar'),
    about: PRUNED,
    mechanism: 'a number that nothing depended on covers registers of any type',
  },
  {
    id: 'CVE-2017-17856',
    aliases: ['a5ec6ae161d7'],
    title: 'pointers to the stack need not be aligned',
    kernels: '4.14 – 4.14.8',
    ...inSound,
    ...changeOf('misaligned-stack'),
    mechanism: 'the alignment of stack accesses is not checked, and slots are found by rounding',
  },
  {
    id: 'CVE-2026-43009',
    aliases: [],
    title: 'what an atomic operation has fetched is not traced back to the slot that it was in',
    kernels: '5.12 – 6.19.11',
    ...inSound,
    ...changeOf('backtrack-forgets-fetch'),
    about: FETCHED,
    mechanism: 'tracing back goes over atomic operations as if they set no register',
  },
  {
    id: 'CVE-2026-43070',
    aliases: [],
    title: 'a byte swap leaves the link to registers that hold the number as it was',
    kernels: '6.18.17 – 6.18.20, 6.19.7 – 6.19.10',
    ...inSound,
    ...changeOf('end-keeps-id'),
    about: CHANGED_COPIES,
    mechanism: 'END does not take the id from its register',
  },
  {
    id: '3878ae04e9fc',
    aliases: [],
    title: 'what is known of a number is put on a linked one without the constant between them',
    kernels: '6.11 – 6.12-rc',
    ...inSound,
    ...changeOf('link-forgets-delta'),
    mechanism: 'the difference of linked registers is not added',
  },
  {
    id: 'CVE-2026-31413/paths',
    aliases: [],
    title: 'a number that is 0 or -1 is 0 after OR, too, where it was 0',
    kernels: '6.12.75 – 6.12.79, 6.18.16 – 6.18.20, 6.19.6 – 6.19.10',
    ...inSound,
    ...changeOf('fork-or-as-and'),
    mechanism: 'OR with a constant goes on with 0 on the way of 0, as AND does',
  },
  {
    id: 'CVE-2026-53090',
    aliases: [],
    title: 'a load from beyond the packet that ends a function is not gone through',
    kernels: 'up to its fix',
    ...inSound,
    ...changeOf('packet-load-never-fails'),
    about: PACKET_LOADS,
    mechanism: 'LD_ABS and LD_IND in functions only go on behind themselves',
  },
  {
    id: '7f6e4312e15a',
    aliases: [],
    title:
      'callers of a function that tail-calls may use all of their stack, which 33 calls pile up',
    kernels: 'none released: 5.10 in development',
    ...inSound,
    ...changeOf('tail-caller-stack-unlimited'),
    about: BELOW_CALLERS,
    mechanism: 'stack of the callers of a function that tail-calls has no limit of its own',
  },
  {
    id: '6.12/signed-fill',
    aliases: [],
    title: 'a spilled number that is filled with another sign is taken for the same number',
    kernels: 'seen in 6.12.117 and 6.19.14, not in 7.3.4',
    ...inSound,
    ...changeOf('signed-fill-keeps-id'),
    about: SIGNED_FILLS,
    mechanism: 'fills that extend a sign keep the id of what was spilled',
  },
];

// Load-acquire and store-release, which 6.12 does not have: observed on 6.19.14.

import { program, type RefusedProgram } from './vector.ts';

/** One of two numbers goes through a slot to where it is an offset. @param store of R7. @param load into R3. */
const throughSlot = (store: string, load: string) =>
  program(`r6 = *(u32 *)(r1 + 0)
    r7 = 64
    if r6 > 7 goto meet
    r7 = 4
    meet: ${store}; ${load}
    r8 = map[wide][0]+0; r8 += r3
    r0 = *(u8 *)(r8 + 0)`);

const TOO_FAR = 'R8 min value is outside of the allowed memory range';

export const ORDERED: readonly RefusedProgram[] = [
  {
    name: 'an offset that is loaded by a load-acquire',
    kernel: '6.19',
    keepsAllStates: true,
    text: throughSlot('*(u64 *)(r10 - 16) = r7', 'r3 = load_acquire((u64 *)(r10 - 16))'),
    message: TOO_FAR,
  },
  {
    name: 'an offset that is stored by a store-release',
    kernel: '6.19',
    keepsAllStates: true,
    text: throughSlot('store_release((u64 *)(r10 - 16), r7)', 'r3 = *(u64 *)(r10 - 16)'),
    message: TOO_FAR,
  },
];

// What the generator of accepted programs must know of each kernel and engine.

import type { LinuxTarget, LinuxVersion } from '../../interp/linux/install/versions.ts';
import type { Dialect } from '../generate/accepted/draft.ts';

type Kernel = Pick<Dialect, 'cpu' | 'mayGoto' | 'intErrors' | 'trustsFallThrough'>;

const KERNELS: Readonly<Record<LinuxVersion, Kernel>> = {
  // Instructions of cpu v4 came with 6.6, may_goto with 6.9; map operations return a long since 6.4.
  '6.1': { cpu: 3, mayGoto: false, intErrors: true, trustsFallThrough: true },
  '6.12': { cpu: 4, mayGoto: true, intErrors: false, trustsFallThrough: true },
};

/**
 * Every program takes as much stack as the largest: docs/findings.md, Linux 6.12 with the JIT off. The kernel
 * rounds up to 32, which leaves room for the 8 bytes that it adds for may_goto.
 */
const INTERPRETER_STACK = 264;

export function dialectOf({ version, jit }: Pick<LinuxTarget, 'version' | 'jit'>): Dialect {
  return {
    ...KERNELS[version],
    callsWithTailCalls: jit,
    stackFloor: jit ? 0 : INTERPRETER_STACK,
  };
}

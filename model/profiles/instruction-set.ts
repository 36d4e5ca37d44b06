// Which instructions a release of Linux has: what its verifier takes, not what each JIT compiles.

import type { Row } from '../isa/row.ts';

/** A release by its name, such as `linux-6.12`: with all instructions that there were by then. */
export type LinuxRelease = `linux-${number}.${number}`;

/** The release that has what all releases of the catalogue have, and eBPF's first instructions. */
const FIRST: LinuxRelease = 'linux-4.2';

/** A text as the name of a release; undefined for any other text. */
export function linuxRelease(text: string): LinuxRelease | undefined {
  return /^linux-\d{1,3}\.\d{1,3}$/.test(text) ? (text as LinuxRelease) : undefined;
}

/** The first release that has an instruction; the catalogue's first stands for all before it. */
export function releaseOf({ operation, cpu }: Row): LinuxRelease {
  switch (operation.family) {
    case 'jump':
      if (operation.width === 32) return 'linux-5.1';
      return cpu === 1 ? FIRST : 'linux-4.14';
    case 'alu':
    case 'swap':
      return cpu === 4 ? 'linux-6.6' : FIRST;
    case 'ldx':
      return operation.signed ? 'linux-6.6' : FIRST;
    case 'ja':
      return operation.width === 32 ? 'linux-6.6' : FIRST;
    case 'movsx':
      return 'linux-6.6';
    case 'atomic':
      return operation.op === 'ADD' ? FIRST : 'linux-5.12';
    case 'may_goto':
      return 'linux-6.9';
    case 'ordered':
      return 'linux-6.15';
    case 'call':
      return CALLS[operation.op];
    case 'ld_imm64':
      return WIDE_LOADS[operation.op];
    default:
      return FIRST;
  }
}

const CALLS = {
  CALL_HELPER: FIRST,
  CALL_LOCAL: 'linux-4.16',
  CALL_BTF: 'linux-5.13',
} as const satisfies Record<string, LinuxRelease>;

const WIDE_LOADS = {
  LD_IMM64: FIRST,
  LD_MAP_FD: FIRST,
  LD_MAP_VALUE_FD: 'linux-5.2',
  LD_VAR_ADDR: 'linux-5.10',
  LD_CODE_ADDR: 'linux-5.13',
  LD_MAP_IDX: 'linux-5.14',
  LD_MAP_VALUE_IDX: 'linux-5.14',
} as const satisfies Record<string, LinuxRelease>;

/** Whether a release came before another. */
export function isBefore(release: LinuxRelease, other: LinuxRelease): boolean {
  return order(release) < order(other);
}

function order(release: LinuxRelease): number {
  const [major, minor] = release.slice('linux-'.length).split('.').map(Number);
  return major! * 1000 + minor!;
}

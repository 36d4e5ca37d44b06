// Names of operations, widths and sizes that statements are drawn of.

import {
  ATOMIC,
  BINARY_ALU,
  BYTE_SWAP,
  CONDITIONAL_JUMP,
  MOVSX,
  type Size,
} from '../../model/isa/operations.ts';

const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>) => Object.keys(table) as K[];

export const BINARY_OPS = keysOf(BINARY_ALU);
export const JUMP_OPS = keysOf(CONDITIONAL_JUMP);
export const MOVSX_OPS = keysOf(MOVSX);
export const SWAP_OPS = keysOf(BYTE_SWAP);
export const ATOMIC_OPS = keysOf(ATOMIC);
export const WIDTHS = ['64', '32'] as const;
export const SIZES: readonly Size[] = ['B', 'H', 'W', 'DW'];
export const SUBWORDS = ['B', 'H', 'W'] as const;

export const SHIFTS: ReadonlySet<string> = new Set(['LSH', 'RSH', 'ARSH']);
export const DIVISIONS: ReadonlySet<string> = new Set(['DIV', 'MOD', 'SDIV', 'SMOD']);

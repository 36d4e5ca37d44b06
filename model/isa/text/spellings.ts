// What else than the table's template the reader takes for an instruction: where the kernel's log, bpftool and
// LLVM differ among themselves. Derived from a row's template, so that no instruction is listed twice.

import type { Row } from '../row.ts';
import type { Spelling } from './template.ts';

/** LLVM names the 32-bit half (`w1`) where a result or a stored value has 32 bits or fewer; the kernel's log does not. */
function withHalfRegister(template: string): string {
  return template
    .replace(/^\{dst\} =/, '{dst32} =')
    .replace(/= \{src\}$/, '= {src32}')
    .replace(/\{src\}\)$/, '{src32})');
}

/** The kernel's log names the whole register in a 32-bit atomic; LLVM names its half. */
function withWholeRegister(template: string): string {
  return template.replaceAll('{src32}', '{src}').replaceAll('w0', 'r0');
}

function atomicAlternates(row: Row): string[] {
  const { operation, kernel } = row;
  if (operation.family !== 'atomic') return [];
  const { op, width } = operation;
  const [src, r0] = width === 64 ? ['{src}', 'r0'] : ['{src32}', 'w0'];
  const suffix = width === 64 ? '_64' : '32_32';
  const alternates = width === 64 ? [] : [withWholeRegister(kernel)];
  if (op === 'XCHG') alternates.push(`${src} = xchg${suffix}({dst} {offset}, ${src})`);
  if (op === 'CMPXCHG') {
    alternates.push(`${r0} = cmpxchg${suffix}({dst} {offset}, ${r0}, ${src})`);
  }
  // LLVM tells the widths of the fetching ones apart by the pointer's type only.
  if (op.startsWith('FETCH') && width === 64) alternates.push(kernel.replace('atomic64', 'atomic'));
  return alternates;
}

function kernelAlternates(row: Row): string[] {
  const { operation, kernel } = row;
  switch (operation.family) {
    case 'ldx':
      return operation.size === 'DW' || operation.signed ? [] : [withHalfRegister(kernel)];
    case 'stx':
    case 'ordered':
      return operation.size === 'DW' ? [] : [withHalfRegister(kernel)];
    case 'atomic':
      return atomicAlternates(row);
    case 'ld_imm64':
      // The log prints no `ll`; its `(18)` says what a small number is.
      return operation.op === 'LD_IMM64' ? ['{dst} = {imm64_only}', '{dst} = {imm64}'] : [];
    default:
      return [];
  }
}

function suiteAlternates(row: Row): string[] {
  const { operation, suite } = row;
  if (operation.family === 'swap' && operation.op.startsWith('BSWAP')) return [`b${suite}`];
  if (operation.family === 'call' && operation.op === 'CALL_HELPER') {
    return [suite.replace('call', 'call helper')];
  }
  return [];
}

/** Every template by which a row may be read; the first is the one by which it is written. */
export function spellingsOf(row: Row, spelling: Spelling): string[] {
  return spelling === 'kernel'
    ? [row.kernel, ...kernelAlternates(row)]
    : [row.suite, ...suiteAlternates(row)];
}

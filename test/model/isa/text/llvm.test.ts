// LLVM's bytes and LLVM's text, an outside reference: the text assembles to the bytes.

import { describe, expect, it } from 'vitest';
import { bytesFromSlots, encodeInstruction } from '../../../../model/isa/instruction.ts';
import { assemble } from '../../../../model/isa/text/assemble.ts';
import { LLVM_LISTING } from './llvm-listing.ts';

function hexOf(text: string): string {
  const { instructions } = assemble(text, { spelling: 'kernel' });
  const bytes = bytesFromSlots(instructions.flatMap(encodeInstruction));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

describe('LLVM', () => {
  it.each(LLVM_LISTING)('%s %s', (bytes, text) => {
    expect(hexOf(text)).toBe(bytes);
  });

  it('is read with the bytes of llvm-objdump in front', () => {
    const listing = LLVM_LISTING.map(
      ([bytes, text], index) =>
        `${`${index}`.padStart(8)}:\t${bytes.replace(/..(?=.)/g, '$& ')}\t${text}`,
    );
    expect(hexOf(listing.join('\n'))).toBe(LLVM_LISTING.map(([bytes]) => bytes).join(''));
  });
});

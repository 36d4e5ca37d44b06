// Bytecode as people write it: hex bytes, or 64-bit words.

import { InputError } from '../model/errors.ts';
import { SLOT_BYTES } from '../model/isa/instruction.ts';
import { readHex } from '../model/scenario/bytes.ts';

/**
 * Reads pairs of hex digits with any white space, or words that start with 0x (a slot each, as the number that
 * its bytes are in little-endian order). `#` starts a comment.
 * @throws InputError with line and column.
 */
export function readBytecode(text: string, file: string): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [index, source] of text.split(/\r?\n/).entries()) {
    const code = source.replace(/#.*/, '');
    for (const { 0: token, index: start } of code.matchAll(/\S+/g)) {
      const place = { file, line: index + 1, column: start + 1 };
      parts.push(/^0x/i.test(token) ? readWord(token, place) : readPairs(token, place));
    }
  }
  const bytes = Buffer.concat(parts);
  if (bytes.length === 0) throw new InputError('there is no bytecode', { file });
  return bytes;
}

interface TokenPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

function readWord(token: string, place: TokenPlace): Uint8Array {
  if (!/^0x[0-9a-f]{1,16}$/i.test(token)) {
    throw new InputError(`'${token}' is no 64-bit word: 0x and 1 to 16 hex digits`, place);
  }
  const bytes = new Uint8Array(SLOT_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(token), true);
  return bytes;
}

function readPairs(token: string, place: TokenPlace): Uint8Array {
  const reading = readHex(token);
  if ('value' in reading) return reading.value;
  const { problem, index = 0 } = reading;
  throw new InputError(problem.replace(/ at position \d+/, ''), {
    ...place,
    column: place.column + index,
  });
}

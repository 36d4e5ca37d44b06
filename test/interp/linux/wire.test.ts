import { describe, expect, test } from 'vitest';
import { FrameReader } from '../../../interp/linux/frames.ts';
import { CaseWriter, messageOf, ReplyReader } from '../../../interp/linux/wire.ts';

/** A frame of the guest's. */
function frame(bytes: readonly number[]): Uint8Array {
  const framed = new Uint8Array(4 + bytes.length);
  new DataView(framed.buffer).setUint32(0, bytes.length, true);
  framed.set(bytes, 4);
  return framed;
}

describe('a message', () => {
  test('holds its cases, each with its size', () => {
    const message = messageOf([Uint8Array.of(1, 2), Uint8Array.of(3)]);
    expect([...message]).toEqual([15, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 2, 1, 0, 0, 0, 3]);
  });

  test('a case numbers its maps and programs', () => {
    const writer = new CaseWriter();
    const map = { type: 2, keySize: 4, valueSize: 8, maxEntries: 1 };
    expect([writer.mapCreate(map), writer.mapCreate(map)]).toEqual([0, 1]);
    expect(writer.progLoad({ type: 3, bytecode: new Uint8Array(8) })).toBe(0);
    writer.mapDelete(1, Uint8Array.of(1, 2, 3, 4));
    const bytes = writer.finish();
    expect([...bytes.slice(0, 9)]).toEqual([2, 2, 0, 0, 0, 4, 0, 0, 0]);
    expect([...bytes.slice(-9)]).toEqual([6, 1, 0, 0, 0, 1, 2, 3, 4]);
  });

  test('grows with what is written', () => {
    const writer = new CaseWriter();
    writer.progLoad({ type: 3, bytecode: new Uint8Array(80_000).fill(7) });
    expect(writer.finish().length).toBe(37 + 80_000);
  });
});

describe('frames', () => {
  const bytes = Buffer.concat([frame([1, 2, 3]), frame([]), frame([4])]);

  test.each([1, 2, 3, 5, 7, bytes.length])('are found in pieces of %i bytes', (size) => {
    const frames: number[][] = [];
    const reader = new FrameReader((found) => frames.push([...found]));
    for (let at = 0; at < bytes.length; at += size) {
      expect(reader.push(bytes.subarray(at, at + size))).toBe(true);
    }
    expect(frames).toEqual([[1, 2, 3], [], [4]]);
  });

  test('are told from garbage', () => {
    const reader = new FrameReader(() => {});
    expect(reader.push(Uint8Array.of(0xff, 0xff, 0xff, 0xff))).toBe(false);
  });
});

describe('a reply', () => {
  test('is read in order', () => {
    const bytes = [
      0, 0, 0, 0, 7, 0, 0, 0, 2, 0, 0, 0, 9, 8, 2, 0, 0, 0, 1, 0, 0, 0, 255, 255, 255, 255,
    ];
    const reader = new ReplyReader(Uint8Array.from(bytes));
    expect(reader.status()).toBe(0);
    expect(reader.ran()).toEqual({ retval: 7, packet: Uint8Array.of(9, 8) });
    expect(reader.slots()).toEqual([1, -1]);
    reader.end();
  });

  test('that ends too early, or too late, is a bug of ours', () => {
    expect(() => new ReplyReader(Uint8Array.of(1, 0)).status()).toThrow(/ends after 2 bytes/);
    expect(() => new ReplyReader(Uint8Array.of(1)).end()).toThrow(/what its case asked for/);
  });
});

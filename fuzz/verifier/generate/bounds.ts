// Ways to bound a number: by masks, shifts, narrow loads, and by every kind of comparison.

import { between, CONTEXT, type Draft, FRAME_POINTER, SCALAR } from './draft.ts';

type Bound = (draft: Draft, register: number, max: number) => number;

/** The largest 2^n - 1 up to a number. */
function maskUpTo(max: number): number {
  let mask = 0;
  while (2 * mask + 1 <= max) mask = 2 * mask + 1;
  return mask;
}

/** Bits of a mask. */
function bitsOf(mask: number): number {
  return 32 - Math.clz32(mask);
}

function byMask(draft: Draft, register: number, max: number): number {
  const mask = maskUpTo(max);
  const wide = draft.rng.chance(1, 2) ? 'AND64' : 'AND32';
  draft.code.emit(wide, 'K', { dst: register, imm: draft.nudge(mask, mask + 1) });
  return mask;
}

function byShift(draft: Draft, register: number, max: number): number {
  const mask = maskUpTo(max);
  const [name, width] = draft.rng.chance(1, 2)
    ? (['RSH64', 64] as const)
    : (['RSH32', 32] as const);
  // A shift by all bits is refused.
  const by = Math.min(width - bitsOf(mask), width - 1);
  draft.code.emit(name, 'K', { dst: register, imm: draft.nudge(by) });
  return mask === 0 ? 1 : mask;
}

function byNarrowLoad(draft: Draft, register: number, max: number): number {
  const { code } = draft;
  const offset = draft.slot();
  code.emit('STXDW', 'N', { dst: FRAME_POINTER, src: register, offset });
  draft.slots.set(offset, SCALAR);
  code.emit('LDXB', 'N', { dst: register, src: FRAME_POINTER, offset });
  return max >= 0xff ? 0xff : byMask(draft, register, max);
}

/** `if r > max goto out` in its spellings; the number stays what it was and is known better. */
function byUnsignedJump(draft: Draft, register: number, max: number): number {
  const { code, rng } = draft;
  const out = draft.wayOut();
  const limit = draft.nudge(max);
  const dst = register;
  switch (rng.int(0, 3)) {
    case 0:
      code.jump('JGT64', 'K', out, { dst, imm: limit });
      break;
    case 1:
      code.jump('JGE64', 'K', out, { dst, imm: limit + 1 });
      break;
    case 2:
      stayIf(
        draft,
        rng.chance(1, 2) ? (['JLE64', limit] as const) : (['JLT64', limit + 1] as const),
        dst,
      );
      break;
    default:
      // 32 bits tell of 64 once the upper half is known.
      if (!draft.errs()) code.emit('MOV32', 'X', { dst, src: dst });
      code.jump(rng.chance(1, 2) ? 'JGT32' : 'JSGT32', 'K', out, { dst, imm: limit });
      if (rng.chance(1, 2)) code.jump('JSLT32', 'K', out, { dst, imm: 0 });
      else code.jump('JGT32', 'K', out, { dst, imm: limit });
  }
  return max;
}

type Test = readonly ['JLE64' | 'JLT64', number];

/** Goes on where a comparison holds, past a jump to the way out. */
function stayIf(draft: Draft, [name, imm]: Test, dst: number): void {
  const { code } = draft;
  const on = code.label();
  code.jump(name, 'K', on, { dst, imm });
  code.jump('JA', 'N', draft.wayOut());
  code.place(on);
}

function bySignedJumps(draft: Draft, register: number, max: number): number {
  const { code, rng } = draft;
  const out = draft.wayOut();
  const limit = draft.nudge(max);
  const upper = () => code.jump('JSGT64', 'K', out, { dst: register, imm: limit });
  const lower = () => code.jump('JSLT64', 'K', out, { dst: register, imm: 0 });
  const first = rng.chance(1, 2);
  if (first) upper();
  if (!draft.errs()) lower();
  if (!first) upper();
  return max;
}

/** Compared with a register that holds the limit, on either side. */
function byRegister(draft: Draft, register: number, max: number): number {
  const { code, rng } = draft;
  const [limit] = draft.spare(1, [register]) ?? [];
  if (limit === undefined) return byMask(draft, register, max);
  const out = draft.wayOut();
  code.emit('MOV64', 'K', { dst: limit, imm: draft.nudge(max) });
  draft.set(limit, SCALAR);
  if (rng.chance(1, 2)) code.jump('JGT64', 'X', out, { dst: register, src: limit });
  else code.jump('JLT64', 'X', out, { dst: limit, src: register });
  return max;
}

/** The upper bits are tested, and are 0 from there on. */
function byBitTest(draft: Draft, register: number, max: number): number {
  const mask = maskUpTo(max);
  draft.code.jump('JSET64', 'K', draft.wayOut(), {
    dst: register,
    imm: ~draft.nudge(mask, mask + 1),
  });
  return mask;
}

/** A copy is compared: the number is known better by their common id. */
function byCopy(draft: Draft, register: number, max: number): number {
  const { code, rng } = draft;
  const [copy] = draft.spare(1, [register]) ?? [];
  if (copy === undefined) return byMask(draft, register, max);
  code.emit(rng.chance(4, 5) ? 'MOV64' : 'MOV32', 'X', { dst: copy, src: register });
  draft.set(copy, SCALAR);
  const added = rng.chance(1, 4) ? rng.int(1, 4) : 0;
  if (added > 0) code.emit('ADD64', 'K', { dst: copy, imm: added });
  code.jump('JGT64', 'K', draft.wayOut(), { dst: copy, imm: draft.nudge(max) });
  return added > 0 ? byMask(draft, register, max) : max;
}

const BOUNDS: readonly { readonly bound: Bound; readonly weight: number }[] = [
  { bound: byMask, weight: 5 },
  { bound: byShift, weight: 2 },
  { bound: byNarrowLoad, weight: 1 },
  { bound: byUnsignedJump, weight: 6 },
  { bound: bySignedJumps, weight: 3 },
  { bound: byRegister, weight: 2 },
  { bound: byBitTest, weight: 1 },
  { bound: byCopy, weight: 2 },
];
const WEIGHTS = BOUNDS.map(({ weight }) => weight);

/** Bounds the number in a register. @returns what it is at most, up to `max`. */
export function bound(draft: Draft, register: number, max: number): number {
  const { bound: write } = BOUNDS[draft.rng.weighted(WEIGHTS)]!;
  const most = write(draft, register, max);
  draft.set(register, between(0, most));
  return most;
}

/**
 * A register, other than those given, with a number from 0 up to at most `max`: one that is known to be, else one
 * that is bounded here.
 */
export function boundedScalar(
  draft: Draft,
  max: number,
  except: readonly number[] = [],
): { readonly register: number; readonly max: number } | undefined {
  const { held, rng } = draft;
  const fitting = held.flatMap((known, register) =>
    known.kind === 'scalar' &&
    known.min !== undefined &&
    known.min >= 0 &&
    known.max! <= max &&
    !except.includes(register)
      ? [register]
      : [],
  );
  if (fitting.length > 0 && rng.chance(2, 3)) {
    const register = rng.pick(fitting);
    return { register, max: (held[register] as { max: number }).max };
  }
  const [register] = draft.spare(1, except) ?? [];
  if (register === undefined) return undefined;
  unknown(draft, register);
  return { register, max: bound(draft, register, max) };
}

/** Puts a number that hangs on the input into a register. */
export function unknown(draft: Draft, register: number): void {
  const { code, rng, surroundings } = draft;
  const fields = surroundings.type === 'xdp' ? [12, 16] : [0, 4, 8, 16, 32, 48, 52, 68];
  code.emit('LDXW', 'N', { dst: register, src: CONTEXT, offset: rng.pick(fields) });
  draft.set(register, SCALAR);
  if (rng.chance(1, 5)) code.emit('MUL64', 'K', { dst: register, imm: 0x10001 });
  else if (rng.chance(1, 6)) code.emit('NEG64', 'N', { dst: register });
}

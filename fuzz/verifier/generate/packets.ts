// Statements on packets: pointers by a checked length, in every shape of the check, and loads by LD_ABS and LD_IND.

import { contextFields } from '../../../model/scenario/context.ts';
import type { Label } from '../../generate/code-builder.ts';
import { boundedScalar } from './bounds.ts';
import { CONTEXT, type Draft, SCALAR, UNSET } from './draft.ts';
import { type Body, loadConstant } from './scalars.ts';

/**
 * A pointer into the packet, maybe at an offset that varies, the comparison with the packet's end that tells how
 * much there is, and what is done with it.
 */
export function packetPointer(draft: Draft, body: Body): void {
  const { rng, code, surroundings } = draft;
  const { type } = surroundings;
  const { data, data_end: dataEnd, data_meta: dataMeta } = contextFields(type);
  if (type === 'socket_filter' && !draft.errs()) return packetLoad(draft);
  const registers = draft.spare(3);
  if (registers === undefined) return loadConstant(draft);
  const [pointer, end, limit] = registers as [number, number, number];
  const size = rng.chance(1, 40) ? rng.int(0xfff0, 0x1_0010) : rng.int(1, 32);
  for (const register of registers) draft.set(register, UNSET);
  // The part before the packet ends where the packet starts.
  const meta = rng.chance(1, 8);
  const by = rng.chance(1, 3)
    ? boundedScalar(draft, draft.errs() ? 0xffff : rng.pick([7, 63, 255]), registers)
    : undefined;
  code.emit('LDXW', 'N', {
    dst: end,
    src: CONTEXT,
    offset: meta ? data! : dataEnd!,
  });
  code.emit('LDXW', 'N', {
    dst: pointer,
    src: CONTEXT,
    offset: meta ? dataMeta! : data!,
  });
  if (by !== undefined && !meta) code.emit('ADD64', 'X', { dst: pointer, src: by.register });
  code.emit('MOV64', 'X', { dst: limit, src: pointer });
  code.emit('ADD64', 'K', { dst: limit, imm: size });
  const room = Math.max(0, draft.nudge(size, rng.pick([1, 4, 8])));
  const out = code.label();
  const checked = draft.errs() ? room : check(draft, { limit, end, out }, room);
  draft.branch(() => {
    draft.set(pointer, { kind: 'packet', size: checked });
    draft.set(end, { kind: 'packet_end' });
    body();
    draft.forget('packet');
    draft.forget('packet_end');
  });
  code.place(out);
  for (const register of registers) draft.set(register, UNSET);
}

interface Comparison {
  /** The pointer to the byte after what is wanted, and the end. */
  readonly limit: number;
  readonly end: number;
  readonly out: Label;
}

/** One of the comparisons that say that so many bytes are there. @returns how many. */
function check(draft: Draft, { limit, end, out }: Comparison, size: number): number {
  const { rng, code } = draft;
  const on = code.label();
  const stays = () => {
    code.jump('JA', 'N', out);
    code.place(on);
  };
  const reversed = rng.chance(1, 2);
  // Where equality is excluded one byte more is there.
  const strict = rng.chance(1, 3);
  const more = strict ? size + 1 : size;
  const [dst, src] = reversed ? [end, limit] : [limit, end];
  if (rng.chance(1, 2)) {
    const name = reversed ? (strict ? 'JLE64' : 'JLT64') : strict ? 'JGE64' : 'JGT64';
    code.jump(name, 'X', out, { dst, src });
  } else {
    const name = reversed ? (strict ? 'JGT64' : 'JGE64') : strict ? 'JLT64' : 'JLE64';
    code.jump(name, 'X', on, { dst, src });
    stays();
  }
  return more;
}

/** LD_ABS and LD_IND; what is beyond the packet leaves the function. */
export function packetLoad(draft: Draft): void {
  const { rng, code, surroundings } = draft;
  if (surroundings.type === 'xdp' && !draft.errs()) return loadConstant(draft);
  const size = rng.pick(['B', 'H', 'W'] as const);
  const imm = rng.int(0, 20);
  if (rng.chance(1, 2)) code.emit(`LD_ABS_${size}`, 'N', { imm });
  else code.emit(`LD_IND_${size}`, 'N', { src: draft.changeable(), imm });
  draft.clobber(SCALAR);
}

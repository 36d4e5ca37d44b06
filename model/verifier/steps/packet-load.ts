// LD_ABS and LD_IND (RFC 9669 §5.5): calls, in effect, of which r6 is the context, and that may end the function.

import type { ProgramType } from '../../scenario/context.ts';
import type { Transfer, TransferPart } from '../parts.ts';
import type { Verification } from '../verification.ts';
import { leaveFunction } from './local-call.ts';
import { operationOf } from './operation.ts';
import { scalarRegister } from './scalar.ts';

export interface PacketLoadPart {
  /** Whether a program type has packets that such loads can be from (`may_access_skb`). */
  isAllowed(type: ProgramType): boolean;
  /** What a load does to r0 to r5: r0 is loaded, the others are lost. */
  clobber(v: Verification): void;
  /** In a subprogram: a load from beyond the packet ends it and returns 0. @returns where that path goes on. */
  failure(v: Verification): number;
}

/** The register that must hold the context. */
const CONTEXT_REGISTER = 6;
const LAST_CALLER_SAVED = 5;

export const PACKET_LOAD_PART: PacketLoadPart = {
  isAllowed: (type) => type === 'socket_filter' || type === 'sched_cls',

  clobber: (v) => {
    v.define(0, v.unknownScalar);
    for (let r = 1; r <= LAST_CALLER_SAVED; r++) v.define(r, v.notInit);
  },

  failure: (v) => {
    v.parts.explore.pushBranch(v, v.pc + 1);
    v.refine(v.frame, 0, scalarRegister(v, v.domain.constant(0n)));
    return leaveFunction(v);
  },
};

const load: Transfer = (v, instruction) => {
  const { mode } = operationOf(instruction, 'packet');
  const { packetLoad, context } = v.parts;
  if (!packetLoad.isAllowed(v.subject.type)) {
    v.reject('EINVAL', 'BPF_LD_[ABS|IND] instructions not allowed for this program type');
  }
  if (v.use(CONTEXT_REGISTER).type !== 'ctx') {
    v.reject('EINVAL', 'at the time of BPF_LD_ABS|IND R6 != pointer to skb');
  }
  if (mode === 'IND') v.use(instruction.src);
  context.checkPointer(v, CONTEXT_REGISTER);
  packetLoad.clobber(v);
  return v.frame.number === 0 ? v.pc + 1 : packetLoad.failure(v);
};

export const PACKET_LOAD_TRANSFERS = { packet: load } as const satisfies Partial<TransferPart>;

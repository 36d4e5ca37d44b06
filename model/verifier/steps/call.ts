// CALL: of helpers, and of functions of the program (`check_helper_call`, `check_func_call`).

import type { Instruction } from '../../isa/instruction.ts';
import { checkArguments } from '../helpers/arguments.ts';
import { recordMap } from '../helpers/call-site.ts';
import { TAIL_CALL } from '../helpers/prototypes.ts';
import type { Transfer } from '../parts.ts';
import type { Verification } from '../verification.ts';
import { callLocal } from './local-call.ts';
import { afterTailCall, recordTailCall } from './tail-call.ts';

/** In the kernel's order: what a call has set is there when its map is refused. */
function callHelper(v: Verification, { imm: id }: Instruction): number {
  const { helpers: rules } = v.parts;
  const isTailCall = id === TAIL_CALL;
  const prototype = rules.prototype(v, id);
  const map = checkArguments(v, prototype);
  if (map >= 0) recordMap(v, map, isTailCall);
  if (isTailCall) recordTailCall(v, map);
  rules.clobber(v);
  if (prototype.gives !== 'nothing') v.define(0, rules.result(v, prototype, map));
  rules.checkMapType(v, prototype, id, map);
  rules.checkInterpretedTailCall(v, id);
  return isTailCall ? afterTailCall(v) : v.pc + 1;
}

export const call: Transfer = (v, instruction) =>
  instruction.row.name === 'CALL_LOCAL' ? callLocal(v, instruction) : callHelper(v, instruction);

// The verifier's own functions, which variants replace.

import { MEMORY_PART } from './access/access.ts';
import { ALIGNMENT_PART } from './access/alignment.ts';
import { CONTEXT_PART } from './access/context.ts';
import { LEAKS_PART } from './access/leaks.ts';
import { LOADED_PART } from './access/loaded.ts';
import { REGION_PART } from './access/region.ts';
import { SLOTS_PART } from './access/slots.ts';
import { STACK_BOUNDS_PART } from './access/stack-bounds.ts';
import { STACK_RANGE_PART } from './access/stack-range.ts';
import { STACK_READ_PART } from './access/stack-read.ts';
import { STACK_WRITE_PART } from './access/stack-write.ts';
import { BACKTRACK_PART } from './explore/backtrack.ts';
import { CHECKPOINT_PART } from './explore/checkpoints.ts';
import { EXPLORE_PART } from './explore/explore.ts';
import { LIVENESS_PART } from './explore/liveness.ts';
import { PRECISION_PART } from './explore/precision.ts';
import { PRUNE_PART } from './explore/prune.ts';
import { SPECULATION_PART } from './explore/speculation.ts';
import { FLOW_PART } from './flow/flow.ts';
import { HELPER_PART } from './helpers/helpers.ts';
import type { Parts } from './parts.ts';
import { ALU_PART, alu } from './steps/alu.ts';
import { ATOMIC_PART, ATOMIC_TRANSFERS } from './steps/atomic.ts';
import { BOUNDS_CHECK_PART } from './steps/bounds-check.ts';
import { call } from './steps/call.ts';
import { EXIT_PART, exit } from './steps/exit.ts';
import { ja } from './steps/goto.ts';
import { JUMP_PART, jump } from './steps/jump.ts';
import { ldImm64 } from './steps/ld-imm64.ts';
import { LINKED_PART } from './steps/linked.ts';
import { LOAD_STORE_TRANSFERS, POINTER_TYPES_PART } from './steps/load-store.ts';
import { LOCAL_CALL_PART } from './steps/local-call.ts';
import { MAY_GOTO_PART, mayGoto } from './steps/may-goto.ts';
import { MOV_PART, movsx } from './steps/mov.ts';
import { NULL_PART } from './steps/null.ts';
import { PACKET_LOAD_PART, PACKET_LOAD_TRANSFERS } from './steps/packet-load.ts';
import { PACKET_RANGE_PART } from './steps/packet-range.ts';
import { POINTER_PART } from './steps/pointer.ts';
import { SANITIZER_PART } from './steps/sanitize.ts';
import { TAIL_CALL_PART } from './steps/tail-call.ts';
import { neg, swap, UNARY_PART } from './steps/unary.ts';

export const PARTS: Parts = {
  flow: FLOW_PART,
  explore: EXPLORE_PART,
  checkpoints: CHECKPOINT_PART,
  prune: PRUNE_PART,
  speculation: SPECULATION_PART,
  liveness: LIVENESS_PART,
  precision: PRECISION_PART,
  backtrack: BACKTRACK_PART,
  helpers: HELPER_PART,
  tailCall: TAIL_CALL_PART,
  localCall: LOCAL_CALL_PART,
  exit: EXIT_PART,
  alu: ALU_PART,
  mov: MOV_PART,
  unary: UNARY_PART,
  boundsCheck: BOUNDS_CHECK_PART,
  linked: LINKED_PART,
  pointers: POINTER_PART,
  sanitizer: SANITIZER_PART,
  jump: JUMP_PART,
  mayGoto: MAY_GOTO_PART,
  nullness: NULL_PART,
  packetRange: PACKET_RANGE_PART,
  memory: MEMORY_PART,
  alignment: ALIGNMENT_PART,
  leaks: LEAKS_PART,
  region: REGION_PART,
  context: CONTEXT_PART,
  loaded: LOADED_PART,
  slots: SLOTS_PART,
  stackBounds: STACK_BOUNDS_PART,
  stackRange: STACK_RANGE_PART,
  stackRead: STACK_READ_PART,
  stackWrite: STACK_WRITE_PART,
  pointerTypes: POINTER_TYPES_PART,
  atomic: ATOMIC_PART,
  packetLoad: PACKET_LOAD_PART,
  transfer: {
    ...LOAD_STORE_TRANSFERS,
    ...ATOMIC_TRANSFERS,
    ...PACKET_LOAD_TRANSFERS,
    alu,
    neg,
    swap,
    movsx,
    ld_imm64: ldImm64,
    jump,
    ja,
    may_goto: mayGoto,
    call,
    exit,
  },
};

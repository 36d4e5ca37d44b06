// Functions, their frames and what they return; loops.

import { program, type RefusedProgram, TAIL_CALL } from './vector.ts';

/** Functions that each call the next. */
function chain(functions: number): string {
  const bodies = Array.from({ length: functions }, (_, i) =>
    i + 1 < functions ? `f${i}: call f${i + 1}; r0 = 0; exit` : `f${i}: r0 = 0; exit`,
  );
  return bodies.join('\n');
}

export const CALLS: readonly RefusedProgram[] = [
  {
    name: 'stack pointer returned',
    text: program('call f', 'f: r0 = r10; exit'),
    message: 'cannot return stack pointer to the caller',
  },
  {
    name: '520 bytes of stack in two calls',
    text: program(
      'call f',
      `f: *(u64 *)(r10 - 256) = 0; call g; r0 = 0; exit
      g: *(u64 *)(r10 - 264) = 0; r0 = 0; exit`,
    ),
    message: 'combined stack size of 3 calls is 528. Too large',
  },
  {
    name: '512 bytes of stack that are rounded up',
    text: program('*(u64 *)(r10 - 248) = 0; call f', 'f: *(u64 *)(r10 - 264) = 0; r0 = 0; exit'),
    message: 'combined stack size of 2 calls is 528. Too large',
  },
  {
    name: '256 bytes above a tail call',
    text: program('*(u64 *)(r10 - 256) = 0; call f', `f: ${TAIL_CALL}`),
    message:
      'tail_calls are not allowed when call stack of previous frames is 256 bytes. Too large',
  },
  {
    name: 'a tail call without a context',
    text: `r1 = 0; ${TAIL_CALL}`,
    message: 'R1 type=scalar expected=ctx',
  },
  {
    name: 'endless loop',
    text: 'r0 = 0; l: if r0 == 0 goto l; exit',
    message: 'infinite loop detected at insn 1',
  },
  {
    name: 'pointer as return value',
    type: 'socket_filter',
    privileged: false,
    text: 'r0 = r10; exit',
    message: 'R0 leaks addr as return value',
  },
  {
    name: 'nine frames',
    text: chain(9),
    message: 'the call stack of 9 frames is too deep',
  },
];

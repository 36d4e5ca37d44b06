// Why a verifier refuses a program: its messages with what differs from program to program taken out. Differences
// are put in classes by it, and campaigns say which of the reasons they met.

import type { Rejected, Verdict } from '../../model/verifier/verdict.ts';

/** Messages of the verifier, `#` for a number and `*` for anything; the first that fits is the reason. */
const MESSAGES: readonly string[] = [
  // Structure.
  'last insn is not an exit or jmp',
  'jump out of range from insn # to #',
  'jump into the middle of ldimm64 insn #',
  'call to invalid destination',
  'back-edge from insn # to #',
  'unreachable insn #',
  'too many subprograms',
  'unknown opcode *',
  'BPF_ALU uses reserved fields',
  'BPF_MOV uses reserved fields',
  'BPF_LDX uses reserved fields',
  'BPF_ATOMIC uses invalid atomic opcode *',
  'fd # is not pointing to valid bpf_map',
  'The total number of maps per program has reached the limit of #',
  'no direct value access support for this map type',
  'direct value offset of # is not allowed',
  'invalid access to map value pointer, value_size=# off=#',
  'loading/calling other bpf or kernel functions are allowed for CAP_BPF and CAP_SYS_ADMIN',
  // Limits.
  'BPF program is too large. Processed # insn',
  'The sequence of # jumps is too complex.',
  'infinite loop detected at insn #',
  'invalid may_goto off # imm #',
  'the call stack of # frames is too deep !',
  'the call stack of # frames is too deep',
  'combined stack size of # calls is #. Too large',
  'tail_calls are not allowed when call stack of previous frames is # bytes. Too large',
  // Registers and arithmetic.
  'R# !read_ok',
  'frame pointer is read only',
  'div by zero',
  'invalid shift #',
  'R# partial copy of pointer',
  'R# sign-extension part of pointer',
  'R# 32-bit pointer arithmetic prohibited',
  'R# tried to subtract pointer from scalar',
  'R# subtraction from stack pointer prohibited',
  'R# bitwise operator * on pointer prohibited',
  'R# pointer arithmetic with * operator prohibited',
  'R# pointer arithmetic on * prohibited, null-check it first',
  'R# pointer arithmetic on * prohibited',
  'R# pointer arithmetic of map value goes out of range, prohibited for !root',
  'R# pointer arithmetic prohibited',
  'R# pointer comparison prohibited',
  'R# pointer * pointer prohibited',
  'R# stack pointer arithmetic goes out of range, prohibited for !root; off=#',
  'R# variable stack access prohibited for !root, var_off=* off=#',
  'R# has unknown scalar with mixed signed bounds, pointer arithmetic with it prohibited for !root',
  'R# has pointer with unsupported alu operation, pointer arithmetic with it prohibited for !root',
  'R# tried to add from different maps, paths or scalars, pointer arithmetic with it prohibited for !root',
  'R# tried to sub from different maps, paths or scalars, pointer arithmetic with it prohibited for !root',
  'R# tried to add beyond pointer bounds, pointer arithmetic with it prohibited for !root',
  'R# tried to sub beyond pointer bounds, pointer arithmetic with it prohibited for !root',
  'math between * pointer and register with unbounded min value is not allowed',
  'math between * pointer and # is not allowed',
  '* pointer offset # is not allowed',
  'value # makes * pointer be out of bounds',
  // Memory.
  "R# invalid mem access '*'",
  'invalid bpf_context access off=# size=#',
  'negative offset * ptr R# off=# disallowed',
  'dereference of modified * ptr R# off=# disallowed',
  'variable * access var_off=* disallowed',
  'R# unbounded memory access, make sure to bounds check any such access',
  'R# min value is negative, either use unsigned index or do a if (index >=0) check.',
  'R# min value is outside of the allowed memory range',
  'R# max value is outside of the allowed memory range',
  'R# offset is outside of the packet',
  'invalid write to stack R# off=# size=#',
  'invalid read from stack R# off=# size=#',
  'invalid indirect access to stack R# off=# size=#',
  'invalid indirect read from stack R# off #+# size #',
  'invalid indirect read from stack R# var_off * size #',
  'invalid variable-offset * stack R# var_off=* size=#',
  'invalid unbounded variable-offset * stack R#',
  'invalid read from stack off #+# size #',
  'invalid read from stack R# var_off * size #',
  'variable offset stack pointer cannot be passed into helper function; var_off=* off=# size=#',
  'leaking pointer from stack off #',
  'attempt to corrupt spilled pointer on stack',
  'invalid size of register spill',
  'invalid size of register fill',
  'cannot spill pointers to stack into stack frame of the caller',
  'cannot return stack pointer to the caller',
  'misaligned *access off *+#+# size #',
  'R# leaks addr into *',
  'R# leaks addr as return value',
  'BPF_ATOMIC loads from R# * is not allowed',
  'BPF_ATOMIC stores into R# * is not allowed',
  'BPF_ST stores into R# ctx is not allowed',
  'same insn cannot be used with different pointers',
  'helper access to the packet is not allowed',
  '* access is allowed only to CAP_PERFMON and CAP_SYS_ADMIN',
  'only read from * is supported',
  'R# is * invalid negative access: off=#',
  // Calls.
  'R# type=* expected=*',
  'cannot pass map_type # into func *',
  'invalid func unknown*',
  'program of this type cannot use helper *',
  'unknown func *',
  'kernel subsystem misconfigured verifier',
  'tail_call abusing map_ptr',
  'tail_call is not allowed in subprogs without BTF',
  'tail_calls are not allowed in non-JITed programs with bpf-to-bpf calls',
  'LD_ABS is not allowed in subprogs without BTF',
  'BPF_LD_[ABS|IND] instructions not allowed for this program type',
  'at the time of BPF_LD_ABS|IND R6 != pointer to skb',
];

/** Refusals without a word: sizes, and program types that only privileged users may load. */
const SILENT: readonly string[] = ['E2BIG', 'EPERM'];

/** All reasons that the verifier has. */
export const REASONS: readonly string[] = [...MESSAGES, ...SILENT];

/** What kernels say of what is not modelled here. */
const OTHER_MESSAGES: readonly string[] = [
  'cannot access ptr member * with moff # in struct * with off # size #',
];

const NUMBER = String.raw`-?(?:0x[0-9a-f]+|\d+)`;

function patternOf(reason: string): RegExp {
  const escaped = reason.replace(/[.?+^$[\]\\(){}|/]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('#', NUMBER).replaceAll('*', '.*')}$`);
}

const PATTERNS = [...MESSAGES, ...OTHER_MESSAGES].map((reason) => ({
  reason,
  pattern: patternOf(reason),
}));

/** The reason behind a message; undefined for a message that has no row. */
export function reasonOf(message: string): string | undefined {
  return PATTERNS.find(({ pattern }) => pattern.test(message))?.reason;
}

/** The reason of a refusal: its message is empty where only an error number tells it. */
export function reasonOfRejection({ message, errno }: Pick<Rejected, 'message' | 'errno'>): string {
  return message === '' ? errno : (reasonOf(message) ?? message);
}

/** A verdict in a few words, the same for all programs with that verdict and reason. */
export function verdictText(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'accepted':
      return 'accepted';
    case 'rejected':
      return [...new Set([verdict.errno, reasonOfRejection(verdict)])].join(' ');
    case 'unsupported':
      return `unsupported: ${verdict.reason}`;
  }
}

// What the bpf system call refuses before its verifier starts: nothing of it is logged.

import type { Verification } from '../verification.ts';

export interface SizePart {
  /** From 1 instruction up to `limits.instructions`: E2BIG. Wide ones count twice. */
  checkLength(v: Verification): void;
  /** The types that may be loaded without privileges: EPERM. */
  checkType(v: Verification): void;
}

export const SIZE_PART: SizePart = {
  checkLength: (v) => {
    const { program, privileged } = v.subject;
    const { length } = program.code;
    const most = v.rules.limits.instructions[privileged ? 'privileged' : 'unprivileged'];
    if (length === 0 || length > most) v.rejectSilently('E2BIG');
  },
  checkType: (v) => {
    const { type, privileged } = v.subject;
    if (type === 'raw') v.unsupported('programs of type raw');
    if (!privileged && type !== 'socket_filter') v.rejectSilently('EPERM');
  },
};

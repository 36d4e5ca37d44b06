// Addresses must not get where a program without privileges can read them as numbers.

import type { Register } from '../state/register.ts';
import type { Verification } from '../verification.ts';

export interface LeaksPart {
  /** Whether handing out the register's bits tells an address (`is_pointer_value`). */
  leaks(v: Verification, register: Register): boolean;
  /** Refuses to store a register's address. @param where as the refusal says it: `map`, `ctx`, `packet`, `mem`. */
  checkStored(v: Verification, register: number, where: string): void;
}

export const LEAKS_PART: LeaksPart = {
  leaks: (v, register) => !v.subject.privileged && register.type !== 'scalar',

  checkStored: (v, register, where) => {
    if (register >= 0 && v.parts.leaks.leaks(v, v.frame.registers[register]!)) {
      v.reject('EACCES', `R${register} leaks addr into ${where}`);
    }
  },
};

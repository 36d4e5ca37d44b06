// EXIT: of a function, to its caller; of the program (`check_return_code`). None of the modelled types restricts the
// number that is returned.

import { PATH_ENDS, type Transfer } from '../parts.ts';
import type { Verification } from '../verification.ts';
import { leaveFunction } from './local-call.ts';

export interface ExitPart {
  /** R0 where the program ends: set; without privileges, no pointer. */
  checkReturnCode(v: Verification): void;
}

export const EXIT_PART: ExitPart = {
  checkReturnCode: (v) => {
    const { type } = v.use(0);
    if (v.subject.privileged || type === 'scalar') return;
    v.reject('EACCES', 'R0 leaks addr as return value');
  },
};

export const exit: Transfer = (v) => {
  if (v.state.frames.length > 1) {
    v.log.exit(v.pc);
    return leaveFunction(v);
  }
  v.parts.exit.checkReturnCode(v);
  return PATH_ENDS;
};

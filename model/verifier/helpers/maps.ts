// Which helpers work on which maps (`check_map_func_compatibility`).

import { NOT_JITED } from '../flow/fixups.ts';
import type { Verification } from '../verification.ts';
import { type HelperPrototype, MAP_TYPE, TAIL_CALL } from './prototypes.ts';

export interface HelperMapPart {
  /** A tail call with another map; found before the index is looked at, and told of in words of its own. */
  checkProgArray(v: Verification, map: number): void;
  /** A helper with a map that it does not work on. @param id of the helper */
  checkMapType(v: Verification, prototype: HelperPrototype, id: number, map: number): void;
  /** Interpreters count tail calls for one function only, so they refuse them beside local calls. */
  checkInterpretedTailCall(v: Verification, id: number): void;
}

export const HELPER_MAP_PART: HelperMapPart = {
  checkProgArray: (v, map) => {
    if (v.subject.maps[map]?.type === 'prog_array') return;
    v.reject('EINVAL', 'kernel subsystem misconfigured verifier');
  },
  checkMapType: (v, { name, maps }, id, map) => {
    if (map < 0) return;
    const type = MAP_TYPE[v.subject.maps[map]!.type];
    if (maps.includes(type)) return;
    v.reject('EINVAL', `cannot pass map_type ${type} into func ${name}#${id}`);
  },
  checkInterpretedTailCall: (v, id) => {
    if (id !== TAIL_CALL || v.subject.jited || v.flow.subprograms.length === 1) return;
    v.reject('EINVAL', NOT_JITED);
  },
};

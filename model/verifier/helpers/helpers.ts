// Calls of helpers, as rules that variants replace: which there are, what they take, clobber and give.

import { linuxHelperName } from '../../isa/text/helper-names.ts';
import { Register } from '../state/register.ts';
import type { Verification } from '../verification.ts';
import { ARGUMENT_PART, type ArgumentPart } from './arguments.ts';
import { hasHelper } from './availability.ts';
import { HELPER_MAP_PART, type HelperMapPart } from './maps.ts';
import { HELPER_PROTOTYPES, type HelperPrototype } from './prototypes.ts';

export interface HelperPart extends ArgumentPart, HelperMapPart {
  /** The helper of a number. Refuses those that there are not. */
  prototype(v: Verification, id: number): HelperPrototype;
  /** What a call leaves of R0 to R5: nothing. */
  clobber(v: Verification): void;
  /** R0 after the call. @param map that was passed, -1 for none */
  result(v: Verification, prototype: HelperPrototype, map: number): Register;
}

/** R0 to R5. */
const CALLER_SAVED = 6;

export const HELPER_PART: HelperPart = {
  ...ARGUMENT_PART,
  ...HELPER_MAP_PART,
  prototype: (v, id) => {
    const { lastHelper, helperRefusal, helpers } = v.rules;
    if (id < 0 || id > lastHelper) return v.reject('EINVAL', `invalid func unknown#${id}`);
    const name = `${linuxHelperName(id) ?? 'bpf_unspec'}#${id}`;
    if (!hasHelper(helpers, v.subject, id)) return v.reject('EINVAL', `${helperRefusal} ${name}`);
    return HELPER_PROTOTYPES.get(id) ?? v.unsupported(`helper ${name}`);
  },
  clobber: (v) => {
    for (let register = 0; register < CALLER_SAVED; register++) v.define(register, v.notInit);
  },
  result: (v, { gives }, map) => {
    if (gives === 'nothing') return v.notInit;
    if (gives === 'integer') return v.unknownScalar;
    return new Register('map_value_or_null', v.domain.constant(0n), 0, v.nextId(), false, 0, map);
  },
};

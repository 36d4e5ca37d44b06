// Which programs a prog array takes: docs/semantics.md, Ownership; one entry for each key of a profile.

import type { Total } from '../errors.ts';
import type { CompatKey } from '../profiles/profile.ts';
import type { ProgramAttributes } from '../scenario/scenario.ts';

/** What compatibility looks at in a program. */
export interface Associate {
  readonly attributes: ProgramAttributes;
  readonly isExtension: boolean;
  /** Whether there is a call of bpf_tail_call in its code. */
  readonly hasTailCall: () => boolean;
}

/** What one key refuses: a program for its own sake, or one that does not go with the array's owner. */
export type CompatRule =
  | { readonly alone: (program: Associate, isInserted: boolean) => boolean }
  | { readonly besideOwner: (program: Associate, owner: Associate) => boolean };

function differs(attribute: keyof ProgramAttributes): CompatRule {
  return {
    besideOwner: (program, owner) => program.attributes[attribute] !== owner.attributes[attribute],
  };
}

export const COMPAT_RULES: Total<CompatKey, CompatRule> = {
  kprobe_override: { alone: ({ attributes }) => attributes.kprobeOverride },
  dev_bound: { alone: ({ attributes }) => attributes.devBound },
  extension: { alone: ({ isExtension }, isInserted) => isInserted && isExtension },
  type: differs('type'),
  jited: differs('jited'),
  xdp_has_frags: differs('xdpHasFrags'),
  expected_attach_type: differs('expectedAttachType'),
  attach_func_proto: differs('attachFuncProto'),
  sleepable: differs('sleepable'),
  cgroup_storage: {
    besideOwner: ({ attributes: { cgroupStorage } }, owner) =>
      cgroupStorage !== 0 && cgroupStorage !== owner.attributes.cgroupStorage,
  },
  cgroup_storage_leaf: {
    besideOwner: ({ attributes: { cgroupStorage }, hasTailCall }, owner) =>
      cgroupStorage !== owner.attributes.cgroupStorage && (cgroupStorage !== 0 || hasTailCall()),
  },
};

// What programs are besides their code: attributes, a trampoline, a function to replace. All is drawn so that the
// run can start: what is there then is compatible wherever the profile looks.

import { targetOf } from '../../model/isa/program.ts';
import type { CompatKey, Profile } from '../../model/profiles/profile.ts';
import { PROGRAM_TYPES, type ProgramType } from '../../model/scenario/context.ts';
import type {
  FunctionPlace,
  MapDefinition,
  NamedProgram,
  ProgramAttributes,
} from '../../model/scenario/scenario.ts';
import type { Rng } from './rng.ts';

type Attribute = keyof ProgramAttributes;
type Attributes = Partial<ProgramAttributes>;

/** Which keys look at an attribute. */
const KEYS: Readonly<Record<Attribute, readonly CompatKey[]>> = {
  type: ['type'],
  jited: ['jited'],
  xdpHasFrags: ['xdp_has_frags'],
  expectedAttachType: ['expected_attach_type'],
  attachFuncProto: ['attach_func_proto'],
  sleepable: ['sleepable'],
  cgroupStorage: ['cgroup_storage', 'cgroup_storage_leaf'],
  kprobeOverride: ['kprobe_override'],
  devBound: ['dev_bound'],
};
const ATTRIBUTES = Object.keys(KEYS) as Attribute[];
/** That keep a program out of any array where they are looked at, so that not all programs can share them. */
const ALONE: readonly Attribute[] = ['kprobeOverride', 'devBound'];
/** Storages more often, since having none means something. */
const SHARED: readonly Attribute[] = [
  ...ATTRIBUTES.filter((attribute) => !ALONE.includes(attribute)),
  'cgroupStorage',
  'cgroupStorage',
];

function value(rng: Rng, attribute: Attribute): Attributes {
  switch (attribute) {
    case 'type':
      return { type: rng.pick<ProgramType>(PROGRAM_TYPES) };
    case 'jited':
      return { jited: false };
    case 'expectedAttachType':
    case 'attachFuncProto':
    case 'cgroupStorage':
      return { [attribute]: rng.pick([0, 1, 2, 2, 0xffff_ffff]) };
    default:
      return { [attribute]: true };
  }
}

const NO_ATTRIBUTES: Attributes = {};

/** How the programs of a scenario differ. */
export interface Outfit {
  /** What all have in common. */
  readonly base: Attributes;
  /** One program in so many differs from it. */
  readonly oddOneIn: number;
  /** One program in so many is traced. */
  readonly tracedOneIn: number;
}

/** @param lively whether user space does more than to write to slots. */
export function drawOutfit(rng: Rng, { tailCall }: Profile, lively: boolean): Outfit {
  const dressed = rng.chance(1, lively ? 2 : 4);
  return {
    base: dressed && rng.chance(1, 2) ? value(rng, rng.pick(SHARED)) : NO_ATTRIBUTES,
    oddOneIn: dressed ? 3 : 0,
    tracedOneIn: tailCall.trampoline === 'resets' ? 2 : 12,
  };
}

/** Whether a program has one of the arrays' handles in its code. */
function usesArrays(maps: readonly MapDefinition[], { program }: NamedProgram): boolean {
  return program.code.some(
    (instruction) =>
      instruction !== undefined &&
      (instruction.row.name === 'LD_MAP_FD' || instruction.row.name === 'LD_MAP_IDX') &&
      maps[instruction.imm]?.type === 'prog_array',
  );
}

/** The slots that local calls of a program lead to. */
function functionsOf({ program }: NamedProgram): number[] {
  if (program.functions.length === 1) return [];
  return program.code.flatMap((instruction, slot) =>
    instruction?.row.name === 'CALL_LOCAL' ? [targetOf(instruction, slot)!] : [],
  );
}

export interface Dressed {
  readonly named: NamedProgram;
  /** Whether it can be in an array when the run starts. */
  readonly fits: boolean;
}

/** What a program is loaded into. */
export interface Company {
  readonly maps: readonly MapDefinition[];
  /** Those that are loaded before it. */
  readonly programs: readonly NamedProgram[];
  /** Which of them can be its target. */
  readonly targets: readonly number[];
  /** Whether the schedule loads it. */
  readonly later: boolean;
}

/** Gives a program whose code is written attributes, a trampoline and a function to replace, or none of it. */
export function dress(
  rng: Rng,
  { objects }: Profile,
  { base, oddOneIn, tracedOneIn }: Outfit,
  named: NamedProgram,
  { maps, programs, targets, later }: Company,
): Dressed {
  const { compatKeys } = objects;
  const isCompared = (attribute: Attribute) =>
    KEYS[attribute].some((key) => compatKeys.includes(key));
  const odd = oddOneIn > 0 && rng.chance(later ? 2 : 1, oddOneIn);
  const free = odd && (later || !usesArrays(maps, named));
  const isPossible = (attribute: Attribute) => free || !isCompared(attribute);
  const attributes = odd ? oddAttributes(rng, base, isPossible, isCompared) : base;
  const traced = rng.chance(1, tracedOneIn);
  const replaces = rng.chance(1, 4) ? place(rng, programs, targets) : undefined;
  const isLike =
    attributes === base ||
    ATTRIBUTES.every((name) => attributes[name] === base[name] || !isCompared(name));
  const fits = !later && isLike && (replaces === undefined || !compatKeys.includes('extension'));
  const plain = attributes === NO_ATTRIBUTES;
  if (plain && !traced && !replaces) return { named, fits };
  return {
    named: {
      ...named,
      ...(!plain && { attributes }),
      ...(traced && { traced }),
      ...(replaces && { replaces }),
    },
    fits,
  };
}

/** Lacks what the others have in common, or has something else besides; what is compared is tripped over. */
function oddAttributes(
  rng: Rng,
  base: Attributes,
  isPossible: (attribute: Attribute) => boolean,
  isCompared: (attribute: Attribute) => boolean,
): Attributes {
  const common = Object.keys(base) as Attribute[];
  if (common.length > 0 && common.every(isPossible) && rng.chance(1, 2)) return NO_ATTRIBUTES;
  const possible = ATTRIBUTES.filter(isPossible);
  if (possible.length === 0) return base;
  const compared = rng.chance(1, 2) ? possible.filter(isCompared) : [];
  return { ...base, ...value(rng, rng.pick(compared.length > 0 ? compared : possible)) };
}

/** A function of one of the targets, if they have any. */
function place(
  rng: Rng,
  programs: readonly NamedProgram[],
  targets: readonly number[],
): FunctionPlace | undefined {
  const places = targets.flatMap((program) =>
    functionsOf(programs[program]!).map((slot) => ({ program, slot })),
  );
  return places.length > 0 ? rng.pick(places) : undefined;
}

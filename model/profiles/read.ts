// A user's own profile: a named one, and what is different. docs/profiles.md describes the file.

import type { z } from 'zod';
import { InputError } from '../errors.ts';
import { COUNT_MAX } from '../scenario/limits.ts';
import { readShape } from '../scenario/read-shape.ts';
import {
  choice,
  formatVersion,
  integer,
  leaf,
  list,
  object,
  readInteger,
  text,
  toggle,
} from '../scenario/shape.ts';
import { quote } from '../scenario/words.ts';
import { type FileKind, SourceDocument } from '../scenario/yaml.ts';
import { changed, type Known, knobsOf, type KnownKnobs, profileOf } from './build.ts';
import { listProfiles, profileNamed } from './catalogue.ts';
import { linuxRelease } from './instruction-set.ts';
import {
  COMPAT_KEYS,
  COUNTER_ROOTS,
  type KnobName,
  type Knobs,
  type Profile,
  PROPAGATIONS,
  TAIL_CALL_CHECKS,
} from './profile.ts';

export interface ReadProfileOptions {
  /** What errors call the file. */
  readonly file?: string;
}

const KIND: FileKind = { name: 'profile', key: 'tailproof-profile' };
const FORMAT = 1;
/** As for programs: frames of all programs of a run. */
const FRAMES_MAX = 240;

const NAME = /^[A-Za-z_][\w.+/-]{0,62}$/;
const BAD_NAME =
  'a name starts with a letter or _, goes on with letters, digits, _, ., +, - and /, and has at most 63 of them';

/** A list in which nothing is twice. */
function setOf<const T extends string>(options: readonly T[]) {
  return list(choice(options)).check(({ value, issues }) => {
    value.forEach((item, index) => {
      if (value.indexOf(item) === index) return;
      issues.push({
        code: 'custom',
        message: `${item} is there twice`,
        path: [index],
        input: value,
      });
    });
  });
}

const order = setOf(TAIL_CALL_CHECKS).check(({ value, issues }) => {
  const missing = TAIL_CALL_CHECKS.filter((check) => !value.includes(check));
  if (missing.length === 0) return;
  const message = `the order of checks lacks ${missing.join(' and ')}`;
  issues.push({ code: 'custom', message, input: value });
});

const width = <const T extends number>(...widths: readonly T[]) =>
  leaf(widths.join(' or '), (value) => {
    const number = readInteger(value);
    const found = widths.find((candidate) => BigInt(candidate) === number);
    return found === undefined ? undefined : { value: found };
  });

const callerLimit = leaf<number | 'none'>("bytes, or 'none'", (value) => {
  if (value === 'none') return { value: 'none' };
  const bytes = readInteger(value);
  if (bytes === undefined) return undefined;
  return bytes >= 0n && bytes <= 512n
    ? { value: Number(bytes) }
    : { problem: `${bytes} is not from 0 to 512` };
});

const instructionSet = leaf('a release of Linux such as linux-6.12', (value) => {
  if (typeof value !== 'string') return undefined;
  const release = linuxRelease(value);
  return release === undefined
    ? { problem: `${quote(value)} is no release of Linux; one is linux-6.12` }
    : { value: release };
});

const name = leaf('a name', (value) => {
  if (typeof value !== 'string') return undefined;
  if (!NAME.test(value)) return { problem: BAD_NAME };
  return listProfiles().some((known) => known.name === value)
    ? {
        problem: `${quote(value)} is a profile of the catalogue; a profile of your own needs a name of its own`,
      }
    : { value };
});

const profileFile = object({
  'tailproof-profile': formatVersion(FORMAT),
  name,
  from: text,
  source: text.optional(),
  limit: integer(0, COUNT_MAX).optional(),
  order: order.optional(),
  index_bits: width(32, 64).optional(),
  index_masked: toggle.optional(),
  burns: object({
    out_of_range: toggle.optional(),
    exhausted: toggle.optional(),
    empty: toggle.optional(),
  }).optional(),
  propagation: choice(PROPAGATIONS).optional(),
  trampoline: choice(['preserves', 'resets']).optional(),
  count_slot: choice(['rounded', 'unrounded']).optional(),
  direct_key: choice(['checked', 'tnum_range']).optional(),
  compat_keys: setOf(COMPAT_KEYS).optional(),
  owner_locked: toggle.optional(),
  cleared_on: choice(['last_user', 'descriptor']).optional(),
  freed: choice(['grace_period', 'at_once']).optional(),
  freeze_needs: choice(['unfrozen', 'writable']).optional(),
  new_counter: setOf(COUNTER_ROOTS).optional(),
  stack: object({
    caller_limit: callerLimit.optional(),
    rounding: width(16, 32).optional(),
    frames: integer(1, FRAMES_MAX).optional(),
  }).optional(),
  after_call: object({ packet_pointers: choice(['keep', 'drop', 'fork']).optional() }).optional(),
  map_errors: object({
    lookup: choice(['ENOTSUPP', 'id']).optional(),
  }).optional(),
  div0: choice(['zero', 'abort0']).optional(),
  instruction_set: instructionSet.optional(),
});

type ProfileFile = z.output<typeof profileFile>;

/**
 * Reads a profile of a user's own: one of the catalogue's by `from`, and the knobs that are different.
 * @throws InputError saying where the file is wrong.
 */
export function parseProfile(text: string, { file }: ReadProfileOptions = {}): Profile {
  const document = new SourceDocument(text, file, KIND);
  const shape = readShape(document, profileFile, KIND);
  const base = baseOf(shape, document);
  const source = shape.source ?? (file === undefined ? 'a profile of a user' : file);
  const knobs = changed(knobsOf(base), changesOf(shape, base, source));
  return { ...profileOf(shape.name, knobs), from: base.name };
}

function baseOf({ from }: ProfileFile, document: SourceDocument): Profile {
  try {
    return profileNamed(from);
  } catch (error) {
    throw error instanceof InputError ? document.error(['from'], error.reason) : error;
  }
}

function changesOf(
  shape: ProfileFile,
  { tailCall, facts }: Profile,
  source: string,
): Partial<KnownKnobs> {
  const { burns, stack, after_call: afterCall, map_errors: mapErrors } = shape;
  const values: { readonly [K in KnobName]: Knobs[K] | undefined } = {
    limit: shape.limit,
    order: shape.order,
    indexBits: shape.index_bits,
    indexMasked: shape.index_masked,
    burns: burns && {
      outOfRange: burns.out_of_range ?? tailCall.burns.outOfRange,
      exhausted: burns.exhausted ?? tailCall.burns.exhausted,
      empty: burns.empty ?? tailCall.burns.empty,
    },
    propagation: shape.propagation,
    trampoline: shape.trampoline,
    countSlot: shape.count_slot,
    directKey: shape.direct_key,
    compatKeys: shape.compat_keys,
    ownerLocked: shape.owner_locked,
    clearedOn: shape.cleared_on,
    freed: shape.freed,
    freezeNeeds: shape.freeze_needs,
    newCounter: shape.new_counter,
    stack: stack && {
      callerLimit: stack.caller_limit ?? facts.stack.callerLimit,
      rounding: stack.rounding ?? facts.stack.rounding,
      frames: stack.frames ?? facts.stack.frames,
    },
    afterCall: afterCall && {
      r0: 'undefined',
      packetPointers: afterCall.packet_pointers ?? facts.afterCall.packetPointers,
    },
    mapErrors: mapErrors && {
      lookup: mapErrors.lookup ?? facts.mapErrors.lookup,
    },
    div0: shape.div0,
    instructionSet: shape.instruction_set,
  };
  const stated = Object.entries(values).filter(([, value]) => value !== undefined);
  const known = stated.map(([knob, value]): [string, Known<unknown>] => [
    knob,
    { value, tag: 'U', source },
  ]);
  return Object.fromEntries(known) as Partial<KnownKnobs>;
}

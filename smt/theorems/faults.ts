// Changed copies of a subject: of what objects, user space and local calls mean, and of the profile's knobs.

import type { ObjectKnobs, TailCallKnobs } from '../../model/profiles/profile.ts';
import type {
  ArrayEffect,
  ArrayEvent,
  ObjectMeaning,
  ProgramEvent,
  ProgramObjectTerms,
  Semantics,
} from '../semantics/index.ts';
import type { Subject } from './theorem.ts';

function withPart<
  Part extends 'objects' | 'userSpace' | 'compatibility' | 'counterStart' | 'directJump',
>(part: Part) {
  return (change: (meaning: Semantics[Part]) => Semantics[Part]) =>
    (subject: Subject): Subject => {
      const { semantics } = subject;
      return { ...subject, semantics: { ...semantics, [part]: change(semantics[part]) } };
    };
}

/** The subject in which objects count otherwise. */
export const withObjects = withPart('objects');
/** The subject in which one event of a program counts otherwise. */
export const withProgramEvent = (
  event: ProgramEvent,
  change: (program: ProgramObjectTerms, objects: ObjectMeaning) => ProgramObjectTerms,
) =>
  withObjects((objects) => ({
    ...objects,
    program: {
      ...objects.program,
      [event]: (program: ProgramObjectTerms) => change(program, objects),
    },
  }));
/** The subject in which one event of an array counts otherwise. */
export const withArrayEvent = (event: ArrayEvent, effect: ArrayEffect) =>
  withObjects((objects) => ({ ...objects, array: { ...objects.array, [event]: effect } }));
/** The subject in which user space gets other errors. */
export const withUserSpace = withPart('userSpace');
/** The subject in which other programs are compatible. */
export const withCompatibility = withPart('compatibility');
/** The subject in which other local calls start a counter. */
export const withCounterStart = withPart('counterStart');
/** The subject with other direct jumps. */
export const withDirectJump = withPart('directJump');

/** The subject whose profile has other knobs of objects. */
export const withKnobs =
  (knobs: Partial<ObjectKnobs>) =>
  (subject: Subject): Subject => {
    const { profile } = subject;
    return { ...subject, profile: { ...profile, objects: { ...profile.objects, ...knobs } } };
  };

/** The subject whose profile has other knobs of tail calls. */
export const withTailCallKnobs =
  (knobs: Partial<TailCallKnobs>) =>
  (subject: Subject): Subject => {
    const { profile } = subject;
    return { ...subject, profile: { ...profile, tailCall: { ...profile.tailCall, ...knobs } } };
  };

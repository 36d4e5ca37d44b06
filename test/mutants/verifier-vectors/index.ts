// Programs that Linux refuses, with what it says. For planted faults of the verifier that no run of the campaign
// shows, because what they let through is harmless on the modelled machine, or rare.

import type { MapDefinition } from '../../../model/scenario/scenario.ts';
import type { Subject } from '../../../model/verifier/index.ts';
import { MAPS, subjectOf } from '../../model/verifier/subjects.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { CALLS } from './calls.ts';
import { MEMORY } from './memory.ts';
import { NUMBERS } from './numbers.ts';
import { ORDERED } from './ordered.ts';
import { PACKETS } from './packets.ts';
import { PRUNING } from './pruning.ts';
import type { RefusedProgram } from './vector.ts';

/** Those of the verifier's tests, and `wide`: an array of one 16-byte value. */
const VECTOR_MAPS: readonly MapDefinition[] = [
  ...MAPS,
  { name: 'wide', type: 'array', keySize: 4, valueSize: 16, maxEntries: 1, entries: [] },
];

export interface Refused {
  readonly name: string;
  readonly subject: Subject;
  readonly keepsAllStates: boolean;
  readonly message: string;
  /** The kernel that was asked. */
  readonly kernel: '6.12' | '6.19' | '7.3';
}

function refused(program: RefusedProgram): Refused {
  const { name, text, message, keepsAllStates = false } = program;
  const { type = 'sched_cls', privileged = true, kernel = '6.12' } = program;
  const subject = subjectOf(text, { type, privileged, maps: VECTOR_MAPS });
  return { name, subject, keepsAllStates, message, kernel };
}

export const REFUSED: readonly Refused[] = [
  ...ARITHMETIC,
  ...NUMBERS,
  ...PACKETS,
  ...MEMORY,
  ...CALLS,
  ...PRUNING,
  ...ORDERED,
].map(refused);

// Programs for the verifier's tests: text to a subject, with the maps that the texts name.

import { uncheckedProgram } from '../../../model/isa/program.ts';
import { assemble } from '../../../model/isa/text/assemble.ts';
import type { MapDefinition } from '../../../model/scenario/scenario.ts';
import type { Subject } from '../../../model/verifier/subject.ts';

/** `jmp` and `other`: prog arrays of 4. `one`: an array of one 8-byte value. `many`: of four. `hash`: of two. */
export const MAPS: readonly MapDefinition[] = [
  { name: 'jmp', type: 'prog_array', maxEntries: 4, entries: [] },
  { name: 'other', type: 'prog_array', maxEntries: 4, entries: [] },
  { name: 'one', type: 'array', keySize: 4, valueSize: 8, maxEntries: 1, entries: [] },
  { name: 'many', type: 'array', keySize: 4, valueSize: 8, maxEntries: 4, entries: [] },
  { name: 'hash', type: 'hash', keySize: 4, valueSize: 8, maxEntries: 2, entries: [] },
];

/** Arrays of one 8-byte value, by numbers. */
export function arrays(count: number): MapDefinition[] {
  return Array.from({ length: count }, (_, index) => ({
    ...(MAPS[2] as MapDefinition),
    name: `m${index}`,
  }));
}

/** A subject of a text that nothing else than a verifier checks; lines may stand behind each other, with `;`. */
export function subjectOf(text: string, options: Partial<Subject> = {}): Subject {
  const maps = options.maps ?? MAPS;
  const { instructions } = assemble(text.replaceAll(';', '\n'), {
    mapFd: (name) => {
      const index = maps.findIndex((map) => map.name === name);
      return index < 0 ? undefined : index;
    },
  });
  return {
    program: uncheckedProgram(instructions),
    type: 'xdp',
    maps,
    privileged: true,
    jited: true,
    btf: true,
    ...options,
  };
}

/** As a program of a user without privileges. */
export const UNPRIVILEGED = { type: 'socket_filter', privileged: false } as const;

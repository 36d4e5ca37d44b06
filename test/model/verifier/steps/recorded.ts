// Programs with the logs that a kernel was seen to print of them at level 2, as recorded-6.12.txt has them: `== NAME
// [TYPE] [unpriv]`, the program, `--`, the log. Left out of the log: addresses, columns, how precision is traced
// back, and all of the statistics but the instructions.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramType } from '../../../../model/scenario/context.ts';
import type { MapDefinition } from '../../../../model/scenario/scenario.ts';
import type { Subject } from '../../../../model/verifier/subject.ts';
import { subjectOf } from '../subjects.ts';

export interface Recorded {
  readonly name: string;
  readonly subject: Subject;
  readonly log: readonly string[];
}

const values = { keySize: 4, valueSize: 8, entries: [] } as const;
/** As in the recorded programs. */
export const MAPS: readonly MapDefinition[] = [
  { name: 'm', type: 'array', maxEntries: 1, ...values },
  { name: 'm2', type: 'array', maxEntries: 4, ...values },
  { name: 'h', type: 'hash', maxEntries: 16, ...values },
  { name: 'jmp', type: 'prog_array', maxEntries: 4, entries: [] },
];

export function recorded(): Recorded[] {
  const text = readFileSync(join(import.meta.dirname, 'recorded-6.12.txt'), 'utf8');
  return text.split(/^== /m).slice(1).map(recordOf);
}

const TYPES: readonly ProgramType[] = ['xdp', 'sched_cls', 'socket_filter'];

function recordOf(block: string): Recorded {
  const [head, ...rest] = block.split('\n');
  const [name, ...words] = head!.split(' ');
  const [program, log] = rest.join('\n').split('\n--\n');
  const type = TYPES.find((candidate) => words.includes(candidate)) ?? 'sched_cls';
  const privileged = !words.includes('unpriv');
  return {
    name: name!,
    subject: subjectOf(program!, { type, privileged, maps: MAPS }),
    log: log!.trimEnd().split('\n'),
  };
}

/** A log as the recorded ones are. */
export function comparable(log: string): string[] {
  return log
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('mark_precise'))
    .map((line) => line.replace(/ +;/, ' ;').replace(/^(processed \d+ insns).*/, '$1'));
}

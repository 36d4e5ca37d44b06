// A fact about tail calls: what a profile says of it beside what a kernel does.

import type { LinuxEngine } from '../../../interp/linux/engine.ts';
import { CaseWriter, ReplyReader } from '../../../interp/linux/wire.ts';
import { InternalError } from '../../../model/errors.ts';
import type { Profile } from '../../../model/profiles/profile.ts';

/** Where a fact is looked at. */
export interface Place {
  readonly kernel: LinuxEngine;
  readonly profile: Profile;
}

export interface Fact {
  /** What is looked at, in words. */
  readonly what: string;
  /** What the profile says; a dash where it says nothing. */
  readonly expected: (place: Place) => string;
  readonly observed: (place: Place) => Promise<string>;
}

export interface FactGroup {
  readonly title: string;
  readonly facts: readonly Fact[];
}

/** A profile that says nothing about this. */
export const SILENT = '–';

/** Runs one case on a kernel and reads its reply. */
export async function ask<T>(
  { kernel }: Place,
  write: (writer: CaseWriter) => void,
  read: (reader: ReplyReader) => T,
  unprivileged = false,
): Promise<T> {
  const writer = new CaseWriter();
  writer.settings(kernel.jit, unprivileged);
  write(writer);
  const [result] = await kernel.cases([writer.finish()]);
  if (result === undefined || 'failure' in result) {
    throw new InternalError(`a guest of ${kernel.name} failed while facts were looked at`);
  }
  const reader = new ReplyReader(result.reply);
  reader.status();
  return read(reader);
}

/** Error numbers as names, `done` for none. */
const NAMES: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'EPERM',
  2: 'ENOENT',
  7: 'E2BIG',
  9: 'EBADF',
  13: 'EACCES',
  16: 'EBUSY',
  17: 'EEXIST',
  22: 'EINVAL',
  95: 'EOPNOTSUPP',
  524: 'ENOTSUPP',
};

export function errnoText(errno: number): string {
  return NAMES[errno] ?? `errno ${errno}`;
}

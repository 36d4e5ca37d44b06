// Profiles as users name them: one of the catalogue's, or a file of their own.

import { Option } from 'commander';
import { listProfiles, profileNamed } from '../model/profiles/catalogue.ts';
import type { Profile } from '../model/profiles/profile.ts';
import { parseProfile } from '../model/profiles/read.ts';
import { readText } from './io.ts';
import type { Terminal } from './terminal.ts';

/** A name that can only be a file's: the catalogue has none with such an end. */
const FILE = /\.ya?ml$/i;

/** @throws InputError for a name that is not in the catalogue, or what is wrong in a file. */
export async function findProfile(nameOrFile: string, terminal: Terminal): Promise<Profile> {
  if (!FILE.test(nameOrFile)) return profileNamed(nameOrFile);
  return parseProfile(await readText(nameOrFile, terminal), { file: nameOrFile });
}

/** `all`, or names and files with commas between them. */
export async function findProfiles(list: string, terminal: Terminal): Promise<readonly Profile[]> {
  if (list === 'all') return listProfiles();
  const names = list.split(',').map((name) => name.trim());
  return Promise.all(names.map((name) => findProfile(name, terminal)));
}

export function profilesOption(): Option {
  return new Option('--profiles <list>', 'all, or profiles and profile files, with commas');
}

export function profileOption(): Option {
  return new Option(
    '--profile <profile>',
    'instead of the one in the file: a name, or a profile file (.yaml)',
  );
}

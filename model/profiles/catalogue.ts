// The named profiles, and how one is found.

import { InputError } from '../errors.ts';
import { didYouMean } from '../isa/text/nearest.ts';
import { quote } from '../scenario/words.ts';
import { LINUX_INTERP } from './linux-interp.ts';
import { LINUX_OTHER } from './linux-other.ts';
import { LINUX_X86_64 } from './linux-x86_64.ts';
import { OTHERS } from './others.ts';
import { behaviourKey, type Profile } from './profile.ts';

const PROFILES: readonly Profile[] = [...LINUX_INTERP, ...LINUX_X86_64, ...LINUX_OTHER, ...OTHERS];
const BY_NAME = new Map(PROFILES.map((profile) => [profile.name, profile]));

export const DEFAULT_PROFILE = 'linux-6.12/x86_64';

export function listProfiles(): readonly Profile[] {
  return PROFILES;
}

/** Whether the catalogue's profile of this name does the same, so that the name says it all. */
export function isInCatalogue(profile: Profile): boolean {
  const known = BY_NAME.get(profile.name);
  return known !== undefined && behaviourKey(known) === behaviourKey(profile);
}

/** @throws InputError naming the profiles that may have been meant. */
export function profileNamed(name: string): Profile {
  const profile = BY_NAME.get(name);
  if (profile !== undefined) return profile;
  throw new InputError(`there is no profile ${quote(name)}${meant(name)}`, { at: 'profile' });
}

const NAME_MAX = 60;

/** Which names may have been meant, or where to look. */
function meant(name: string): string {
  const names = [...BY_NAME.keys()];
  const short = name.slice(0, NAME_MAX);
  const sameKernel = names.filter((known) => partsOf(known)[0] === partsOf(short)[0]);
  if (sameKernel.length > 0) {
    return didYouMean(short, sameKernel) || `; there are ${sameKernel.join(', ')}`;
  }
  const neighbours = aroundVersion(short, names);
  if (neighbours.length > 0) {
    return `; the closest ${neighbours.length > 1 ? 'are' : 'is'} ${neighbours.join(' and ')}`;
  }
  const near = didYouMean(short, names);
  if (near !== '') return near;
  const longer = short === '' ? [] : names.filter((known) => known.startsWith(short));
  if (longer.length > 0 && longer.length <= LISTED_MAX) return `; there is ${longer.join(', ')}`;
  return `; one is ${DEFAULT_PROFILE}, and tailproof list profiles shows all`;
}

const LISTED_MAX = 3;

function partsOf(name: string): [kernel: string, engine: string] {
  const slash = name.indexOf('/');
  return slash < 0 ? [name, ''] : [name.slice(0, slash), name.slice(slash + 1)];
}

/** The release of which a stable one is meant; else the last before and the first after, of the same engine. */
function aroundVersion(name: string, names: readonly string[]): string[] {
  const version = versionOf(name);
  if (version === undefined) return [];
  const sameEngine = names
    .filter((known) => partsOf(known)[1] === partsOf(name)[1])
    .map((known) => ({ known, number: versionOf(known) ?? 0 }))
    .sort((a, b) => a.number - b.number);
  const same = sameEngine.find(({ number }) => number === version);
  if (same !== undefined) return [same.known];
  const before = sameEngine.findLast(({ number }) => number < version);
  const after = sameEngine.find(({ number }) => number > version);
  return [before, after].flatMap((found) => (found === undefined ? [] : [found.known]));
}

/** A number that is in order for Linux versions; undefined for other names. */
function versionOf(name: string): number | undefined {
  const found = /^linux-(\d{1,3})\.(\d{1,3})(\.\d{1,4})?\//.exec(name);
  return found === null ? undefined : Number(found[1]) * 1000 + Number(found[2]);
}

// What the museum has, and how exhibits are chosen. A kind of bug plugs in with a list of its own.

import { InputError } from '../../model/errors.ts';
import { didYouMean } from '../../model/isa/text/nearest.ts';
import type { Exhibit, ExhibitKind } from './exhibit.ts';
import { SCALAR_EXHIBITS } from './scalar/exhibits.ts';
import { TAIL_CALL_EXHIBITS } from './tail-call/index.ts';
import { PATCHING } from './trace/patching.ts';
import { VERIFIER_EXHIBITS } from './verifier/exhibits.ts';

/** All of them, in the order in which they are shown. */
export const EXHIBITS: readonly Exhibit[] = [
  ...TAIL_CALL_EXHIBITS,
  ...PATCHING,
  ...SCALAR_EXHIBITS,
  ...VERIFIER_EXHIBITS,
];

export interface Choice {
  /** Ids or aliases, or their first characters; all without any. */
  readonly ids?: readonly string[];
  readonly kind?: ExhibitKind;
}

/** @throws InputError for an id that names nothing or several, with those that may have been meant. */
export function chooseExhibits(
  { ids = [], kind }: Choice,
  exhibits: readonly Exhibit[] = EXHIBITS,
): readonly Exhibit[] {
  const ofKind = exhibits.filter((exhibit) => kind === undefined || exhibit.kind === kind);
  if (ofKind.length === 0) throw new InputError(`the museum has nothing of the kind ${kind}`);
  if (ids.length === 0) return ofKind;
  const chosen = new Set(ids.map((id) => exhibitNamed(id, ofKind)));
  return ofKind.filter((exhibit) => chosen.has(exhibit));
}

const namesOf = ({ id, aliases }: Exhibit) => [id, ...aliases];

function exhibitNamed(id: string, exhibits: readonly Exhibit[]): Exhibit {
  const wanted = id.toLowerCase();
  const by = (matches: (name: string) => boolean) =>
    exhibits.filter((exhibit) => namesOf(exhibit).some((name) => matches(name.toLowerCase())));
  const exact = by((name) => name === wanted);
  const found = exact.length > 0 || wanted === '' ? exact : by((name) => name.startsWith(wanted));
  if (found.length === 1) return found[0]!;
  const names = (found.length > 1 ? found : exhibits).flatMap(namesOf);
  if (found.length > 1) throw new InputError(`'${id}' may be ${names.join(' or ')}`);
  const hint = didYouMean(id, names) || `; there are ${names.join(', ')}`;
  throw new InputError(`the museum has no '${id}'${hint}`);
}

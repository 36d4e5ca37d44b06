// Wording of errors that name things: what there is, and what was probably meant.

import { nearest } from '../isa/text/nearest.ts';

const LISTED_MAX = 12;
const QUOTED_MAX = 40;

/** `a, b, c`; long lists are cut short. */
export function listNames(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const listed = names.slice(0, LISTED_MAX).join(', ');
  return names.length > LISTED_MAX ? `${listed} and ${names.length - LISTED_MAX} more` : listed;
}

/** `; did you mean 'x'?`, or the names that there are. */
export function suggestion(word: string, names: readonly string[]): string {
  const meant = nearest(word.slice(0, QUOTED_MAX), names)[0];
  return meant === undefined ? `; there are: ${listNames(names)}` : `; did you mean '${meant}'?`;
}

/** A text of the user's within a message: on one line, quoted and never long. */
export function quote(text: string): string {
  const shown = text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}…` : text;
  return `'${JSON.stringify(shown).slice(1, -1).replaceAll('\\"', '"')}'`;
}

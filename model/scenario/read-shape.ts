// A file by its schema: the first of what is wrong with it, at its place.

import type { z } from 'zod';
import { InputError } from '../errors.ts';
import { nearest } from '../isa/text/nearest.ts';
import type { Path } from './problem.ts';
import { spotOf } from './shape.ts';
import { type FileKind, keyText, Mapping, type SourceDocument } from './yaml.ts';

/** @throws InputError about the first thing that is wrong, with how many more there are. */
export function readShape<T extends z.ZodType>(
  document: SourceDocument,
  schema: T,
  { name, key: format }: FileKind,
): z.output<T> {
  const { root } = document;
  const keys = root instanceof Mapping ? root.pairs.map(({ key }) => keyText(key)) : [];
  if (!keys.some((key) => nearest(key, [format]).length > 0)) {
    throw document.error([], `this is no ${name}: it has no \`${format}: 1\``);
  }
  const result = schema.safeParse(root);
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue) =>
    document.error(issue.path as Path, issue.message, spotOf(issue)),
  );
  // In another format the rest may well be right.
  const otherFormat = errors.find(({ place }) => place.at === format);
  if (otherFormat !== undefined) throw otherFormat;
  const [first, ...more] = errors.sort(byPlace);
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  throw new InputError(`${first!.reason}${others}`, first!.place);
}

function byPlace({ place: a }: InputError, { place: b }: InputError): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

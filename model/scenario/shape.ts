// Building blocks for schemas of YAML files, over zod: what one scalar, mapping or list may be, with the words
// for what is wrong. Errors carry the path and, within texts, the character that is meant.

import { z } from 'zod';
import { type Reading, readHex, readHexInteger } from './bytes.ts';
import { BAD_NAME, NAME } from './limits.ts';
import type { Path } from './problem.ts';
import { listNames, quote, suggestion } from './words.ts';
import { type Key, keyText, Mapping, Plain, type Spot, type Value } from './yaml.ts';

/** An entry of a map, unread: what its bytes are depends on the sizes of the map. */
export interface Entry {
  readonly key: Key;
  readonly value: Key;
  /** Where it is, below the entries. */
  readonly path: Path;
  /** In a list, key and value are named and have places of their own. */
  readonly listed: boolean;
}
export type Entries = readonly Entry[];

function describe(value: unknown): string {
  if (value instanceof Mapping) return 'a mapping';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Plain) return value.value === null ? 'nothing' : value.text;
  return `the text ${quote(String(value))}`;
}

type Issues = { push(issue: z.core.$ZodRawIssue): unknown };

function complain(
  issues: Issues,
  message: string,
  path: (string | number)[] = [],
  spot: Spot = {},
): void {
  issues.push({ code: 'custom', message, path, params: spot, input: undefined });
}

const isMissing = (value: unknown) => value === undefined;

/** A schema of one scalar or list, by a function that reads it. */
export function leaf<T>(expected: string, read: (value: Value) => Reading<T> | undefined) {
  return z.unknown().transform((input, context): T => {
    const reading = isMissing(input) ? undefined : read(input as Value);
    if (reading !== undefined && 'value' in reading) return reading.value;
    const problem = isMissing(input)
      ? 'is missing'
      : (reading?.problem ?? `expected ${expected}, but this is ${describe(input)}`);
    const index = reading?.index;
    complain(context.issues, problem, [], index === undefined ? {} : { index });
    return z.NEVER;
  });
}

/** An integer as YAML reads it, or in hexadecimal with a sign. */
export function readInteger(value: Value): bigint | undefined {
  if (typeof value === 'string') return readHexInteger(value);
  return value instanceof Plain && typeof value.value === 'bigint' ? value.value : undefined;
}

function wide(min: bigint, max: bigint) {
  return leaf('an integer', (value) => {
    const integer = readInteger(value);
    if (integer === undefined) return undefined;
    if (integer >= min && integer <= max) return { value: integer };
    return { problem: `${integer} is not from ${min} to ${max}` };
  });
}

export function integer(min: number, max: number) {
  return wide(BigInt(min), BigInt(max)).transform(Number);
}

/** A register's value: signed or unsigned, kept unsigned. */
export const word = wide(-(2n ** 63n), 2n ** 64n - 1n).transform((value) =>
  BigInt.asUintN(64, value),
);

export const text = leaf('text', (value) => (typeof value === 'string' ? { value } : undefined));

export const yes = leaf<true>('true', (value) =>
  value instanceof Plain && value.value === true ? { value: true } : undefined,
);

export const toggle = leaf('true or false', (value) =>
  value instanceof Plain && typeof value.value === 'boolean' ? { value: value.value } : undefined,
);

/** The only format of a file that is known. */
export function formatVersion(known: number) {
  return leaf(String(known), (value) => {
    const number = readInteger(value);
    if (number === undefined) return undefined;
    return number === BigInt(known)
      ? { value: known }
      : { problem: `this is format ${number}; only format ${known} is known` };
  });
}

/** Hex bytes; also unquoted ones that YAML takes for a number. */
export const bytes = leaf("hex bytes such as '00 0f'", (value) => {
  if (typeof value === 'string') return readHex(value);
  return value instanceof Plain && value.value !== null ? readHex(value.text) : undefined;
});

export function choice<T extends string>(options: readonly T[]) {
  return leaf(`one of ${listNames(options)}`, (value) => {
    if (typeof value !== 'string') return undefined;
    const option = options.find((candidate) => candidate === value);
    if (option !== undefined) return { value: option };
    return { problem: `there is no ${quote(value)} here${suggestion(value, options)}` };
  });
}

function mapping(input: unknown, issues: Issues): Mapping | undefined {
  if (input instanceof Mapping) return input;
  complain(
    issues,
    isMissing(input) ? 'is missing' : `expected a mapping, but this is ${describe(input)}`,
  );
  return undefined;
}

/** A mapping with these keys and no others. */
export function object<S extends z.core.$ZodShape>(shape: S) {
  const known = Object.keys(shape);
  return z.preprocess((input, context) => {
    const pairs = mapping(input, context.issues)?.pairs ?? [];
    for (const { key } of pairs) {
      const name = keyText(key);
      if (known.includes(name)) continue;
      complain(context.issues, `unknown key${suggestion(name, known)}`, [name], { key: true });
    }
    return Object.fromEntries(pairs.map(({ key, value }) => [keyText(key), value]));
  }, z.object(shape));
}

/** A mapping from names to things of one kind, in file order. */
export function named<T extends z.ZodType>(item: T) {
  return z.preprocess(
    (input, context) => {
      const pairs = mapping(input, context.issues)?.pairs ?? [];
      for (const { key } of pairs) {
        if (typeof key === 'string' && NAME.test(key)) continue;
        complain(context.issues, BAD_NAME, [keyText(key)], { key: true });
      }
      return Object.fromEntries(pairs.map(({ key, value }) => [keyText(key), value]));
    },
    z.record(z.string(), item),
  );
}

/** A list of things of one kind. */
export function list<T extends z.ZodType>(item: T) {
  return z.preprocess((input, context) => {
    if (Array.isArray(input)) return input;
    complain(context.issues, `expected a list, but this is ${describe(input)}`);
    return z.NEVER;
  }, z.array(item));
}

const isScalar = (value: Value | undefined): value is Key =>
  typeof value === 'string' || value instanceof Plain;

function listedEntry(item: Value, index: number, issues: Issues): Entry[] {
  const found: Record<string, Value> = {};
  if (!(item instanceof Mapping)) {
    complain(issues, `expected { key: , value: }, but this is ${describe(item)}`, [index]);
    return [];
  }
  for (const { key, value } of item.pairs) {
    const name = keyText(key);
    if (name === 'key' || name === 'value') found[name] = value;
    else
      complain(issues, `unknown key${suggestion(name, ['key', 'value'])}`, [index, name], {
        key: true,
      });
  }
  const { key, value } = found as { key?: Value; value?: Value };
  if (isScalar(key) && isScalar(value)) return [{ key, value, path: [index], listed: true }];
  for (const [name, part] of [
    ['key', key],
    ['value', value],
  ] as const) {
    if (part === undefined) complain(issues, `${name} is missing`, [index]);
    else if (!isScalar(part))
      complain(issues, `expected one ${name}, but this is ${describe(part)}`, [index, name]);
  }
  return [];
}

/** `{ key: value, … }`, or a list of `{ key: , value: }`. */
export const entries = z.unknown().transform((input, context): Entries => {
  if (Array.isArray(input)) {
    return input.flatMap((item, index) => listedEntry(item, index, context.issues));
  }
  if (!(input instanceof Mapping)) {
    complain(
      context.issues,
      `expected a mapping or a list of entries, but this is ${describe(input)}`,
    );
    return z.NEVER;
  }
  return input.pairs.flatMap(({ key, value }) => {
    if (isScalar(value)) return [{ key, value, path: [keyText(key)], listed: false }];
    complain(context.issues, `expected one value, but this is ${describe(value)}`, [keyText(key)]);
    return [];
  });
});

/** A rule that does not hold: why, and at which key if not for all of the mapping. */
export type Broken = { readonly reason: string; readonly key?: string };

/** Adds a rule between keys of an object. */
export function rule<T extends z.ZodType>(
  schema: T,
  check: (value: z.output<T>) => Broken | undefined,
): T {
  return schema.check(({ value, issues }) => {
    const broken = check(value as z.output<T>);
    if (broken === undefined) return;
    const { reason, key } = broken;
    complain(issues as Issues, reason, key === undefined ? [] : [key], { key: true });
  });
}

/** The given keys that a mapping has. */
export function present(value: object, keys: readonly string[]): string[] {
  return keys.filter((key) => (value as Record<string, unknown>)[key] !== undefined);
}

/** One schema for mappings and another for everything else, so that errors are about the right one. */
export function mappingOr<A extends z.ZodType, B extends z.ZodType>(ifMapping: A, otherwise: B) {
  return z.unknown().transform((input, context): z.output<A> | z.output<B> => {
    const result = (input instanceof Mapping ? ifMapping : otherwise).safeParse(input);
    if (result.success) return result.data as z.output<A> | z.output<B>;
    for (const issue of result.error.issues) {
      complain(
        context.issues,
        issue.message,
        [...issue.path] as (string | number)[],
        spotOf(issue),
      );
    }
    return z.NEVER;
  });
}

/** Which spot of the value at its path an issue is about. */
export function spotOf(issue: z.core.$ZodIssue): Spot {
  return issue.code === 'custom' ? (issue.params ?? {}) : {};
}

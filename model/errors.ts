// The three kinds of thrown errors. What a run may legitimately do (exit, trap, run out of fuel) is
// never thrown: it is an Outcome.

/** A place in something that the user wrote: a file, and where in it. */
export interface Place {
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  /** A path into a scenario (`programs.entry`), a slot (`slot 3`) or a field (`offset`). */
  readonly at?: string;
}

/** Renders a place as `file:line:column: at`, leaving out what is not known. */
export function formatPlace(place: Place): string {
  const position = [place.file, place.line, place.column].filter((part) => part !== undefined);
  return [position.join(':'), place.at]
    .filter((part) => part !== undefined && part !== '')
    .join(': ');
}

/** The user's input is wrong (exit code 2): says what, where and why. */
export class InputError extends Error {
  readonly reason: string;
  readonly place: Place;

  constructor(reason: string, place: Place = {}, options?: ErrorOptions) {
    const where = formatPlace(place);
    super(where === '' ? reason : `${where}: ${reason}`, options);
    this.name = 'InputError';
    this.reason = reason;
    this.place = place;
  }

  /** The same error seen from further out: fields that are already known win. */
  within(outer: Place): InputError {
    return new InputError(this.reason, { ...outer, ...this.place }, { cause: this.cause });
  }
}

/** The input is well-formed but outside of what is modelled (exit code 3, never a pass). */
export class UnsupportedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnsupportedError';
  }
}

/** A bug in tailproof itself (exit code 70). */
export class InternalError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InternalError';
  }
}

/** States what the surrounding code relies on. @throws InternalError when it does not hold. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InternalError(message);
}

/** Closes a switch over a union. @throws InternalError always; the type checker shows it is never reached. */
export function assertNever(value: never): never {
  throw new InternalError(`unexpected case: ${JSON.stringify(value)}`);
}

/** A table that must hold an entry for every key; a missing row does not compile. */
export type Total<K extends PropertyKey, V> = { readonly [P in K]-?: V };

// What the process says when it ends: docs/command-line.md.

export const EXIT = {
  /** All good. */
  ok: 0,
  /** Refuted, or a mismatch between engines, or an expectation that does not hold. */
  mismatch: 1,
  /** Wrong usage or wrong input. */
  input: 2,
  /** Inconclusive: unsupported, unknown, or cut by a bound. Never a pass. */
  inconclusive: 3,
  /** A bug in tailproof. */
  bug: 70,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const GRAVITY: readonly ExitCode[] = [
  EXIT.ok,
  EXIT.inconclusive,
  EXIT.mismatch,
  EXIT.input,
  EXIT.bug,
  EXIT.interrupted,
];

/** The code of several results together: a mismatch outweighs what could not be decided. */
export function worst(codes: Iterable<ExitCode>): ExitCode {
  let result: ExitCode = EXIT.ok;
  for (const code of codes) if (GRAVITY.indexOf(code) > GRAVITY.indexOf(result)) result = code;
  return result;
}

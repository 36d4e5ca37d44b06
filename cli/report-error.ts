// Errors as the user sees them: one line for what they can mend, and for our bugs how to report them.

import { CommanderError } from 'commander';
import { InputError, UnsupportedError } from '../model/errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { VERSION } from './package-info.ts';
import { oneLine } from './render/text.ts';
import type { Terminal } from './terminal.ts';

/** Commander's own: the message has been written, or help was asked for. */
function commanderExit({ code, exitCode }: CommanderError): ExitCode {
  if (code === 'commander.helpDisplayed' || code === 'commander.version') return EXIT.ok;
  return exitCode === 0 ? EXIT.ok : EXIT.input;
}

/** Says on standard error what went wrong. @returns the exit code. */
export function reportError(error: unknown, argv: readonly string[], terminal: Terminal): ExitCode {
  if (error instanceof CommanderError) return commanderExit(error);
  if (error instanceof InputError) {
    terminal.err(`tailproof: ${oneLine(error.message)}\n`);
    return EXIT.input;
  }
  if (error instanceof UnsupportedError) {
    terminal.err(`tailproof: unsupported: ${oneLine(error.message)}\n`);
    return EXIT.inconclusive;
  }
  reportBug(error, argv, terminal);
  return EXIT.bug;
}

function reportBug(error: unknown, argv: readonly string[], terminal: Terminal): void {
  const debug = terminal.env.TAILPROOF_DEBUG === '1';
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  // A message from a worker thread has that thread's stack below its first line.
  const [first = ''] = message.split('\n', 1);
  terminal.err(
    [
      `tailproof: internal error: ${oneLine(first)}`,
      `this is a bug in tailproof ${VERSION} (node ${process.version}); the command line that shows it:`,
      `  ${['tailproof', ...argv].map(shellWord).join(' ')}`,
      ...(debug ? [stack ?? '', message] : ['TAILPROOF_DEBUG=1 shows where it happened']),
      '',
    ].join('\n'),
  );
}

/** A word that a shell reads as one. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Commander's message of wrong usage, which may have several lines, as one. */
export function usageError(text: string): string {
  return `tailproof: ${oneLine(text.replace(/^error: /, ''))}\n`;
}

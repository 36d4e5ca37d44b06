// What every command is given: the terminal, colours for its output, and where its exit code goes.

import type { Command } from 'commander';
import type { ExitCode } from './exit-codes.ts';
import { table } from './render/table.ts';
import type { Colors, Terminal } from './terminal.ts';

export interface Session {
  readonly terminal: Terminal;
  /** For standard output. */
  readonly colors: Colors;
  /** Says how the command ended. */
  finish(code: ExitCode): void;
}

/** Adds a verb to the program. */
export type Register = (program: Command, session: Session) => void;

/** Writes lines to standard output. */
export function printLines({ terminal }: Session, lines: readonly string[]): void {
  terminal.out(lines.map((line) => `${line}\n`).join(''));
}

/** The end of a verb's help. @param exits what each exit code says, by number. */
export function helpTail(
  examples: readonly string[],
  exits: Readonly<Record<number, string>>,
): string {
  const heading = examples.length === 1 ? 'Example' : 'Examples';
  const lines = examples.map((example) => `  $ ${example}\n`).join('');
  const codes = Object.entries(exits).map(([code, words]) => [code, words]);
  const listed = table(codes, { right: [0], indent: '  ' }).join('\n');
  return `\n${heading}:\n${lines}\nExit codes:\n${listed}\n`;
}

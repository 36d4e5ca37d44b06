// Says why a line is no instruction.

import { formatPlace, InputError, UnsupportedError } from '../../errors.ts';
import { explainLine, type Grammar, leadingWords } from './grammar.ts';
import { didYouMean, listOf } from './nearest.ts';
import type { Names } from './operands.ts';
import type { Line, Token } from './tokens.ts';

/** More alternatives than these are not listed: they no longer help. */
const EXPECTED_MAX = 5;

/** A call through a register is an instruction that exists, but not of RFC 9669. */
function rejectCallx(line: Line, lineNumber: number): void {
  const [first, second] = line.tokens;
  const isCallx =
    first?.text === 'callx' || (first?.text === 'call' && second?.kind === 'register');
  if (!isCallx) return;
  const where = formatPlace({ line: lineNumber, column: first.column });
  throw new UnsupportedError(`${where}: callx, a call through a register, is not modelled`);
}

function unexpected(
  token: Token | undefined,
  literals: readonly string[],
  operands: readonly string[],
): string {
  const found = token === undefined ? 'the line ends' : `found '${token.text}'`;
  const options = [...operands, ...literals.map((text) => `'${text}'`)];
  if (options.length <= EXPECTED_MAX) return `expected ${listOf(options)}, but ${found}`;
  if (token === undefined) return 'the line ends within the instruction';
  return `unexpected '${token.text}'${didYouMean(token.text, literals)}`;
}

function reasonAt(
  grammar: Grammar,
  at: number,
  token: Token | undefined,
  literals: readonly string[],
  operands: readonly string[],
): string {
  if (at > 0 || token === undefined) return unexpected(token, literals, operands);
  if (token.kind !== 'word') return `an instruction cannot start with '${token.text}'`;
  return `unknown mnemonic '${token.text}'${didYouMean(token.text, leadingWords(grammar))}`;
}

/**
 * Throws what is wrong with a line that no template matches.
 * @throws InputError at the offending token; UnsupportedError for callx.
 */
export function rejectLine(grammar: Grammar, line: Line, names: Names, lineNumber: number): never {
  rejectCallx(line, lineNumber);
  const why = explainLine(grammar, line, names);
  if (why.kind === 'complaint') {
    throw new InputError(why.reason, { line: lineNumber, column: why.column });
  }
  const token = line.tokens[why.at];
  throw new InputError(reasonAt(grammar, why.at, token, why.literals, why.operands), {
    line: lineNumber,
    column: token?.column ?? line.endColumn,
  });
}

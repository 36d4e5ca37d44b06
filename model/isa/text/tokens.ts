// Reads one source line into tokens, and takes off what surrounds an instruction in a listing: the pc, the
// opcode or the bytes, labels, comments. Columns are 1-based and count from the start of the source line.

export type TokenKind = 'register' | 'number' | 'word' | 'sign';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly column: number;
}

/** What a listing says about the encoding: the verifier's `(b7)`, or the bytes that objdump prints. */
export interface Hint {
  readonly opcode: number;
  readonly src?: number;
  readonly column: number;
}

export interface Label {
  readonly name: string;
  readonly column: number;
}

export interface Line {
  readonly labels: readonly Label[];
  readonly hint?: Hint;
  readonly tokens: readonly Token[];
  /** The column after the last token: where an error points when the line ends too early. */
  readonly endColumn: number;
  /** The text behind `;` on a line that also holds an instruction. */
  readonly remark?: { readonly text: string; readonly column: number };
}

// Compound operators come first, so that `s>>=` is one token; `%r1` is a register but `%=` an operator.
const TOKEN =
  /\s*(?:(s(?:>>=|[/%<>]=|[<>])|<<=|>>=|[-+*/|&%^=!<>]=)|(%?[rw]\d+\b)|(\d\w*)|([A-Za-z_.$][\w.$]*)|(\S))/y;

// `12: `, `(b7) `, or objdump's eight or sixteen bytes.
const LISTING =
  /\s*(?:\d+:\s*)?(?:\(([0-9a-f]{2})\)\s*|((?:[0-9a-f]{2}\s){8}(?:(?:[0-9a-f]{2}\s){8})?)\s*)?/iy;
const LABEL = /\s*([A-Za-z_.$][\w.$]*)\s*:/y;
// objdump's `0000000000000010 <name>:` before a function or a block.
const OBJDUMP_LABEL = /^\s*[0-9a-f]{8,16} <([^<>]+)>:\s*$/i;
// objdump's `<LBB0_2>` after a target that it has printed as an offset already.
const OBJDUMP_SYMBOL = /\s<[^<>]*>\s*$/;
// `#` within `bpf_tail_call#12` belongs to the instruction.
const COMMENT = /;|\/\/|(?<!\w)#/;

/** Splits a text into tokens; it never fails, since a strange character is a token of its own. */
export function tokenize(text: string, start = 0): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = start;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const [, operator, register, number, word, other] = match;
    const token = operator ?? register ?? number ?? word ?? other ?? '';
    const kind =
      register !== undefined
        ? 'register'
        : number !== undefined
          ? 'number'
          : word !== undefined
            ? 'word'
            : 'sign';
    tokens.push({ kind, text: token, column: TOKEN.lastIndex - token.length + 1 });
  }
  return tokens;
}

function readHint(text: string): { hint?: Hint; next: number } {
  LISTING.lastIndex = 0;
  const match = LISTING.exec(text);
  if (match === null) return { next: 0 };
  const [all, opcode, bytes] = match;
  const found = opcode ?? bytes;
  if (found === undefined) return { next: all.length };
  const hint: Hint = {
    opcode: Number.parseInt(found.slice(0, 2), 16),
    column: all.indexOf(found) + 1,
    ...(bytes === undefined ? {} : { src: Number.parseInt(bytes.slice(3, 4), 16) }),
  };
  return { hint, next: all.length };
}

function readLabels(text: string, start: number): { labels: Label[]; next: number } {
  const labels: Label[] = [];
  let next = start;
  LABEL.lastIndex = start;
  for (let match = LABEL.exec(text); match !== null; match = LABEL.exec(text)) {
    const [all, name = ''] = match;
    labels.push({ name, column: next + all.indexOf(name) + 1 });
    next = LABEL.lastIndex;
  }
  return { labels, next };
}

/** Reads a source line. */
export function readLine(source: string): Line {
  const comment = COMMENT.exec(source);
  const code = comment === null ? source : source.slice(0, comment.index);
  const header = OBJDUMP_LABEL.exec(code);
  if (header !== null) {
    const [, name = ''] = header;
    const labels = [{ name, column: code.indexOf('<') + 2 }];
    return { labels, tokens: [], endColumn: code.length };
  }
  const { hint, next: afterHint } = readHint(code);
  const { labels, next } = readLabels(code, afterHint);
  const tokens = tokenize(code.replace(OBJDUMP_SYMBOL, ''), next);
  const last = tokens.at(-1);
  const endColumn = last === undefined ? code.length + 1 : last.column + last.text.length;
  const remark =
    comment?.[0] === ';' && last !== undefined
      ? { text: source.slice(comment.index + 1), column: comment.index + 1 }
      : undefined;
  return {
    labels,
    tokens,
    endColumn,
    ...(hint === undefined ? {} : { hint }),
    ...(remark === undefined ? {} : { remark }),
  };
}

// Lays YAML out: on one line where that fits, else as a block. Only what scenarios consist of.

import { formatHex } from './bytes.ts';

/** A value to be written: a scalar's own text, bytes, lines of text, a list, or keys (as text) and values. */
export type Tree =
  | string
  | { readonly bytes: Uint8Array }
  | { readonly lines: readonly string[] }
  | { readonly list: readonly Tree[] }
  | { readonly pairs: readonly (readonly [key: string, value: Tree])[] };

const WIDTH = 100;
const INDENT = '  ';
const BYTES_PER_LINE = 16;

/** A name as YAML text; some names would be read as something else than text. */
export function nameText(name: string): string {
  return /^(null|true|false)$/i.test(name) ? `"${name}"` : name;
}

/** An integer: as a small number of either sign where it is one, else in hexadecimal. */
export function integerText(value: bigint): string {
  const signed = BigInt.asIntN(64, value);
  const small = signed > -65536n && signed < 65536n;
  return small ? String(signed) : `0x${value.toString(16)}`;
}

/** A tree on one line; undefined where it has lines of its own. */
function flow(tree: Tree): string | undefined {
  if (typeof tree === 'string') return tree;
  if ('bytes' in tree) return `"${formatHex(tree.bytes)}"`;
  if ('lines' in tree) return undefined;
  const isList = 'list' in tree;
  const parts = isList
    ? tree.list.map(flow)
    : tree.pairs.map(([key, value]) => {
        const text = flow(value);
        return text === undefined ? undefined : `${key}: ${text}`;
      });
  if (parts.includes(undefined)) return undefined;
  const [open, close] = isList ? '[]' : '{}';
  return parts.length === 0 ? `${open}${close}` : `${open} ${parts.join(', ')} ${close}`;
}

function isEmpty(tree: Tree): boolean {
  if (typeof tree === 'string' || 'lines' in tree || 'bytes' in tree) return false;
  return ('list' in tree ? tree.list : tree.pairs).length === 0;
}

/** The lines of a literal block, header first; an indented first line needs its indentation told. */
function literal(lines: readonly string[], indent: string): string[] {
  const header = lines[0]?.startsWith(' ') ? `|${INDENT.length}` : '|';
  return [header, ...lines.map((line) => (line === '' ? '' : indent + line))];
}

function hexLines(bytes: Uint8Array): string[] {
  const count = Math.ceil(bytes.length / BYTES_PER_LINE);
  return Array.from({ length: count }, (_, line) =>
    formatHex(bytes.subarray(line * BYTES_PER_LINE, (line + 1) * BYTES_PER_LINE)),
  );
}

/** A tree after a `key:` or a `-` that stands at an indentation; the first line continues theirs. */
function block(tree: Tree, before: string, indent: string, mayFlow: boolean): string[] {
  const text = flow(tree);
  const fits = text !== undefined && before.length + 1 + text.length <= WIDTH;
  if (typeof tree === 'string' || isEmpty(tree) || (mayFlow && fits)) return [`${before} ${text}`];
  const inner = indent + INDENT;
  if ('bytes' in tree || 'lines' in tree) {
    const lines = 'lines' in tree ? tree.lines : hexLines(tree.bytes);
    const [header, ...rest] = literal(lines, inner);
    return [`${before} ${header}`, ...rest];
  }
  if ('list' in tree) {
    return [before, ...tree.list.flatMap((item) => block(item, `${inner}-`, inner, true))];
  }
  const pairs = tree.pairs.flatMap(([key, value]) => block(value, `${inner}${key}:`, inner, true));
  // A list item's first key goes on the line of the `-`.
  if (!before.endsWith('-')) return [before, ...pairs];
  return [`${before} ${pairs[0]!.trimStart()}`, ...pairs.slice(1)];
}

/** A file of keys at the margin; `open` are those that are never put on one line. */
export function layOut(
  pairs: readonly (readonly [key: string, value: Tree])[],
  open: ReadonlySet<string>,
): string {
  const lines = pairs.flatMap(([key, value]) => block(value, `${key}:`, '', !open.has(key)));
  return `${lines.join('\n')}\n`;
}

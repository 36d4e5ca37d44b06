// Values in the SMT-LIB text of a model, read back: `#x0f`, `#b01`, `true`, `(_ bv5 8)`,
// `((as const (Array ...)) v)`, `(store a i v)`.

import { InternalError } from '../../model/errors.ts';
import type { Sort } from '../terms/index.ts';
import { ArrayValue, type Value } from '../terms/index.ts';

type Expression = string | Expression[];

/** The value of the sort that the text denotes. @throws InternalError for any other text. */
export function parseValue(text: string, sort: Sort): Value {
  return read(parseExpression(text), sort, text);
}

function parseExpression(text: string): Expression {
  const open: Expression[][] = [[]];
  for (const token of text.match(/[()]|\|[^|]*\||[^\s()|]+/g) ?? []) {
    const innermost = open[open.length - 1] as Expression[];
    if (token === '(') {
      const list: Expression[] = [];
      innermost.push(list);
      open.push(list);
    } else if (token === ')') {
      open.pop();
      if (open.length === 0) throw unreadable(text);
    } else {
      innermost.push(token);
    }
  }
  const [top] = open;
  const value = top?.[0];
  if (open.length !== 1 || top?.length !== 1 || value === undefined) throw unreadable(text);
  return value;
}

function read(expression: Expression, sort: Sort, text: string): Value {
  if (sort.kind === 'Bool') {
    if (expression === 'true') return true;
    if (expression === 'false') return false;
    throw unreadable(text);
  }
  if (sort.kind === 'BitVec') return readBits(expression, sort.width, text);
  return readArray(expression, sort, text);
}

function readBits(expression: Expression, width: number, text: string): bigint {
  if (typeof expression === 'string') {
    const digits = /^#(x[0-9a-fA-F]+|b[01]+)$/.exec(expression)?.[1];
    const bits = digits === undefined ? 0 : (digits.length - 1) * (digits[0] === 'x' ? 4 : 1);
    if (bits !== width) throw unreadable(text);
    return BigInt(`0${digits}`);
  }
  const [underscore, literal, literalWidth] = expression;
  const value = typeof literal === 'string' ? /^bv(\d+)$/.exec(literal)?.[1] : undefined;
  if (underscore !== '_' || value === undefined || literalWidth !== String(width)) {
    throw unreadable(text);
  }
  return BigInt(value);
}

// A loop over the stores from the outermost in, since a model may hold thousands.
function readArray(
  expression: Expression,
  sort: Extract<Sort, { kind: 'Array' }>,
  text: string,
): ArrayValue {
  const stores: [bigint, bigint][] = [];
  let array = expression;
  while (Array.isArray(array) && array[0] === 'store') {
    const [, older, index, element] = array;
    if (older === undefined || index === undefined || element === undefined) throw unreadable(text);
    stores.push([
      readBits(index, sort.index.width, text),
      readBits(element, sort.element.width, text),
    ]);
    array = older;
  }
  const [head, element] = Array.isArray(array) ? array : [];
  const isConstant = Array.isArray(head) && head[0] === 'as' && head[1] === 'const';
  if (!isConstant || element === undefined) throw unreadable(text);
  const fallback = readBits(element, sort.element.width, text);
  return new ArrayValue(sort.index.width, fallback, stores.reverse());
}

function unreadable(text: string): InternalError {
  return new InternalError(`the model holds a value that cannot be read: ${text}`);
}

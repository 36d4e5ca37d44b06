// Columns of text.

export interface TableOptions {
  /** By which columns are aligned at their right end. */
  readonly right?: readonly number[];
  /** Put before every line. */
  readonly indent?: string;
}

/** The width of a text on a terminal, without its colours. */
function widthOf(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours start with an escape
  return [...text.replace(/\x1b\[[0-9;]*m/g, '')].length;
}

/** Lines of a table with as much space as each column needs; the last column is not padded. */
export function table(
  rows: readonly (readonly string[])[],
  { right = [], indent = '' }: TableOptions = {},
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
    });
  }
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const space = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
      return right.includes(column) ? space + cell : cell + space;
    });
    return (indent + cells.join('  ')).trimEnd();
  });
}

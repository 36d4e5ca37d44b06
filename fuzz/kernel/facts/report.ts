// The table of facts: one row a fact, profile beside kernel.

import type { LinuxEngine } from '../../../interp/linux/engine.ts';
import { profileNamed } from '../../../model/profiles/catalogue.ts';
import { COMPATIBILITY_FACTS } from './compatibility.ts';
import { ELEMENT_FACTS } from './elements.ts';
import { EXTENSION_FACTS } from './extensions.ts';
import { type FactGroup, type Place, SILENT } from './fact.ts';
import { RUN_FACTS } from './runs.ts';
import { VERIFIER_FACTS } from './verifier.ts';

export const FACT_GROUPS: readonly FactGroup[] = [
  RUN_FACTS,
  ELEMENT_FACTS,
  COMPATIBILITY_FACTS,
  EXTENSION_FACTS,
  VERIFIER_FACTS,
];

export interface Cell {
  readonly kernel: string;
  readonly profile: string;
  readonly expected: string;
  readonly observed: string;
  /** Undefined where the profile says nothing. */
  readonly agrees: boolean | undefined;
}

export interface FactRow {
  readonly what: string;
  /** One for each kernel. */
  readonly cells: readonly Cell[];
}

export interface FactTable {
  readonly title: string;
  readonly rows: readonly FactRow[];
}

/** Looks at every fact on every kernel. @param onRow sees how far it is. */
export async function observeFacts(
  kernels: readonly LinuxEngine[],
  groups: readonly FactGroup[] = FACT_GROUPS,
  onRow?: (what: string) => void,
): Promise<FactTable[]> {
  const tables: FactTable[] = [];
  for (const { title, facts } of groups) {
    const rows: FactRow[] = [];
    for (const { what, expected, observed } of facts) {
      onRow?.(what);
      const cells: Cell[] = [];
      for (const kernel of kernels) {
        const place: Place = { kernel, profile: profileNamed(kernel.profile) };
        cells.push(cellOf(place, expected(place), await observed(place)));
      }
      rows.push({ what, cells });
    }
    tables.push({ title, rows });
  }
  return tables;
}

function cellOf({ kernel, profile }: Place, expected: string, observed: string): Cell {
  // A refusal's reason is the verifier's own.
  const plain =
    expected === 'refused' ? observed.replace(/^(refused|E[A-Z]+).*/s, 'refused') : observed;
  return {
    kernel: kernel.name,
    profile: profile.name,
    expected,
    observed,
    agrees: expected === SILENT ? undefined : plain === expected,
  };
}

/** Rows whose profile and kernel differ. */
export function differences(tables: readonly FactTable[]): { what: string; cell: Cell }[] {
  return tables.flatMap(({ rows }) =>
    rows.flatMap(({ what, cells }) =>
      cells.filter(({ agrees }) => agrees === false).map((cell) => ({ what, cell })),
    ),
  );
}

/** Markdown: a table for each group. Cells that differ are in bold, with both sides. */
export function factsMarkdown(tables: readonly FactTable[]): string {
  const parts = [
    '# What Linux says about tail calls',
    '',
    'Made by `tailproof linux facts` from a run, not written by hand. Where profile and kernel say the same, it stands',
    'once; where the profile says nothing, what the kernel says stands alone, in italics; where they differ, both do, in',
    'bold.',
  ];
  for (const { title, rows } of tables) {
    const names = rows[0]?.cells.map(({ kernel }) => kernel) ?? [];
    parts.push(
      '',
      `## ${title}`,
      '',
      line(['fact', ...names]),
      line(['---', ...names.map(() => '---')]),
    );
    for (const { what, cells } of rows) parts.push(line([what, ...cells.map(cellText)]));
  }
  return `${parts.join('\n')}\n`;
}

const line = (cells: readonly string[]) =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

function cellText({ expected, observed, agrees }: Cell): string {
  if (agrees === undefined) return `_${observed}_`;
  return agrees ? observed : `**profile: ${expected}; kernel: ${observed}**`;
}

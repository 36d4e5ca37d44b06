// The operators extracted from a kernel, as functions on states. The folder is named by the environment, or lies
// beside the project.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { RegState } from '../../../../model/domain/state.ts';
import { invariant } from '../../../../model/errors.ts';
import { Formula } from './formula.ts';

const { TAILPROOF_AGNI: FOLDER = join(import.meta.dirname, '../../../../../shared/agni') } =
  process.env;

/** The folder with extracted operators, or undefined where there is none. */
export const agniFolder: string | undefined = existsSync(FOLDER) ? FOLDER : undefined;

/** `other_…` is the way on where a jump is taken. */
export type RegisterName = 'dst_reg' | 'src_reg' | 'other_branch_dst_reg' | 'other_branch_src_reg';
export type Registers = Partial<Record<RegisterName, RegState<bigint>>>;

type Fields = readonly (string | readonly string[])[];
type Names = Readonly<Record<string, Fields>>;

const FIELDS = ['smin', 'smax', 'umin', 'umax'] as const;

/** What the kernel's operator of the file does to states; fields that are nowhere said are undefined. */
export function extracted(version: '5.9' | '6.1', file: string) {
  invariant(agniFolder !== undefined, 'there is a folder of extracted operators');
  const text = gunzipSync(readFileSync(join(agniFolder, version, `${file}.smt2.gz`))).toString();
  const comments = text.split('\n').filter((line) => line.startsWith(';{'));
  const [inputs, outputs] = comments.map((line) => JSON.parse(line.slice(1)) as Names);
  const formula = new Formula(text);
  return (registers: Registers): Record<string, RegState<bigint> | undefined> => {
    const values = new Map<string, bigint>();
    for (const [name, fields] of Object.entries(inputs!)) {
      const state = registers[name as RegisterName];
      if (state !== undefined)
        for (const [field, value] of writeState(fields, state)) values.set(field, value);
    }
    const lookup = formula.solve(values);
    return Object.fromEntries(
      Object.entries(outputs!).map(([name, fields]) => [
        name,
        readState(fields, (field) => lookup(field) as bigint | undefined),
      ]),
    );
  };
}

function writeState(fields: Fields, { varOff, r64, r32 }: RegState<bigint>): [string, bigint][] {
  const [value, mask] = fields[5] as readonly string[];
  return [
    [value!, varOff.value],
    [mask!, varOff.mask],
    ...FIELDS.map((field, i): [string, bigint] => [fields[6 + i] as string, r64[field]]),
    ...FIELDS.map((field, i): [string, bigint] => [fields[10 + i] as string, r32[field]]),
  ];
}

function readState(
  fields: Fields,
  lookup: (field: string) => bigint | undefined,
): RegState<bigint> | undefined {
  const [value, mask] = (fields[5] as readonly string[]).map(lookup);
  const bounds = fields.slice(6, 14).map((field) => lookup(field as string));
  if ([value, mask, ...bounds].includes(undefined)) return undefined;
  const [smin, smax, umin, umax, smin32, smax32, umin32, umax32] = bounds as bigint[];
  return {
    varOff: { value: value!, mask: mask! },
    r64: { umin: umin!, umax: umax!, smin: smin!, smax: smax! },
    r32: { umin: umin32!, umax: umax32!, smin: smin32!, smax: smax32! },
  };
}

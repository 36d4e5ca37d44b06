// Examines rows of the table: both witnesses, the run, and the argument that nothing exceeds it.

import type { ErrnoName } from '../../../model/maps/errno.ts';
import type { VerifyOptions } from '../../../model/verifier/index.ts';
import { chooseTheorems, prove, type SolverPool, type TheoremReport } from '../../../smt/index.ts';
import type { LimitRow, Refusal, Witness } from './limit.ts';
import { checkSmallScale, type SmallScaleReport } from './small-scale.ts';
import { verdictOn } from './verdict.ts';

export interface ExamineOptions {
  /** Decides theorems; without it they are not asked. */
  readonly pool?: SolverPool;
  /** Of the verifier that is examined: a fault. */
  readonly verifier?: VerifyOptions;
  /** Tail calls that a run may take, in place of the profile's. */
  readonly tailCallLimit?: number;
  /** Whether small scales are gone through; by default they are. */
  readonly exhaustive?: boolean;
  readonly signal?: AbortSignal;
  /** Called at once; must not throw. */
  readonly onEvent?: (event: LimitEvent) => void;
}

export type LimitEvent =
  | { readonly type: 'begin'; readonly row: LimitRow; readonly doing: Doing }
  | { readonly type: 'report'; readonly report: LimitReport };

type Doing = 'at' | 'beyond' | 'run' | 'theorems' | 'small scale';

/** What the verifier says of a witness. */
export type Said = 'accepted' | Refusal | { readonly unsupported: string };

export type TheoremsReport = Readonly<Record<string, TheoremReport['result']>>;

export interface LimitReport {
  readonly row: LimitRow;
  readonly at: Said;
  readonly beyond: Said;
  /** The figure of the witness at the limit. */
  readonly attained: number;
  /** The figure of the witness beyond, where it is accepted. */
  readonly stays?: number;
  /** By name, of those that were asked. */
  readonly theorems: TheoremsReport;
  readonly smallScale?: SmallScaleReport;
  /** Whether the witness attains all that is allowed. */
  readonly tight: boolean;
  /** What is not as the row says; none where it holds. */
  readonly problems: readonly string[];
}

/** Examines rows one after the other. When it is interrupted it tells what there is. */
export async function examine(
  rows: readonly LimitRow[],
  options: ExamineOptions = {},
): Promise<LimitReport[]> {
  const reports: LimitReport[] = [];
  for (const row of rows) {
    // Whoever shows progress, or interrupts, gets a turn.
    await new Promise((resolve) => setImmediate(resolve));
    if (options.signal?.aborted) break;
    const report = await examineRow(row, options);
    reports.push(report);
    options.onEvent?.({ type: 'report', report });
  }
  return reports;
}

export async function examineRow(
  row: LimitRow,
  options: ExamineOptions = {},
): Promise<LimitReport> {
  const { verifier = {}, exhaustive = true } = options;
  const begin = (doing: Doing) => options.onEvent?.({ type: 'begin', row, doing });
  begin('at');
  const inside = limited(row.at(), options);
  const at = saidOf(inside, verifier);
  begin('run');
  const attained = row.figure(inside, verifier);
  begin('beyond');
  const outside = limited(row.beyond(), options);
  const beyond = saidOf(outside, verifier);
  const stays = row.refusal === 'none' ? row.figure(outside, verifier) : undefined;
  begin('theorems');
  const theorems = await decide(row.theorems, options);
  begin('small scale');
  const smallScale =
    exhaustive && row.smallScale !== undefined
      ? checkSmallScale(row.smallScale, verifier)
      : undefined;
  const problems = [
    ...witnessProblems(row, { at, beyond, attained, stays }),
    ...theoremProblems(theorems),
    ...smallScaleProblems(row, smallScale),
  ];
  return {
    ...{ row, at, beyond, attained, theorems },
    ...(stays === undefined ? {} : { stays }),
    ...(smallScale === undefined ? {} : { smallScale }),
    ...{ tight: attained === row.allows, problems },
  };
}

/** The witness under another limit of tail calls. */
function limited({ scenario, privileged }: Witness, { tailCallLimit }: ExamineOptions): Witness {
  if (tailCallLimit === undefined) return { scenario, privileged };
  const { profile } = scenario;
  const tailCall = { ...profile.tailCall, limit: tailCallLimit };
  return { privileged, scenario: { ...scenario, profile: { ...profile, tailCall } } };
}

function saidOf(witness: Witness, options: VerifyOptions): Said {
  const verdict = verdictOn(witness, options);
  switch (verdict.kind) {
    case 'accepted':
      return 'accepted';
    case 'unsupported':
      return { unsupported: verdict.reason };
    case 'rejected':
      return { errno: verdict.errno, message: verdict.message };
  }
}

/** What was said, in words. */
export function saidText(said: Said): string {
  if (said === 'accepted') return 'accepted';
  if ('unsupported' in said) return `not decided: ${said.unsupported}`;
  return refusalText(said);
}

function refusalText({ errno, message }: { errno: ErrnoName; message: string }): string {
  return message === '' ? errno : `${errno}: ${message}`;
}

interface Witnessed {
  readonly at: Said;
  readonly beyond: Said;
  readonly attained: number;
  /** The figure of the witness beyond, where it is accepted. */
  readonly stays: number | undefined;
}

function witnessProblems(row: LimitRow, { at, beyond, attained, stays }: Witnessed): string[] {
  const { refusal, attains, allows } = row;
  const problems: string[] = [];
  if (at !== 'accepted') problems.push(`at the limit: ${saidText(at)}`);
  const expected = refusal === 'none' ? 'accepted' : refusalText(refusal);
  if (saidText(beyond) !== expected) {
    problems.push(`beyond: ${saidText(beyond)}, and not ${expected}`);
  }
  if (attained !== attains) problems.push(`attained are ${attained} ${row.unit}, not ${attains}`);
  if (stays !== undefined && stays !== allows) {
    problems.push(`beyond, there are ${stays} ${row.unit}, not ${allows}`);
  }
  return problems;
}

async function decide(
  names: readonly string[],
  { pool, signal }: ExamineOptions,
): Promise<TheoremsReport> {
  if (names.length === 0 || pool === undefined) return {};
  const { theorems } = await prove(chooseTheorems(names), {
    pool,
    ...(signal === undefined ? {} : { signal }),
  });
  return Object.fromEntries(theorems.map(({ name, result }) => [name, result]));
}

function theoremProblems(theorems: TheoremsReport): string[] {
  return Object.entries(theorems).flatMap(([name, result]) =>
    result === 'as-stated' ? [] : [`${name} is ${result}`],
  );
}

function smallScaleProblems(
  { smallScale: scale }: LimitRow,
  report: SmallScaleReport | undefined,
): string[] {
  if (scale === undefined || report === undefined) return [];
  const { greatest } = report;
  if (greatest === scale.allows) return [];
  const relation = greatest > scale.allows ? 'exceeds' : 'does not come to';
  return [
    `at the small scale an accepted program has ${greatest}, which ${relation} ${scale.allows}`,
  ];
}

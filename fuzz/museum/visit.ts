// A visit of the museum: every exhibit is found again by each way that applies, and its fix is proved.

import type { SolverPool } from '../../smt/index.ts';
import type {
  Exhibit,
  Find,
  FixResult,
  Hunt,
  HuntResult,
  NotApplicable,
  Tools,
} from './exhibit.ts';

export interface VisitOptions {
  readonly pool: SolverPool;
  readonly seed: number;
  /** Milliseconds on the clock that is passed in. */
  readonly now: () => number;
  /** Of one hunt. */
  readonly timeMs: number;
  readonly signal?: AbortSignal;
  /** Called at once; must not throw. */
  readonly onEvent?: (event: VisitEvent) => void;
}

export const WAYS = ['proof', 'fuzzing'] as const;
export type Way = (typeof WAYS)[number];

export type VisitEvent =
  | { readonly type: 'begin'; readonly exhibit: Exhibit; readonly doing: Way | 'fix' }
  | { readonly type: 'report'; readonly report: ExhibitReport };

export type WayReport =
  | (HuntResult & { readonly ms: number })
  | { readonly kind: 'not applicable'; readonly reason: string }
  | { readonly kind: 'interrupted' };

export type FixReport = (FixResult & { readonly ms: number }) | { readonly kind: 'interrupted' };

export interface ExhibitReport {
  readonly exhibit: Exhibit;
  readonly ways: Readonly<Record<Way, WayReport>>;
  readonly fix: FixReport;
  /** The smallest of what was found. */
  readonly smallest?: Find;
  /**
   * `good`: found by one way at least, and the fix is proved or shown. `wrong`: the fix is not proved, or what was found does
   * not stand. `open`: nothing found in time, or the solver gave up, or interrupted.
   */
  readonly result: 'good' | 'wrong' | 'open';
}

/** Visits exhibits one by one, so that the times are theirs alone. When it is interrupted it tells what there is. */
export async function visit(
  exhibits: readonly Exhibit[],
  options: VisitOptions,
): Promise<ExhibitReport[]> {
  const reports: ExhibitReport[] = [];
  for (const exhibit of exhibits) {
    if (options.signal?.aborted) break;
    const report = await visitOne(exhibit, options);
    reports.push(report);
    options.onEvent?.({ type: 'report', report });
  }
  return reports;
}

async function visitOne(exhibit: Exhibit, options: VisitOptions): Promise<ExhibitReport> {
  const begin = (doing: Way | 'fix') => options.onEvent?.({ type: 'begin', exhibit, doing });
  begin('proof');
  const proof = await goWay(exhibit.proof, options);
  begin('fuzzing');
  const fuzzing = await goWay(exhibit.fuzzing, options);
  begin('fix');
  const fix = await proveFix(exhibit, options);
  const ways = [proof, fuzzing];
  const smallest = smallestOf(ways);
  return {
    exhibit,
    ways: { proof, fuzzing },
    fix,
    ...(smallest === undefined ? {} : { smallest }),
    result: resultOf(ways, fix),
  };
}

function toolsOf({ pool, seed, now, timeMs, signal }: VisitOptions): Tools {
  const end = now() + timeMs;
  return {
    pool,
    seed,
    isOver: () => signal?.aborted === true || now() >= end,
    ...(signal === undefined ? {} : { signal }),
  };
}

async function goWay(way: Hunt | NotApplicable, options: VisitOptions): Promise<WayReport> {
  if (typeof way !== 'function') return { kind: 'not applicable', reason: way.reason };
  const begun = options.now();
  const result = await way(toolsOf(options));
  if (options.signal?.aborted && result.kind === 'not found') return { kind: 'interrupted' };
  return { ...result, ms: options.now() - begun };
}

async function proveFix({ fix }: Exhibit, options: VisitOptions): Promise<FixReport> {
  if (options.signal?.aborted) return { kind: 'interrupted' };
  const begun = options.now();
  const result = await fix(toolsOf(options));
  if (options.signal?.aborted && result.kind === 'unknown') return { kind: 'interrupted' };
  return { ...result, ms: options.now() - begun };
}

function resultOf(ways: readonly WayReport[], fix: FixReport): ExhibitReport['result'] {
  if (fix.kind === 'not proved' || ways.some(({ kind }) => kind === 'unsound')) return 'wrong';
  const isMended = fix.kind === 'proved' || fix.kind === 'shown';
  return isMended && ways.some(({ kind }) => kind === 'found') ? 'good' : 'open';
}

/** The smallest of what the ways have found. */
function smallestOf(ways: readonly WayReport[]): Find | undefined {
  return ways.flatMap((way) => (way.kind === 'found' ? [way.find] : [])).sort(bySize)[0];
}

function bySize({ size: one }: Find, { size: other }: Find): number {
  const differences = one.map(({ count }, i) => count - (other[i]?.count ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}

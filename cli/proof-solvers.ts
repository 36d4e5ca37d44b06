// The solvers of a proof: Z3 behind the cache, and a second one if somebody wants it.

import type { Confirmation, SecondSolver, SolverPool } from '../smt/index.ts';
import { certifyingSolver, CERTIFYING_SOLVERS } from './certifying-solver.ts';
import { externalSolver } from './external-solver.ts';
import { checkWritableDirectory, writeInto } from './io.ts';
import { versionOfDependency } from './package-info.ts';
import { cacheDirectory, openProofCache, type ProofCache } from './proof-cache.ts';
import type { Terminal } from './terminal.ts';

export interface SolverOptions {
  readonly jobs: number;
  readonly dumpSmt?: string;
  /** False: without. A directory: there. Else where caches usually are. */
  readonly cache?: string | false;
  /** The program that decides every goal again. */
  readonly confirm?: string;
  /** Where certificates are left. */
  readonly certificates?: string;
}

export interface ProofSolvers {
  readonly pool: SolverPool;
  readonly cache: ProofCache | undefined;
  /** The second solver, and what it said of each goal. */
  readonly second: SecondSolver | undefined;
  readonly confirmations: readonly Confirmation[];
}

/** Starts no solver yet. @throws InputError for a directory or a program that cannot be used. */
export async function openProofSolvers(
  { jobs, dumpSmt, cache, confirm, certificates }: SolverOptions,
  { env }: Terminal,
): Promise<ProofSolvers> {
  const { createSolverPool } = await import('../smt/index.ts');
  const confirmations: Confirmation[] = [];
  const second = confirm === undefined ? undefined : secondSolver(confirm, certificates);
  const directory = typeof cache === 'string' ? cache : cacheDirectory(env);
  const store = cache === false ? undefined : openProofCache(directory);
  const pool = createSolverPool({
    jobs,
    ...(dumpSmt === undefined ? {} : { dumpSmt: dumpInto(dumpSmt) }),
    ...(store === undefined
      ? {}
      : { cache: { store, solver: `z3-solver ${versionOfDependency('z3-solver')}` } }),
    ...(second === undefined ? {} : { second }),
    onConfirmation: (confirmation) => confirmations.push(confirmation),
  });
  return { pool, cache: store, second, confirmations };
}

function secondSolver(command: string, certificates?: string): SecondSolver {
  if (!CERTIFYING_SOLVERS.includes(command)) return externalSolver(command);
  if (certificates !== undefined) checkWritableDirectory(certificates);
  return certifyingSolver(command, certificates);
}

/** Writes goals into a directory. @throws InputError when that cannot be done. */
function dumpInto(directory: string): (name: string, script: string) => void {
  checkWritableDirectory(directory);
  return (name, script) => {
    writeInto(directory, `${name.replace(/[^\w.-]+/g, '_')}.smt2`, script);
  };
}

// A second opinion that carries its own proof: the goal as clauses, a SAT solver that writes a DRAT certificate,
// and this project's checker. Nothing of the SMT solver is trusted then, and of the SAT solver nothing either.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InternalError, UnsupportedError } from '../model/errors.ts';
import {
  bitblast,
  type Budget,
  checkDrat,
  dimacs,
  type Opinion,
  type Question,
  type SecondSolver,
} from '../smt/index.ts';
import { solverVersion } from './external-solver.ts';
import { fileProblem } from './io.ts';

// Exit codes of the SAT competitions.
const SATISFIABLE = 10;
const UNSATISFIABLE = 20;

/** A SAT solver that is called with a formula and a file for its certificate, as cadical is. */
export const CERTIFYING_SOLVERS: readonly string[] = ['cadical'];

/**
 * @param keepIn where formulas and certificates are left (`NAME.cnf`, `NAME.drat`); else they are removed.
 * @throws InputError when there is no such program.
 */
export function certifyingSolver(command: string, keepIn?: string): SecondSolver {
  const name = `${command} (${solverVersion(command)}) with a checked certificate`;
  return {
    name,
    decide: async (question, budget, signal) => {
      const directory = keepIn ?? mkdtempSync(join(tmpdir(), 'tailproof-'));
      try {
        return await decide(command, question, budget, directory, signal);
      } catch (error) {
        throw fileProblem(error, directory, 'certificates cannot be written');
      } finally {
        if (keepIn === undefined) rmSync(directory, { recursive: true, force: true });
      }
    },
  };
}

async function decide(
  command: string,
  { name, assertions }: Question,
  { timeoutMs }: Budget,
  directory: string,
  signal?: AbortSignal,
): Promise<Opinion> {
  const cnf = clausesOf(assertions);
  if (typeof cnf === 'string') return { answer: 'unknown', reason: cnf };
  const base = join(directory, name.replace(/[^\w.-]+/g, '_'));
  const [formula, certificate] = [`${base}.cnf`, `${base}.drat`];
  writeFileSync(formula, dimacs(cnf));
  const seconds = Math.max(1, Math.ceil(timeoutMs / 1000));
  const args = ['-q', '--no-binary', '-t', String(seconds), formula, certificate];
  const status = await exitCodeOf(command, args, signal);
  if (status === SATISFIABLE) return { answer: 'sat' };
  if (status !== UNSATISFIABLE) return { answer: 'unknown', reason: `exit code ${status}` };
  const check = checkDrat(cnf, readFileSync(certificate, 'utf8'));
  if (!check.valid) throw new InternalError(`goal ${name}: the certificate: ${check.reason}`);
  return { answer: 'unsat' };
}

function clausesOf(assertions: Question['assertions']): ReturnType<typeof bitblast> | string {
  try {
    return bitblast(assertions);
  } catch (error) {
    if (error instanceof UnsupportedError) return error.message;
    throw error;
  }
}

/** The exit code, or -1 where a signal ended it. */
function exitCodeOf(
  command: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore', ...(signal ? { signal } : {}) });
    child.on('error', () => resolve(-1));
    child.on('close', (code) => resolve(code ?? -1));
  });
}

// Another SMT solver of this machine as a second opinion: a process for each goal, which reads SMT-LIB 2 from its
// standard input.

import { spawn, spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { InputError } from '../model/errors.ts';
import { quote } from '../model/scenario/words.ts';
import type { Budget, Opinion, SecondSolver } from '../smt/index.ts';

/** How long after its time limit a process is ended. */
const GRACE_MS = 2_000;
/** What is kept of what a solver says. */
const OUTPUT_MAX = 64 * 1024;

/** How solvers are told to read standard input and to keep to a time limit; others get no arguments. */
const ARGUMENTS: Readonly<Record<string, (timeoutMs: number) => readonly string[]>> = {
  cvc5: (timeoutMs) => ['--lang=smt2', `--tlimit=${timeoutMs}`],
  z3: (timeoutMs) => ['-in', '-smt2', `-t:${timeoutMs}`],
  bitwuzla: (timeoutMs) => ['--lang', 'smt2', '--time-limit', String(timeoutMs)],
};

/**
 * The solver of that name or path.
 * @throws InputError when there is none, or when it does not say its version.
 */
export function externalSolver(command: string): SecondSolver {
  const name = `${basename(command)} (${solverVersion(command)})`;
  return {
    name,
    decide: ({ script }, budget, signal) => run(command, script, budget, signal),
  };
}

/** What the program says of itself. @throws InputError when there is none, or it says nothing. */
export function solverVersion(command: string): string {
  const { error, stdout, status } = spawnSync(command, ['--version'], { encoding: 'utf8' });
  if (error !== undefined) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = missing ? 'there is no such program on the path' : error.message;
    throw new InputError(
      `the solver ${quote(command)} cannot be run: ${reason}; Debian has it as a package (apt-get install cvc5)`,
      { at: '--confirm' },
    );
  }
  const line = stdout.split('\n').find((text) => text.trim() !== '');
  if (status !== 0 || line === undefined) {
    throw new InputError(`${quote(command)} does not say its version, as a solver would`, {
      at: '--confirm',
    });
  }
  return line.trim().slice(0, 80);
}

function run(
  command: string,
  script: string,
  { timeoutMs }: Budget,
  signal?: AbortSignal,
): Promise<Opinion> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve({ answer: 'unknown', reason: 'aborted' });
      return;
    }
    const args = ARGUMENTS[basename(command)]?.(timeoutMs) ?? [];
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: Buffer): void => {
      if (output.length < OUTPUT_MAX) output += chunk.toString();
    };
    let ended: string | undefined;
    const end = (why: string): void => {
      ended ??= why;
      child.kill('SIGKILL');
    };
    const watchdog = setTimeout(() => end('out of time'), timeoutMs + GRACE_MS);
    const onAbort = (): void => end('aborted');
    signal?.addEventListener('abort', onAbort, { once: true });
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    // A solver that has died does not read on; its exit says so.
    child.stdin.on('error', () => {});
    child.on('error', (error) => end(error.message));
    const finish = (opinion: Opinion): void => {
      clearTimeout(watchdog);
      signal?.removeEventListener('abort', onAbort);
      resolve(opinion);
    };
    // What a process that was ended has started itself may keep the pipes open.
    child.on('exit', () => {
      if (ended !== undefined) finish({ answer: 'unknown', reason: ended });
    });
    child.on('close', () => {
      finish(ended === undefined ? opinionOf(output) : { answer: 'unknown', reason: ended });
    });
    child.stdin.end(script);
  });
}

/** An error voids an answer: some solvers go on after one. */
function opinionOf(output: string): Opinion {
  const lines = output.split('\n').map((line) => line.trim());
  const error = lines.find((line) => line.startsWith('(error') || line.startsWith('unsupported'));
  if (error !== undefined) return { answer: 'unknown', reason: error.slice(0, 200) };
  const answer = lines.find((line) => line === 'sat' || line === 'unsat');
  if (answer === 'sat' || answer === 'unsat') return { answer };
  return {
    answer: 'unknown',
    reason: lines.find((line) => line !== '')?.slice(0, 200) ?? 'silent',
  };
}

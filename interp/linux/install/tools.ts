// Other programs that an installation runs: found on PATH, run to their end, and what to do when one fails.

import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { InputError } from '../../../model/errors.ts';
import type { LinuxEnvironment } from './cache.ts';

/** The path of a program, or undefined. */
export function findTool(name: string, env: LinuxEnvironment): string | undefined {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    if (folder === '') continue;
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

const REMEDIES: Readonly<Record<string, string>> = {
  'apt-get':
    'kernels come from Debian packages: use a Debian or Ubuntu system, or a container of one',
  'apt-cache':
    'kernels come from Debian packages: use a Debian or Ubuntu system, or a container of one',
  dpkg: 'kernels come from Debian packages: use a Debian or Ubuntu system, or a container of one',
  gcc: 'run apt-get install gcc libc6-dev',
  xz: 'run apt-get install xz-utils',
};

/** @throws InputError with the remedy for a program that is not there. */
export function needTool(name: string, env: LinuxEnvironment): string {
  const path = findTool(name, env);
  if (path !== undefined) return path;
  throw new InputError(`${name} is not on PATH; ${REMEDIES[name] ?? `install ${name}`}`);
}

export interface ToolRun {
  readonly env: LinuxEnvironment;
  readonly folder?: string;
  readonly signal?: AbortSignal;
  /** What to do when it fails. */
  readonly remedy?: string;
}

const CHARACTERS_MAX = 1 << 20;

/** Runs a program. @returns what it wrote. @throws InputError with its last complaint when it fails. */
export async function runTool(
  name: string,
  args: readonly string[],
  { env, folder, signal, remedy }: ToolRun,
): Promise<string> {
  const path = needTool(name, env);
  signal?.throwIfAborted();
  const child = spawn(path, args, {
    env: { ...process.env, ...env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(folder === undefined ? {} : { cwd: folder }),
    ...(signal === undefined ? {} : { signal }),
  });
  let out = '';
  let complaints = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out = (out + text).slice(-CHARACTERS_MAX);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-CHARACTERS_MAX);
  });
  const ending = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, killed) => resolve(killed ?? String(code)));
  });
  if (ending === '0') return out;
  const said = lastComplaint(complaints) ?? `it ended with ${ending}`;
  const advice = remedy === undefined ? '' : `; ${remedy}`;
  throw new InputError(`${name} ${args.join(' ')}: ${said}${advice}`);
}

/** The last line that is an error; apt ends with advice, gcc with a summary. */
function lastComplaint(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.findLast((line) => /^E:|error:/.test(line)) ?? lines.findLast((line) => line !== '');
}

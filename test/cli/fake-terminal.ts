// A terminal for tests: collects output, feeds input, and has a clock and a Ctrl-C of its own.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { runCommandLine } from '../../cli/app.ts';
import type { ExitCode } from '../../cli/exit-codes.ts';
import type { Environment, Terminal } from '../../cli/terminal.ts';

export interface FakeOptions {
  readonly stdin?: string | Uint8Array;
  /** Whether both streams are a terminal. */
  readonly tty?: boolean;
  readonly env?: Environment;
  /** By how much the clock goes on with each look at it. */
  readonly tickMs?: number;
  /** Sees everything that is written to standard output, and may press Ctrl-C. */
  readonly onOut?: (text: string, interrupt: () => void) => void;
}

export interface Result {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
  /** Standard output as bytes. */
  readonly bytes: Uint8Array;
}

/** Caches of a file's tests, which are gone after them: the runner ends its processes without an exit. */
const CACHE = mkdtempSync(join(tmpdir(), 'tailproof-cache-'));
afterAll(() => rmSync(CACHE, { recursive: true, force: true }));

/** Runs a command line in this process. */
export async function tailproof(
  argv: readonly string[],
  { stdin = '', tty = false, env = {}, tickMs = 500, onOut }: FakeOptions = {},
): Promise<Result> {
  const out: Buffer[] = [];
  let err = '';
  let now = 0;
  const handlers = new Set<() => void>();
  const interrupt = () => {
    for (const handler of handlers) handler();
  };
  const terminal: Terminal = {
    out: (text) => {
      out.push(Buffer.from(text));
      onOut?.(String(text), interrupt);
    },
    err: (text) => {
      err += text;
    },
    isTTY: { out: tty, err: tty },
    columns: 100,
    env: { XDG_CACHE_HOME: CACHE, ...env },
    // Each look at the clock is later than the one before, so that nothing needs to wait.
    now: () => {
      now += tickMs;
      return now;
    },
    input: async function* () {
      yield Buffer.from(stdin);
    },
    onInterrupt: (handler) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
  };
  const code = await runCommandLine(argv, terminal);
  const bytes = Buffer.concat(out);
  return { code, out: bytes.toString(), err, bytes };
}

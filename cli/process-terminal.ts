// The terminal that is the process itself.

import { EXIT } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

const COLUMNS = 80;

export interface ProcessTerminal extends Terminal {
  /** Resolves once everything that was written has left the process. */
  flush(): Promise<void>;
}

/** @param process injected, so that nothing but main.ts names the global. */
export function createProcessTerminal(process: NodeJS.Process): ProcessTerminal {
  const handlers = new Set<() => void>();
  let closed = false;
  const interrupt = () => {
    for (const handler of [...handlers]) handler();
    handlers.clear();
  };
  // `tailproof … | head`: what is left unread is dropped, and long work stops as if by Ctrl-C.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    closed = true;
    interrupt();
  });
  process.stderr.on('error', () => {});
  return {
    out: (text) => {
      if (!closed) process.stdout.write(text);
    },
    err: (text) => {
      process.stderr.write(text);
    },
    isTTY: { out: process.stdout.isTTY === true, err: process.stderr.isTTY === true },
    columns: process.stderr.columns ?? process.stdout.columns ?? COLUMNS,
    env: process.env,
    now: () => performance.now(),
    input: () => process.stdin,
    onInterrupt: (handler) => {
      handlers.add(handler);
      if (closed) setImmediate(interrupt);
      const stop = listen(process, interrupt);
      return () => {
        handlers.delete(handler);
        stop();
      };
    },
    flush: async () => {
      await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
    },
  };
}

/** The first signal asks, the second one ends. */
function listen(process: NodeJS.Process, interrupt: () => void): () => void {
  let asked = false;
  const onSignal = () => {
    if (asked) process.exit(EXIT.interrupted);
    asked = true;
    interrupt();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) resolve();
    else stream.write('', () => resolve());
  });
}

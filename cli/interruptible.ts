// Long work that Ctrl-C stops cleanly.

import type { Terminal } from './terminal.ts';

/** Runs work with a signal that the first Ctrl-C aborts. */
export async function interruptible<T>(
  terminal: Terminal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = terminal.onInterrupt(() => controller.abort());
  try {
    return await work(controller.signal);
  } finally {
    stop();
  }
}

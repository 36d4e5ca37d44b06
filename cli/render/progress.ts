// A line on standard error that says how far long work is; only on a terminal.

import type { Terminal } from '../terminal.ts';

export interface Progress {
  /** Shows a text in place of the one before, but not too often. */
  update(text: () => string): void;
  /** Takes the line away, so that other output can follow. */
  clear(): void;
}

const INTERVAL_MS = 100;
const CLEAR_LINE = '\r\x1b[K';

const SILENT: Progress = { update: () => {}, clear: () => {} };

export function createProgress(terminal: Terminal): Progress {
  if (!terminal.isTTY.err) return SILENT;
  let shownAt = Number.NEGATIVE_INFINITY;
  let visible = false;
  return {
    update: (text) => {
      const now = terminal.now();
      if (now - shownAt < INTERVAL_MS) return;
      shownAt = now;
      visible = true;
      // A line that wraps could not be taken back.
      terminal.err(CLEAR_LINE + text().slice(0, Math.max(1, terminal.columns - 1)));
    },
    clear: () => {
      if (visible) terminal.err(CLEAR_LINE);
      visible = false;
      shownAt = Number.NEGATIVE_INFINITY;
    },
  };
}

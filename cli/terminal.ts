// Everything that a command needs of the process around it, so that tests can stand in for it.

import pc from 'picocolors';

/** The environment variables that are heeded. */
export interface Environment {
  /** Not empty: no colours. */
  readonly NO_COLOR?: string | undefined;
  readonly TERM?: string | undefined;
  /** `1`: bugs show their stack. */
  readonly TAILPROOF_DEBUG?: string | undefined;
  /** Where kernels are kept; docs/linux.md. */
  readonly TAILPROOF_LINUX?: string | undefined;
  /** Where caches are; by default .cache in the home directory. */
  readonly XDG_CACHE_HOME?: string | undefined;
  readonly HOME?: string | undefined;
  /** Where apt, gcc and QEMU are looked for. */
  readonly PATH?: string | undefined;
}

export interface Terminal {
  out(text: string | Uint8Array): void;
  err(text: string): void;
  readonly isTTY: { readonly out: boolean; readonly err: boolean };
  /** Characters in a line of the terminal. */
  readonly columns: number;
  readonly env: Environment;
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Standard input. */
  input(): AsyncIterable<Uint8Array>;
  /**
   * Calls the handler once, on the first Ctrl-C or when nobody reads the output any more; a second Ctrl-C ends
   * the process at once. @returns how to stop listening.
   */
  onInterrupt(handler: () => void): () => void;
}

export type Colors = ReturnType<typeof pc.createColors>;

/** Colours for one of the two streams: on a terminal, unless NO_COLOR or a dumb terminal say otherwise. */
export function colorsOf({ isTTY, env }: Terminal, stream: 'out' | 'err'): Colors {
  return pc.createColors(isTTY[stream] && !env.NO_COLOR && env.TERM !== 'dumb');
}

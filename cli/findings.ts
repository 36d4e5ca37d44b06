// Findings on disk: one scenario file each.

import { writeInto } from './io.ts';

/** What a finding's file is named by, and what is in it. */
export interface SavedFinding {
  readonly seed: number;
  readonly run: number;
  readonly text: string;
}

/** Saves findings in a directory as they come. */
export class FindingStore {
  readonly files: string[] = [];
  private readonly directory: string;
  private readonly names = new Map<string, number>();

  constructor(directory: string) {
    this.directory = directory;
  }

  /** @returns the file; a run with several findings numbers them. */
  save({ seed, run, text }: SavedFinding): string {
    const stem = `seed-${seed}-run-${run}`;
    const number = (this.names.get(stem) ?? 0) + 1;
    this.names.set(stem, number);
    const name = number === 1 ? `${stem}.yaml` : `${stem}-${number}.yaml`;
    const file = writeInto(this.directory, name, text);
    this.files.push(file);
    return file;
  }
}

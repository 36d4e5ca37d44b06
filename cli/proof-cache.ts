// Answers of the solver, kept in a file: one answer a line, each with a checksum. A line that is damaged, or of
// which a part is missing, is dropped, so that its goal is proved again. Two processes may append at the same time.

import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AnswerStore, LastingReply } from '../smt/index.ts';
import { fileProblem } from './io.ts';
import type { Environment } from './terminal.ts';

const FILE = 'answers.v1';
/** A larger file is put aside and begun anew: the answers of old versions are never removed one by one. */
const BYTES_MAX = 256 * 1024 * 1024;
const CHECKSUM_DIGITS = 16;

/** Where the cache is unless somebody says otherwise: as the XDG base directory specification has it. */
export function cacheDirectory(env: Environment): string {
  const base = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(base, 'tailproof', 'proofs');
}

export interface ProofCache extends AnswerStore {
  /** Lines that were damaged. */
  readonly dropped: number;
  /** Goals that were answered from the file. */
  readonly hits: number;
}

/** Opens the cache in a directory, which is made if need be. @throws InputError naming the file or directory. */
export function openProofCache(directory: string): ProofCache {
  const file = join(directory, FILE);
  try {
    mkdirSync(directory, { recursive: true });
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size > BYTES_MAX) renameSync(file, `${file}.old`);
    return new FileCache(file, existsSync(file) ? readFileSync(file, 'utf8') : '');
  } catch (error) {
    throw fileProblem(error, file, 'the proof cache cannot be used');
  }
}

class FileCache implements ProofCache {
  dropped = 0;
  hits = 0;
  readonly #file: string;
  readonly #answers = new Map<string, LastingReply>();
  /** Whether what is there ends in the middle of a line. */
  #broken: boolean;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#broken = text !== '' && !text.endsWith('\n');
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const entry = parseLine(line);
      if (entry === undefined) this.dropped++;
      else this.#answers.set(entry.key, entry.reply);
    }
  }

  get(key: string): LastingReply | undefined {
    const reply = this.#answers.get(key);
    if (reply !== undefined) this.hits++;
    return reply;
  }

  set(key: string, reply: LastingReply): void {
    this.#answers.set(key, reply);
    const start = this.#broken ? '\n' : '';
    this.#broken = false;
    try {
      appendFileSync(this.#file, start + formatLine(key, reply));
    } catch (error) {
      throw fileProblem(error, this.#file, 'the proof cache cannot be written');
    }
  }
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, CHECKSUM_DIGITS);
}

function formatLine(key: string, reply: LastingReply): string {
  const text = JSON.stringify([key, reply]);
  return `${checksum(text)} ${text}\n`;
}

function parseLine(
  line: string,
): { readonly key: string; readonly reply: LastingReply } | undefined {
  const text = line.slice(CHECKSUM_DIGITS + 1);
  if (line.slice(0, CHECKSUM_DIGITS) !== checksum(text)) return undefined;
  const [key, reply] = JSON.parse(text) as [string, LastingReply];
  return { key, reply };
}

// Files in and out. Whatever the user's file system says is an InputError that names the file.

import {
  accessSync,
  constants,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../model/errors.ts';
import type { Terminal } from './terminal.ts';

/** Standard input, where a file is wanted. */
export const STDIN = '-';
/** What errors call standard input. */
const STDIN_NAME = '<stdin>';
/** No program and no scenario is as long; a device or a mistaken file may be endless. */
const INPUT_BYTES_MAX = 16 * 1024 * 1024;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EISDIR: 'this is a directory, not a file',
  ENOTDIR: 'a part of the path is a file, not a directory',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EMFILE: 'too many open files',
};

/** A failure of the file system in words. Other errors stay what they are. */
export function fileProblem(error: unknown, file: string, doing: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || error instanceof InputError) return error;
  return new InputError(`${doing}: ${REASONS[code] ?? code}`, { file }, { cause: error });
}

/** The name by which messages call an input. */
export function inputName(file: string): string {
  return file === STDIN ? STDIN_NAME : file;
}

/** Reads a file, or standard input for `-`. @throws InputError naming the file. */
export async function readBytes(file: string, terminal: Terminal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    if (file === '') throw new InputError('the name of the file is empty');
    const source = file === STDIN ? terminal.input() : createReadStream(file);
    for await (const chunk of source) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > INPUT_BYTES_MAX) {
        throw new InputError(`is longer than ${INPUT_BYTES_MAX} bytes`, { file: inputName(file) });
      }
    }
  } catch (error) {
    throw fileProblem(error, inputName(file), 'cannot be read');
  }
  return Buffer.concat(chunks);
}

/** Reads a text in UTF-8. @throws InputError at the first byte that is none. */
export async function readText(file: string, terminal: Terminal): Promise<string> {
  const bytes = await readBytes(file, terminal);
  const place = { file: inputName(file) };
  const zero = bytes.indexOf(0);
  if (zero >= 0) throw new InputError(`is binary, not text: byte ${zero} is zero`, place);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new InputError('is not text in UTF-8', place, { cause: error });
  }
}

/** The names of a directory's files, sorted. @throws InputError naming the directory. */
export function listDirectory(directory: string): string[] {
  try {
    if (!statSync(directory).isDirectory()) {
      throw new InputError('this is a file; a directory is wanted', { file: directory });
    }
    return readdirSync(directory).sort();
  } catch (error) {
    throw fileProblem(error, directory, 'cannot be read');
  }
}

/**
 * Writes a file so that it is there either as a whole or not at all.
 * @throws InputError naming the file.
 */
export function writeWhole(file: string, content: string | Uint8Array): void {
  // Hidden, and in the same directory, because a rename works only within one file system.
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory()) {
      throw new InputError('cannot be written: this is a directory', { file });
    }
    // A device or a pipe would be replaced by a rename.
    if (found !== undefined && !found.isFile()) {
      writeFileSync(file, content);
      return;
    }
    writeFileSync(temporary, content);
    renameSync(temporary, file);
  } catch (error) {
    // Below a file there is nothing to remove, and `force` does not forgive that.
    if (existsSync(temporary)) rmSync(temporary);
    throw fileProblem(error, file, 'cannot be written');
  }
}

/**
 * Checks before long work that its results can be saved in a directory, which need not be there yet.
 * @throws InputError naming the directory.
 */
export function checkWritableDirectory(directory: string): void {
  if (directory === '') throw new InputError('the name of the directory is empty');
  let path = resolve(directory);
  while (!existsSync(path)) path = dirname(path);
  try {
    if (!statSync(path).isDirectory()) {
      const what = path === resolve(directory) ? 'this' : `'${path}'`;
      throw new InputError(`cannot be written: ${what} is a file`, { file: directory });
    }
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw fileProblem(error, directory, 'cannot be written');
  }
}

/** Writes a file into a directory, which is made if need be. @throws InputError naming the file. */
export function writeInto(directory: string, name: string, content: string): string {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw fileProblem(error, directory, 'cannot be made');
  }
  const file = join(directory, name);
  writeWhole(file, content);
  return file;
}

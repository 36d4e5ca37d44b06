// The cache folder and its components. A component is a folder with a manifest that is written last and names
// every file with its size and hash, so that one that was half written, or damaged since, is told from a good one.

import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../model/errors.ts';

/** The environment variables that decide where things are. */
export interface LinuxEnvironment {
  readonly PATH?: string | undefined;
  readonly HOME?: string | undefined;
  readonly XDG_CACHE_HOME?: string | undefined;
  /** The cache folder itself. */
  readonly TAILPROOF_LINUX?: string | undefined;
}

/** @throws InputError when nothing says where it is. */
export function cacheFolder(env: LinuxEnvironment): string {
  if (env.TAILPROOF_LINUX) return env.TAILPROOF_LINUX;
  const caches = env.XDG_CACHE_HOME || (env.HOME ? join(env.HOME, '.cache') : undefined);
  if (caches === undefined) {
    throw new InputError('there is no HOME to keep kernels in: set TAILPROOF_LINUX to a folder');
  }
  return join(caches, 'tailproof', 'linux');
}

const FORMAT = 1;
const MANIFEST = 'manifest.json';

interface FileRecord {
  readonly bytes: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly format: number;
  /** What it was made from: it is made anew when that changes. */
  readonly from: string;
  /** For people: packages and versions. */
  readonly about: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, FileRecord>>;
}

export type ComponentState =
  | { readonly state: 'ready'; readonly manifest: Manifest }
  | { readonly state: 'missing' }
  | { readonly state: 'damaged'; readonly reason: string };

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** Paths of all plain files below a folder, in order. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile())
    .sort();
}

function readManifest(folder: string): Manifest | string {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as Manifest;
    return manifest.format === FORMAT ? manifest : 'it is of another version of tailproof';
  } catch {
    return 'its manifest is missing or cut off';
  }
}

function checkFile(path: string, record: FileRecord, thorough: boolean): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'is missing';
  if (found.size !== record.bytes) return `has ${found.size} bytes instead of ${record.bytes}`;
  return thorough && sha256(path) !== record.sha256 ? 'has other contents' : undefined;
}

/** Looks at a component. @param thorough reads all files; else their sizes must do. */
export function inspect(folder: string, thorough: boolean): ComponentState {
  if (!existsSync(folder)) return { state: 'missing' };
  const manifest = readManifest(folder);
  if (typeof manifest === 'string') return { state: 'damaged', reason: manifest };
  for (const [name, record] of Object.entries(manifest.files)) {
    const wrong = checkFile(join(folder, name), record, thorough);
    if (wrong !== undefined) return { state: 'damaged', reason: `${name} ${wrong}` };
  }
  return { state: 'ready', manifest };
}

const UNFINISHED = '.unfinished-';

/** Makes a component beside its place and moves it there when it is whole; nothing is left of one that fails. */
export async function replaceComponent(
  cache: string,
  name: string,
  make: (folder: string) => Promise<Pick<Manifest, 'from' | 'about'>>,
): Promise<Manifest> {
  const unfinished = join(cache, `${UNFINISHED}${name}-${process.pid}`);
  try {
    clearUnfinished(cache, name);
    mkdirSync(unfinished, { recursive: true });
    const made = await make(unfinished);
    const files = Object.fromEntries(
      filesBelow(unfinished).map((file) => {
        const path = join(unfinished, file);
        return [file, { bytes: statSync(path).size, sha256: sha256(path) }];
      }),
    );
    const manifest: Manifest = { format: FORMAT, ...made, files };
    writeFileSync(join(unfinished, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`);
    rmSync(join(cache, name), { recursive: true, force: true });
    renameSync(unfinished, join(cache, name));
    return manifest;
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw fileProblem(error, cache);
  }
}

/** What an interrupted installation left. */
function clearUnfinished(cache: string, name: string): void {
  if (!existsSync(cache)) return;
  for (const entry of readdirSync(cache)) {
    if (entry.startsWith(`${UNFINISHED}${name}-`)) {
      rmSync(join(cache, entry), { recursive: true, force: true });
    }
  }
}

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EFBIG: 'a file may not be so large',
  EACCES: 'it may not be written',
  EPERM: 'it may not be written',
  EROFS: 'it may not be written',
  ENOTDIR: 'a part of the path is no folder',
  EEXIST: 'a part of the path is no folder',
};

/** A problem of the cache's own files as the user's to mend; other errors as they are. */
export function fileProblem(error: unknown, cache: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  const reason = FILE_PROBLEMS[code];
  if (reason === undefined) return error;
  return new InputError(`${reason}; TAILPROOF_LINUX names another folder`, { file: cache });
}

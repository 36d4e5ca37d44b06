// Where this package is and what it calls itself; the same from sources, from dist/ and when installed.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { invariant } from '../model/errors.ts';

function findRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory);
    invariant(parent !== directory, 'package.json is missing');
    directory = parent;
  }
  return directory;
}

export const PACKAGE_ROOT = findRoot();

export const VERSION: string = JSON.parse(
  readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'),
).version;

/** The path of a file of `examples/`. */
export function examplePath(name: string): string {
  return join(PACKAGE_ROOT, 'examples', name);
}

/** The version of a package that this one depends on, as it is installed. */
export function versionOfDependency(name: string): string {
  return createRequire(import.meta.url)(`${name}/package.json`).version;
}

// Where the compiled worker is. Node 20 does not load a worker from a .ts file, so source that runs
// under vitest starts the worker that `npm run build` left in dist/, which is also what ships.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InternalError } from '../../model/errors.ts';

/**
 * The worker of a module, named by its path from the root of the project without an ending.
 * @param importer the module's `import.meta.url`; it must be two folders below the root.
 * @throws InternalError when the project has not been built.
 */
export function workerUrl(importer: string, worker: string): URL {
  const root = importer.endsWith('.ts') ? '../../dist' : '../..';
  const url = new URL(`${root}/${worker}.js`, importer);
  if (!existsSync(fileURLToPath(url))) {
    throw new InternalError(`${fileURLToPath(url)} is missing: run npm run build`);
  }
  return url;
}

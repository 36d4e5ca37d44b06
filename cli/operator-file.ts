// Operators of the user's: a JavaScript module that exports `variant`, see docs/domain.md. It is run as it is.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Variant } from '../model/domain/domain.ts';
import { InputError } from '../model/errors.ts';

const PARTS = ['rules', 'tnum', 'range', 'registers'];

/** The variant that the module exports. @throws InputError when there is none, naming the file. */
export async function loadVariant(file: string): Promise<Variant> {
  if (!existsSync(file)) throw new InputError('there is no such file or directory', { file });
  const { variant } = await importModule(file);
  if (typeof variant !== 'object' || variant === null) {
    throw new InputError('exports no object named variant', { file });
  }
  const unknown = Object.keys(variant).find((part) => !PARTS.includes(part));
  if (unknown !== undefined) {
    const reason = `is no part of a variant; there are ${PARTS.join(', ')}`;
    throw new InputError(reason, { file, at: `variant.${unknown}` });
  }
  return variant as Variant;
}

async function importModule(file: string): Promise<{ readonly variant?: unknown }> {
  try {
    return await import(pathToFileURL(resolve(file)).href);
  } catch (error) {
    const reason = `cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
    throw new InputError(reason, { file }, { cause: error });
  }
}

// Options that several verbs share, and how their values are read.

import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';
import { VERIFIER_VERSIONS } from '../model/verifier/rules.ts';
import { ENGINE_CHOICES } from './engines.ts';

const U32_MAX = 2 ** 32 - 1;
/** More threads than this cost memory and bring little. */
const JOBS_DEFAULT_MAX = 4;
const JOBS_MAX = 64;

/** Reads a whole number in decimal or 0x hex. @throws InvalidArgumentError, which commander reports. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^(\d+|0x[0-9a-f]+)$/i.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

const COUNT_MAX = 2 ** 31 - 1;

/** An option that takes a number of something. */
export function countOption(flags: string, description: string, min = 1, max = COUNT_MAX): Option {
  return new Option(flags, description).argParser(wholeNumber(min, max));
}

export function seedOption(): Option {
  return new Option('--seed <n>', 'seed of all random choices (default: a fresh one)').argParser(
    wholeNumber(0, U32_MAX),
  );
}

export function engineOption(): Option {
  return new Option('--engine <name>', 'which engine runs it; both are compared')
    .choices(ENGINE_CHOICES)
    .default('both');
}

export function runOption(): Option {
  return new Option('--run <name>', 'only this run of the file');
}

export function faultOption(): Option {
  return new Option('--fault <name>', 'plant a fault (see: tailproof list faults)');
}

/** What a run is held against, other than the other engine. */
export function oracleOption(): Option {
  return new Option('--oracle <name>', 'hold runs against what the verifier promises').choices([
    'verifier',
  ]);
}

/** Whose promise. */
export function verifierOption(): Option {
  return new Option(
    '--verifier <version>',
    'the verifier whose promise it is (default: linux-6.19)',
  ).choices(VERIFIER_VERSIONS);
}

export function jsonOption(description = 'one JSON document on standard output'): Option {
  return new Option('--json', description);
}

/** How much goes on side by side. */
export function jobsOption(description = 'threads'): Option {
  const usual = Math.min(JOBS_DEFAULT_MAX, availableParallelism());
  return countOption('--jobs <n>', description, 1, JOBS_MAX).default(
    usual,
    'one a core, at most 4',
  );
}

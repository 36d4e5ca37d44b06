// The table of what the verifier says when it refuses a program.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rngOfRun } from '../../../fuzz/generate/rng.ts';
import { variantsOf } from '../../../fuzz/verifier/campaign/variants.ts';
import { SOUND_VERSION } from '../../../fuzz/verifier/campaign/version.ts';
import { generateCase } from '../../../fuzz/verifier/generate/scenario.ts';
import {
  REASONS,
  reasonOf,
  reasonOfRejection,
  verdictText,
} from '../../../fuzz/verifier/reasons.ts';
import type { ErrnoName } from '../../../model/maps/errno.ts';
import { verify } from '../../../model/verifier/index.ts';

/** So many that the rarest of the reasons is met. */
const CASES = 25_000;
const VERIFIER = join(import.meta.dirname, '../../../model/verifier');

/** The texts that sources of the verifier refuse programs with; `${…}` may be anything. */
function messagesInSources(): string[] {
  const files = readdirSync(VERIFIER, { recursive: true, encoding: 'utf8' });
  return files
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => {
      const text = readFileSync(join(VERIFIER, name), 'utf8');
      const calls = text.matchAll(/reject\(\s*'E[A-Z0-9]+',\s*(?:`([^`]*)`|'([^']*)')/g);
      return [...calls].map(([, template, plain]) => template ?? plain ?? '');
    });
}

/** Refusals that only an error number tells. */
const SILENT = /^E[A-Z0-9]+$/;

/** A message that a row is for. */
const sampleOf = (reason: string) => reason.replaceAll('#', '7').replaceAll('*', 'x');

const EXPRESSION = /\$\{(?:[^{}]|\{[^{}]*\})*\}/g;

function patternOf(source: string): RegExp {
  const parts = source.split(EXPRESSION);
  const escaped = parts.map((part) => part.replace(/[.*+?^$()[\]{}|\\]/g, String.raw`\$&`));
  return new RegExp(`^${escaped.join('.*')}$`);
}

/** Errors of the verifier itself, which no program brings about. */
const INTERNAL = /^BUG /;

describe('reasons', () => {
  it('are there for every message in the sources', () => {
    const messages = messagesInSources().filter((message) => !INTERNAL.test(message));
    expect(messages.length).toBeGreaterThan(60);
    const missing = messages.filter(
      (message) =>
        reasonOf(message.replace(EXPRESSION, '7')) === undefined &&
        !REASONS.some((reason) => patternOf(message).test(sampleOf(reason))),
    );
    expect(missing).toEqual([]);
  });

  it('stand once each, and are found by a message of their own', () => {
    expect(new Set(REASONS).size).toBe(REASONS.length);
    const taken = REASONS.filter((reason) => {
      const rejection = SILENT.test(reason)
        ? { message: '', errno: reason as ErrnoName }
        : { message: sampleOf(reason), errno: 'EACCES' as const };
      return reasonOfRejection(rejection) !== reason;
    });
    expect(taken).toEqual([]);
  });

  it('take numbers of either sign and base out', () => {
    expect(reasonOf('invalid write to stack R10 off=-520 size=8')).toBe(
      'invalid write to stack R# off=# size=#',
    );
    expect(reasonOf("R0 invalid mem access 'map_value_or_null'")).toBe("R# invalid mem access '*'");
    expect(reasonOf('no such message')).toBeUndefined();
  });

  it('name verdicts', () => {
    const statistics = {
      ...{ processed: 1, maxStatesPerInstruction: 0, totalStates: 0, peakStates: 0, markRead: 0 },
      stackDepths: [],
    };
    const rejected = { kind: 'rejected', errno: 'EACCES', message: 'R3 !read_ok' } as const;
    expect(verdictText({ ...rejected, statistics, log: '' })).toBe('EACCES R# !read_ok');
    expect(verdictText({ kind: 'unsupported', reason: 'kfuncs' })).toBe('unsupported: kfuncs');
  });
});

describe('programs that campaigns draw', () => {
  it('meet every reason, and no message without one', () => {
    const met = new Set<string>();
    const variants = variantsOf(SOUND_VERSION);
    const dialect = { cpu: 4, mayGoto: true, ordered: true } as const;
    for (let run = 0; run < CASES; run++) {
      const { scenario, privileged } = generateCase(rngOfRun(3, run), 'linux-6.19/x86_64', dialect);
      const { tested, loading } = variants[run % variants.length]!;
      const { type, maps } = scenario;
      for (const { program } of scenario.programs) {
        const verdict = verify({ program, type, maps, privileged, ...loading }, tested);
        if (verdict.kind === 'rejected') met.add(reasonOfRejection(verdict));
      }
    }
    expect([...met].filter((reason) => !REASONS.includes(reason))).toEqual([]);
    expect(REASONS.filter((reason) => !met.has(reason))).toEqual([]);
  });
});

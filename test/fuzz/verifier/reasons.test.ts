// The table of what the verifier says when it refuses a program.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rngOfRun } from '../../../fuzz/generate/rng.ts';
import { generateCase } from '../../../fuzz/verifier/generate/scenario.ts';
import { REASONS, reasonOf, verdictText } from '../../../fuzz/verifier/reasons.ts';
import { verify } from '../../../model/verifier/index.ts';

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
    const taken = REASONS.filter((reason) => reasonOf(sampleOf(reason)) !== reason);
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

const UNPRIVILEGED = 'the arithmetic that would lead there is refused';

/** What programs drawn here do not come to, and why. */
const NOT_DRAWN: Readonly<Record<string, string>> = {
  'BPF_ALU uses reserved fields': 'no instruction can be decoded with them',
  'BPF_MOV uses reserved fields': 'no instruction can be decoded with them',
  'BPF_ATOMIC uses invalid atomic opcode *': 'of a later kernel',
  'fd # is not pointing to valid bpf_map': 'programs name maps of their scenario',
  'The total number of maps per program has reached the limit of #': 'a scenario here has seven',
  'tail_call is not allowed in subprogs without BTF': 'functions have BTF',
  'LD_ABS is not allowed in subprogs without BTF': 'functions have BTF',
  'BPF_ST stores into R# ctx is not allowed': 'a rule of Linux 6.1',
  'cannot access ptr member * with moff # in struct * with off # size #': 'only a kernel says so',
  'R# tried to sub beyond pointer bounds, pointer arithmetic with it prohibited for !root':
    'a pointer that far down is refused',
  'R# variable offset stack access prohibited for !root, var_off=*': UNPRIVILEGED,
  'variable offset stack pointer cannot be passed into helper function; var_off=* off=# size=#':
    UNPRIVILEGED,
  'invalid indirect read from stack R# var_off * size #': UNPRIVILEGED,
  'invalid read from stack R# var_off * size #': UNPRIVILEGED,
};

describe('a campaign', () => {
  it('meets every reason, and no message without one', () => {
    const met = new Set<string>();
    const strange = new Set<string>();
    for (let run = 0; run < 6000; run++) {
      const { scenario, privileged } = generateCase(rngOfRun(3, run), 'linux-6.12/x86_64', {
        ...{ cpu: 4, mayGoto: true },
      });
      const { type, maps } = scenario;
      for (const { program } of scenario.programs) {
        const subject = { program, type, maps, privileged, jited: true, btf: true };
        const verdict = verify(subject, { limits: { processed: 10_000 } });
        if (verdict.kind !== 'rejected') continue;
        const reason = reasonOf(verdict.message);
        if (reason === undefined) strange.add(verdict.message);
        else met.add(reason);
      }
    }
    expect([...strange]).toEqual([]);
    expect(REASONS.filter((reason) => !met.has(reason) && !(reason in NOT_DRAWN))).toEqual([]);
  });
});

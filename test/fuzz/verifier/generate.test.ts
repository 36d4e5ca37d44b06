// Programs near the border of what a verifier accepts.

import { describe, expect, it } from 'vitest';
import { rngOfRun } from '../../../fuzz/generate/rng.ts';
import { runnable } from '../../../fuzz/verifier/agreement/containment.ts';
import { SOUND_VERSION } from '../../../fuzz/verifier/campaign/version.ts';
import type { Dialect } from '../../../fuzz/verifier/generate/draft.ts';
import { expand } from '../../../fuzz/verifier/generate/expand.ts';
import { withInput } from '../../../fuzz/verifier/generate/inputs.ts';
import { assembleTemplate, generateCase } from '../../../fuzz/verifier/generate/scenario.ts';
import { TEMPLATES } from '../../../fuzz/verifier/generate/templates/index.ts';
import { testedVerifier } from '../../../fuzz/verifier/oracle/tested.ts';
import { createMachine } from '../../../interp/index.ts';
import { encodeProgram, uncheckedProgram } from '../../../model/isa/program.ts';
import { parseScenario } from '../../../model/scenario/read.ts';
import { formatScenario } from '../../../model/scenario/write.ts';
import { verify } from '../../../model/verifier/index.ts';

const PROFILE = 'linux-6.12/x86_64';
const DIALECT: Dialect = { cpu: 4, mayGoto: true, ordered: false };
const caseOf = (seed: number, run: number, dialect = DIALECT) =>
  generateCase(rngOfRun(seed, run), PROFILE, dialect);

/** What the verifier says of each program of a case. */
function verdictsOf({ scenario, privileged }: ReturnType<typeof caseOf>) {
  const { type, maps } = scenario;
  return scenario.programs.map(({ program }) =>
    verify(
      { program, type, maps, privileged, jited: true, btf: true },
      { limits: { processed: 20_000 } },
    ),
  );
}

describe('a case', () => {
  it('depends on seed and run alone', () => {
    for (let run = 0; run < 20; run++) expect(caseOf(7, run)).toEqual(caseOf(7, run));
    expect(caseOf(7, 0)).not.toEqual(caseOf(8, 0));
  });

  it('is accepted about as often as it is refused', () => {
    const verdicts = Array.from({ length: 400 }, (_, run) => verdictsOf(caseOf(1, run))).flat();
    const accepted = verdicts.filter(({ kind }) => kind === 'accepted').length / verdicts.length;
    expect(accepted).toBeGreaterThan(0.4);
    expect(accepted).toBeLessThan(0.6);
  });

  it('is of every type, with privileges and without', () => {
    const kinds = new Set(
      Array.from({ length: 300 }, (_, run) => {
        const { scenario, privileged } = caseOf(2, run);
        return `${scenario.type}, ${privileged ? 'privileged' : 'unprivileged'}`;
      }),
    );
    for (const type of ['socket_filter', 'sched_cls', 'xdp']) {
      expect(kinds).toContain(`${type}, privileged`);
    }
    expect(kinds).toContain('socket_filter, unprivileged');
  });

  it('has no instruction that an older kernel lacks where one is asked for', () => {
    for (let run = 0; run < 200; run++) {
      const { scenario } = caseOf(3, run, { cpu: 3, mayGoto: false, ordered: false });
      const rows = scenario.programs.flatMap(({ program }) =>
        program.code.flatMap((instruction) => (instruction ? [instruction.row] : [])),
      );
      const later = ['may_goto', 'ordered'];
      expect(rows.filter(({ operation }) => later.includes(operation.family))).toEqual([]);
    }
  });

  it('fits into the fields of instructions', () => {
    for (let run = 0; run < 300; run++) {
      for (const { program } of caseOf(4, run).scenario.programs) {
        for (const { offset, imm } of encodeProgram(program)) {
          expect(offset).toBe((offset << 16) >> 16);
          expect(imm).toBe(imm | 0);
        }
      }
    }
  });

  it('ends when it runs, whatever its input, where it is accepted', () => {
    const machine = createMachine();
    let runs = 0;
    for (let run = 0; run < 150; run++) {
      const one = caseOf(5, run);
      const accepted = verdictsOf(one).map(({ kind }) => kind === 'accepted');
      const safe = runnable(one.scenario, accepted);
      for (const input of one.inputs) {
        runs++;
        expect(machine.run(withInput(safe, input)).ending.kind).toBe('exit');
      }
    }
    expect(runs).toBeGreaterThan(500);
  });

  it('with one accepted program is a scenario file', () => {
    for (let run = 0; run < 60; run++) {
      const one = caseOf(6, run);
      const accepted = verdictsOf(one).map(({ kind }) => kind === 'accepted');
      const safe = runnable(one.scenario, accepted);
      expect(parseScenario(formatScenario(safe))).toEqual(safe);
    }
  });
});

describe('templates', () => {
  const NAMES = ['array', 'many', 'hash', 'jmp', 'other', 'table', 'jmp2'];

  it.each(TEMPLATES.map((template) => [template.name, template] as const))(
    'assemble with every choice: %s',
    (_, { text, types = ['sched_cls'] }) => {
      for (let run = 0; run < 60; run++) {
        const expanded = expand(rngOfRun(1, run), text);
        const type = types[run % types.length]!;
        if (type === 'raw') throw new Error('no kernel has the type raw');
        expect(assembleTemplate(expanded, type, NAMES).length).toBeGreaterThan(0);
      }
    },
  );

  it('stand on both sides of their rule', () => {
    const maps = caseOf(1, 0).scenario.maps;
    const tested = testedVerifier(SOUND_VERSION);
    const oneSided = TEMPLATES.filter(({ text, types, privileged = true, slow }) => {
      if (slow) return false;
      const kinds = new Set<string>();
      for (let run = 0; run < 400 && kinds.size < 2; run++) {
        const type = (types ?? ['xdp', 'sched_cls', 'socket_filter'])[run % (types?.length ?? 3)]!;
        if (type === 'raw') continue;
        const code = assembleTemplate(expand(rngOfRun(2, run), text), type, NAMES);
        const program = uncheckedProgram(code);
        const subject = { program, type, maps, privileged, jited: true, btf: true };
        kinds.add(verify(subject, tested).kind);
      }
      return !(kinds.has('accepted') && kinds.has('rejected'));
    });
    expect(oneSided.map(({ name }) => name)).toEqual([]);
  });
});

describe('choices in a text', () => {
  const rng = () => rngOfRun(1, 1);

  it('are made one for one', () => {
    expect(expand(rng(), 'r1 = 0')).toBe('r1 = 0');
    expect(expand(rng(), '{a|b|c}')).toMatch(/^[abc]$/);
    expect(expand(rng(), '{|}x')).toBe('x');
  });

  it('nest', () => {
    expect(expand(rng(), '{a{1|2}|b{3|4}}')).toMatch(/^(a[12]|b[34])$/);
  });

  it('are numbers of a range, at its step', () => {
    for (let run = 0; run < 50; run++) {
      const number = Number(expand(rngOfRun(1, run), '{-8..8/4}'));
      expect([-8, -4, 0, 4, 8]).toContain(number);
    }
  });
});

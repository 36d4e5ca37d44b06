// The vectors written by hand from RFC 9669, on both meanings.

import { describe, expect, it } from 'vitest';
import { interpret } from '../../interp/index.ts';
import { ROWS, rowKey } from '../../model/isa/table.ts';
import { createConcreteMachine } from '../../smt/machine/machine.ts';
import { assemble } from '../../model/isa/text/assemble.ts';
import { complaints, loadVectors, scenarioOf } from './vectors.ts';

const vectors = loadVectors();
const smt = createConcreteMachine();
/** What no vector can show: these rows need a kernel's objects, or maps (test/interp and test/smt have them). */
const WITHOUT_VECTOR = /^(CALL_BTF|LD_MAP|LD_VAR_ADDR|LD_CODE_ADDR)/;

describe('hand-written vectors', () => {
  it('exist for every row and operand form', () => {
    const covered = new Set(
      vectors.flatMap(({ asm, program }) =>
        assemble(asm ?? program ?? '').instructions.map(({ row }) => rowKey(row)),
      ),
    );
    const missing = ROWS.map(rowKey).filter(
      (key) => !covered.has(key) && !WITHOUT_VECTOR.test(key),
    );
    expect(missing).toEqual([]);
  });

  it.each([
    ['interp', interpret],
    ['smt', (scenario: Parameters<typeof interpret>[0]) => smt.run(scenario)],
  ] as const)('hold on %s', (_engine, run) => {
    const broken = vectors.flatMap((vector) => {
      const said = complaints(vector, run(scenarioOf(vector)));
      return said.map((complaint) => `${vector.name}: ${complaint}`);
    });
    expect(broken).toEqual([]);
  });
});

// Small programs whose feasible paths are known by hand: branches, bounds, what the result holds.

import { afterAll, describe, expect, test } from 'vitest';
import type { ExploreOptions } from '../../../smt/explore/explore.ts';
import { runConcrete } from '../../../smt/machine/machine.ts';
import { SEMANTICS, type Semantics } from '../../../smt/semantics/semantics.ts';
import { bvule, evaluate } from '../../../smt/terms/index.ts';
import { exit, imm64, insn, mov, movx } from '../../engines/build.ts';
import { BOUNDS, endings, endingText, exploreChecked, pool } from './support.ts';

afterAll(() => pool.close());

describe('branches', () => {
  test('each way of a condition is a path', async () => {
    const program = [
      mov(0, 0),
      insn('JGT64', { dst: 3, imm: 10, offset: 1 }),
      exit,
      mov(0, 1),
      exit,
    ];
    const result = await exploreChecked({ programs: [program] }, { symbolic: { registers: [3] } });
    expect(endings(result)).toEqual(['exit 0', 'exit 1']);
    expect(result).toMatchObject({ complete: true, stopped: 'done', infeasible: 0, checks: 1 });
  });

  test('an infeasible way is not', async () => {
    const program = [
      mov(0, 0),
      insn('AND64', { dst: 3, imm: 7 }),
      insn('JGT64', { dst: 3, imm: 7, offset: 1 }),
      exit,
      mov(0, 1),
      exit,
    ];
    const result = await exploreChecked({ programs: [program] }, { symbolic: { registers: [3] } });
    expect(endings(result)).toEqual(['exit 0']);
    expect(result).toMatchObject({ complete: true, infeasible: 1 });
  });

  test('known conditions do not reach the solver', async () => {
    const program = [mov(0, 5), insn('JEQ64', { imm: 5, offset: 0 }), exit];
    const result = await exploreChecked({ programs: [program] }, { symbolic: { registers: [3] } });
    expect(result).toMatchObject({ complete: true, checks: 0 });
    expect(result.paths).toHaveLength(1);
  });

  test('a constant that needs a solver', async () => {
    // r3 * 3 == 12345 (mod 2^64) has one solution.
    const program = [
      mov(0, 0),
      insn('MUL64', { dst: 3, imm: 3 }),
      insn('JEQ64', { dst: 3, imm: 12345, offset: 1 }),
      exit,
      mov(0, 1),
      exit,
    ];
    const result = await exploreChecked({ programs: [program] }, { symbolic: { registers: [3] } });
    const found = result.paths.find(({ outcome }) => endingText(outcome) === 'exit 1');
    expect(found?.scenario.run.registers.get(3)).toBe(4115n);
  });

  test('a loop has a path for each count', async () => {
    const program = [
      mov(0, 0),
      insn('AND64', { dst: 3, imm: 3 }),
      insn('JEQ64', { dst: 3, imm: 0, offset: 3 }),
      insn('ADD64', { imm: 1 }),
      insn('SUB64', { dst: 3, imm: 1 }),
      insn('JA', { offset: -4 }),
      exit,
    ];
    const result = await exploreChecked({ programs: [program] }, { symbolic: { registers: [3] } });
    expect(endings(result)).toEqual(['exit 0', 'exit 1', 'exit 2', 'exit 3']);
    expect(result.complete).toBe(true);
  });

  test('32-bit conditions leave the upper half open', async () => {
    const program = [
      mov(0, 0),
      insn('JEQ32', { dst: 3, imm: 0, offset: 1 }),
      exit,
      insn('JEQ64', { dst: 3, imm: 0, offset: 1 }),
      mov(0, 1),
      exit,
    ];
    const result = await exploreChecked({ programs: [program] }, { symbolic: { registers: [3] } });
    expect(endings(result)).toEqual(['exit 0', 'exit 0', 'exit 1']);
  });

  test('conditions on different inputs are asked apart, and once', async () => {
    const program = [
      mov(0, 0),
      insn('JSET64', { dst: 3, imm: 1, offset: 1 }),
      insn('ADD64', { imm: 1 }),
      insn('JSET64', { dst: 4, imm: 1, offset: 1 }),
      insn('ADD64', { imm: 2 }),
      exit,
    ];
    const result = await exploreChecked(
      { programs: [program] },
      { symbolic: { registers: [3, 4] } },
    );
    expect(endings(result)).toEqual(['exit 0', 'exit 1', 'exit 2', 'exit 3']);
    expect(result).toMatchObject({ checks: 2, repeated: 1, complete: true });
  });
});

describe('bounds', () => {
  // Eight paths.
  const tree = [
    mov(0, 0),
    ...[1, 2, 4].flatMap((bit) => [
      insn('JSET64', { dst: 3, imm: bit, offset: 1 }),
      insn('ADD64', { imm: bit }),
    ]),
    exit,
  ];

  test('none reached', async () => {
    const result = await exploreChecked({ programs: [tree] }, { symbolic: { registers: [3] } });
    expect(result.paths).toHaveLength(8);
    expect(result.complete).toBe(true);
  });

  test('paths', async () => {
    const bounds = { ...BOUNDS, paths: 3 };
    const result = await exploreChecked(
      { programs: [tree] },
      { symbolic: { registers: [3] }, bounds },
    );
    expect(result).toMatchObject({ stopped: 'paths', complete: false });
    expect(result.paths).toHaveLength(3);
    expect(result.unexplored).toBeGreaterThan(0);
  });

  test('checks', async () => {
    const bounds = { ...BOUNDS, checks: 2 };
    const result = await exploreChecked(
      { programs: [tree] },
      { symbolic: { registers: [3] }, bounds },
    );
    expect(result).toMatchObject({ stopped: 'checks', complete: false, checks: 2 });
    expect(result.unexplored).toBeGreaterThan(0);
  });

  test('steps', async () => {
    const program = [insn('JEQ64', { dst: 3, imm: 0, offset: -1 }), mov(0, 0), exit];
    const bounds = { ...BOUNDS, steps: 20 };
    const result = await exploreChecked(
      { programs: [program] },
      { symbolic: { registers: [3] }, bounds },
    );
    expect(result.cut).toHaveLength(1);
    expect(result.cut[0]?.reason).toBe('20 steps');
    expect(endings(result)).toEqual(['exit 0']);
    expect(result.complete).toBe(false);
  });

  test('an aborted signal', async () => {
    const signal = AbortSignal.abort();
    const result = await exploreChecked(
      { programs: [tree] },
      { symbolic: { registers: [3] }, signal },
    );
    expect(result).toMatchObject({ stopped: 'aborted', unexplored: 1, complete: false });
  });

  test('a solver that does not know is not a pass', async () => {
    const unknowing = {
      ...pool,
      check: () =>
        Promise.resolve({ answer: 'unknown', reason: 'rlimit', detail: 'told so' } as const),
    };
    const result = await exploreChecked(
      { programs: [tree] },
      { symbolic: { registers: [3] }, pool: unknowing },
    );
    expect(result.paths).toHaveLength(1);
    expect(result.infeasible).toBe(0);
    expect(result.unknown.map(({ reason }) => reason)).toEqual(['rlimit', 'rlimit', 'rlimit']);
    expect(result.complete).toBe(false);
  });
});

describe('the result', () => {
  test('path conditions hold of their inputs and of no others', async () => {
    const program = [
      mov(0, 0),
      insn('JLE64', { dst: 3, imm: 10, offset: 1 }),
      exit,
      mov(0, 1),
      exit,
    ];
    const result = await exploreChecked({ programs: [program] }, { symbolic: { registers: [3] } });
    for (const { outcome, pathCondition } of result.paths) {
      for (const r3 of [0n, 10n, 11n, 2n ** 64n - 1n]) {
        const takes = evaluate(pathCondition, new Map([['r3', r3]]));
        expect(takes).toBe((r3 <= 10n ? 'exit 1' : 'exit 0') === endingText(outcome));
      }
    }
  });

  test('paths are given as they are found', async () => {
    const program = [
      mov(0, 0),
      insn('JLE64', { dst: 3, imm: 10, offset: 1 }),
      exit,
      mov(0, 1),
      exit,
    ];
    const seen: string[] = [];
    const onPath: ExploreOptions['onPath'] = async ({ outcome }) => {
      await Promise.resolve();
      seen.push(endingText(outcome));
    };
    await exploreChecked({ programs: [program] }, { symbolic: { registers: [3] }, onPath });
    expect(seen.sort()).toEqual(['exit 0', 'exit 1']);
  });

  test('a fault planted in the semantics shows against a run without it', async () => {
    const faulty: Semantics = {
      ...SEMANTICS,
      jump64: { ...SEMANTICS.jump64, JGT: (dst, src) => bvule(src, dst) },
    };
    const program = [
      mov(0, 0),
      insn('JGT64', { dst: 3, imm: 10, offset: 1 }),
      exit,
      insn('JNE64', { dst: 3, imm: 10, offset: 1 }),
      mov(0, 1),
      exit,
    ];
    const result = await exploreChecked(
      { programs: [program] },
      { symbolic: { registers: [3] }, semantics: faulty },
    );
    const differing = result.paths.filter(
      ({ scenario, outcome }) => endingText(runConcrete(scenario)) !== endingText(outcome),
    );
    expect(differing.map(({ scenario }) => scenario.run.registers.get(3))).toEqual([10n]);
  });

  test('registers of a type that sets them are refused', async () => {
    const refused = exploreChecked(
      { programs: [[mov(0, 0), exit]], type: 'xdp' },
      { symbolic: { registers: [3] } },
    );
    await expect(refused).rejects.toThrow('type raw');
  });

  test('a wide constant and an atomic', async () => {
    const program = [
      imm64(4, 0x1_0000_0001n),
      insn('STXDW', { dst: 10, src: 4, offset: -8 }),
      movx(0, 3),
      insn('ATOMIC_CMPXCHG64', { dst: 10, src: 3, offset: -8 }),
      insn('LDXDW', { dst: 5, src: 10, offset: -8 }),
      mov(0, 0),
      insn('JEQ64', { dst: 5, src: 4, offset: 1 }),
      mov(0, 1),
      exit,
    ];
    const result = await exploreChecked({ programs: [program] }, { symbolic: { registers: [3] } });
    // Stored over itself or not at all: the memory stays.
    expect(endings(result)).toEqual(['exit 0']);
  });
});

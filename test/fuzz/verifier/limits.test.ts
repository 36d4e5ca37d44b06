// The table of limits: every row holds, and a limit that is off by one does not go unseen.

import { describe, expect, test } from 'vitest';
import { inPart } from '../../../fuzz/faults/verifier/fault.ts';
import {
  checkSmallScale,
  chooseLimits,
  type ExamineOptions,
  examine,
  examineRow,
  LIMIT_ROWS,
  type LimitRow,
} from '../../../fuzz/verifier/limits/index.ts';
import { type Limits, PARTS, type Parts, VERIFIER_RULES } from '../../../model/verifier/index.ts';
import type { Verification } from '../../../model/verifier/verification.ts';

const LIMITS = VERIFIER_RULES['linux-6.12'].limits;
const BOTH = [-1, 1] as const;

type Name = Exclude<keyof Limits, 'instructions'>;

function shiftedLimit(name: Name, by: number, { [name]: limit }: Partial<Limits> = LIMITS) {
  return { [name]: (limit as number) + by };
}

/** Whether a row does not hold. */
async function isSeen(name: string, options: ExamineOptions): Promise<boolean> {
  const [row] = chooseLimits([name]) as [LimitRow];
  const { problems } = await examineRow(row, { ...options, exhaustive: false });
  return problems.length > 0;
}

describe('each limit', () => {
  test.each(LIMIT_ROWS)('$name holds', async (row) => {
    const report = await examineRow(row);
    expect(report.problems).toEqual([]);
    expect(report.tight).toBe(row.attains === row.allows);
  });

  test('has a name of its own', () => {
    const names = LIMIT_ROWS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('a limit that is off by one', () => {
  test.each(BOTH)('is seen for slots, by %i', async (by) => {
    const { privileged, unprivileged } = LIMITS.instructions;
    const without = { privileged, unprivileged: unprivileged + by };
    const all = { privileged: privileged + by, unprivileged };
    const seen = (row: string, instructions: Limits['instructions']) =>
      isSeen(row, { verifier: { limits: { instructions } } });
    expect(await seen('instructions-unprivileged', without)).toBe(true);
    expect(await seen('instructions', all)).toBe(true);
  });

  /** `linkedRegisters` is none of them: no program is refused for it. */
  const cases: readonly (readonly [name: Name, by: readonly number[], row: string])[] = [
    ['processed', BOTH, 'processed'],
    ['jumpSequence', BOTH, 'jump-sequence'],
    ['states', BOTH, 'states'],
    ['subprograms', BOTH, 'subprograms'],
    ['frames', BOTH, 'frames'],
    ['stack', BOTH, 'stack-frame'],
    // Depths are multiples of 16, so that with 255 the same programs are accepted.
    ['tailCallerStack', [-16, 1], 'tail-caller-stack'],
    ['variableOffset', BOTH, 'offset-added'],
    ['packetOffset', BOTH, 'packet-offset'],
    ['maps', BOTH, 'maps'],
  ];

  test.each(cases.flatMap(([name, shifts, row]) => shifts.map((by) => ({ name, by, row }))))(
    'is seen: $name by $by',
    async ({ name, by, row }) => {
      expect(await isSeen(row, { verifier: { limits: shiftedLimit(name, by) } })).toBe(true);
    },
  );

  test.each(BOTH)('is seen of tail calls, by %i', async (by) => {
    expect(await isSeen('tail-calls', { tailCallLimit: 33 + by })).toBe(true);
  });
});

/** The verification, under a limit that is off. */
function shifted(v: Verification, name: Name, by: number): Verification {
  const limits = { ...v.rules.limits, ...shiftedLimit(name, by) };
  return Object.create(v, { rules: { value: { ...v.rules, limits } } });
}

type Variant = (by: number) => ReturnType<typeof inPart>;

/** Each check alone, whatever other checks of the same limit there are. */
const CHECKS: Readonly<Record<string, { row: string; by?: readonly number[]; variant: Variant }>> =
  {
    subprograms: {
      row: 'subprograms',
      variant: (by) =>
        inPart('flow', ({ checkCount }) => ({
          checkCount: (v, count) => checkCount(shifted(v, 'subprograms', by), count),
        })),
    },
    'frames of calls that are gone through': {
      row: 'frames',
      variant: (by) =>
        inPart('localCall', ({ checkFrames }) => ({
          checkFrames: (v, frames) => checkFrames(shifted(v, 'frames', by), frames),
        })),
    },
    'frames of calls that the code has': {
      row: 'frames-unvisited',
      variant: (by) =>
        inPart('flow', ({ checkCallDepth }) => ({
          checkCallDepth: (v, calls) => checkCallDepth(shifted(v, 'frames', by), calls),
        })),
    },
    'the lowest byte of a frame': {
      row: 'stack-frame',
      variant: (by) =>
        inPart('stackBounds', ({ lowest }) => ({
          lowest: (v, frame, access) => lowest(shifted(v, 'stack', by), frame, access),
        })),
    },
    'stack of a chain': {
      row: 'stack-chain',
      // Depths are multiples of 16.
      by: [-1, 16],
      variant: (by) =>
        inPart('flow', ({ checkCombined }) => ({
          checkCombined: (v, calls, depth) => checkCombined(shifted(v, 'stack', by), calls, depth),
        })),
    },
    'stack above a tail call': {
      row: 'tail-caller-stack',
      by: [-16, 1],
      variant: (by) =>
        inPart('flow', ({ checkTailCaller }) => ({
          checkTailCaller: (v, subprogram, depth) =>
            checkTailCaller(shifted(v, 'tailCallerStack', by), subprogram, depth),
        })),
    },
    'numbers that are added, and their sums': {
      row: 'offset-added',
      variant: (by) => offsets(by),
    },
    'sums of offsets': { row: 'offset-sum', variant: (by) => offsets(by) },
    'numbers that vary': { row: 'offset-least', variant: (by) => offsets(by) },
    'offsets into values': {
      row: 'offset-accessed',
      variant: (by) =>
        inPart('region', ({ isUnbounded }) => ({
          isUnbounded: (v, greatest) => isUnbounded(shifted(v, 'variableOffset', by), greatest),
        })),
    },
    'offsets into stack': {
      row: 'offset-stack',
      variant: (by) =>
        inPart('stackBounds', ({ isUnbounded }) => ({
          isUnbounded: (v, pointer) => isUnbounded(shifted(v, 'variableOffset', by), pointer),
        })),
    },
    'offsets that are compared': {
      row: 'packet-offset',
      variant: (by) => packets(by),
    },
    'offsets that vary and are compared': {
      row: 'packet-offset-varying',
      variant: (by) => packets(by),
    },
    maps: {
      row: 'maps',
      variant: (by) =>
        inPart('flow', ({ checkMapCount }) => ({
          checkMapCount: (v, count) => checkMapCount(shifted(v, 'maps', by), count),
        })),
    },
  };

function offsets(by: number) {
  return inPart('pointers', ({ checkOffset }) => ({
    checkOffset: (v, register, type) =>
      checkOffset(shifted(v, 'variableOffset', by), register, type),
  }));
}

function packets(by: number) {
  return inPart('packetRange', ({ bytesBelow }) => ({
    bytesBelow: (v, pointer, strict) => bytesBelow(shifted(v, 'packetOffset', by), pointer, strict),
  }));
}

describe('a check that is off by one', () => {
  const cases = Object.entries(CHECKS).flatMap(([name, { row, by = BOTH, variant }]) =>
    by.map((off) => ({ name, row, off, variant })),
  );
  test.each(cases)('is seen: $name by $off', async ({ row, off, variant }) => {
    const parts: Parts = variant(off).parts!(PARTS);
    expect(await isSeen(row, { verifier: { parts } })).toBe(true);
  });
});

describe('the small scale', () => {
  const rows = LIMIT_ROWS.filter(({ smallScale }) => smallScale !== undefined);

  test.each(rows)('of $name sees a limit that is too great', ({ smallScale }) => {
    const scale = smallScale!;
    const report = checkSmallScale({ ...scale, limits: greater(scale.limits) });
    expect(report.greatest).toBeGreaterThan(scale.allows);
    expect(report.exceeding).toBeDefined();
  });

  /** By one, or one granule of stack. */
  function greater(limits: Partial<Limits>): Partial<Limits> {
    const { instructions, ...others } = limits;
    if (instructions !== undefined) {
      const { privileged, unprivileged } = instructions;
      return { instructions: { privileged: privileged + 1, unprivileged: unprivileged + 1 } };
    }
    const [name] = Object.keys(others) as Name[];
    return shiftedLimit(name!, name === 'stack' ? 16 : 1, limits);
  }
});

describe('examine', () => {
  const [row] = chooseLimits(['frames']) as [LimitRow];

  test('says what is wrong', async () => {
    const [report] = await examine([row], { verifier: { limits: { frames: 9 } } });
    expect(report!.problems).toEqual([
      'beyond: accepted, and not E2BIG: the call stack of 9 frames is too deep',
    ]);
  });

  test('stops between rows', async () => {
    const controller = new AbortController();
    const reports = await examine([row, row], {
      exhaustive: false,
      signal: controller.signal,
      onEvent: ({ type }) => type === 'report' && controller.abort(),
    });
    expect(reports).toHaveLength(1);
  });

  test('a name that is no limit is an error with those that are close', () => {
    expect(() => chooseLimits(['frame'])).toThrow(/no limit is named 'frame'.*frames/);
  });
});

// The whole comparison with the operators extracted from two kernels: 400 states each, and 150 for jumps.

import { describe, expect, test } from 'vitest';
import { firstDifference, OPERATORS } from './compare.ts';
import { agniFolder } from './extracted.ts';

test('there is a folder of extracted operators', () => {
  expect(agniFolder, 'TAILPROOF_AGNI names it').toBeDefined();
});

describe.skipIf(agniFolder === undefined)('the extracted operators', () => {
  test.each(OPERATORS)('$version $file', (operator) => {
    expect(firstDifference(operator, operator.isJump ? 150 : 400, 7)).toBeUndefined();
  });
});

// A sample of the comparison with the operators extracted from two kernels; `npm run test:agni` is the whole.

import { describe, expect, test } from 'vitest';
import { createDomain } from '../../../../model/domain/domain.ts';
import { numbers } from '../../../../model/domain/numbers.ts';
import { firstDifference, OPERATORS } from './compare.ts';
import { agniFolder } from './extracted.ts';

// Without the folder there is nothing to compare with: TAILPROOF_AGNI names it.
const withFolder = describe.skipIf(agniFolder === undefined);

withFolder('a sample of the extracted operators', () => {
  test.each(OPERATORS)('$version $file', (operator) => {
    expect(firstDifference(operator, operator.isJump ? 10 : 40, 1)).toBeUndefined();
  });

  test('a wrong operator is seen', () => {
    const wrong = createDomain(numbers(64), 'linux-6.1', { rules: { signs: 'overlap' } });
    const [operator] = OPERATORS.filter(
      ({ version, file }) => version === '6.1' && file === 'BPF_ADD',
    );
    const ours = (dst: Parameters<typeof wrong.alu>[2], src: Parameters<typeof wrong.alu>[2]) => ({
      dst_reg: wrong.alu('add', 64, dst, src),
    });
    expect(firstDifference({ ...operator!, ours }, 300, 1)).toBeDefined();
  });
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/mutants/**', 'test/linux/**'],
    testTimeout: 60_000,
    pool: 'forks',
  },
});

import { defineConfig } from 'vitest/config';

/** Real kernels: `npm run test:linux`, after `tailproof linux install`. One file at a time, because guests are large. */
export default defineConfig({
  test: {
    include: ['test/linux/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: 'forks',
    fileParallelism: false,
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/**/*.agni.ts'], testTimeout: 300_000, pool: 'forks' },
});

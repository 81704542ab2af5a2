import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['properties/**/*.test.ts', 'reports/**/*.test.ts'],
    setupFiles: ['properties/coverage.setup.ts'],
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The code runs as Node loads it, without a transform: coverage then knows the true lines (docs/adr/0001).
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
});

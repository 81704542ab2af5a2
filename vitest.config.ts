import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * What takes minutes begins first, so that no core is left alone with it at the end. Of files that it has not run yet,
 * Vitest begins with the longest text: these are the shortest.
 */
class MinutesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const takesMinutes = ({ moduleId }: TestSpecification): boolean => /(references|museum)\.test\.ts$/.test(moduleId);
    return (await super.sort(files)).sort((a, b) => Number(takesMinutes(b)) - Number(takesMinutes(a)));
  }
}

export default defineConfig({
  test: {
    include: ['properties/**/*.test.ts', 'reports/**/*.test.ts'],
    sequence: { sequencer: MinutesFirst },
    setupFiles: ['properties/coverage.setup.ts'],
    pool: 'forks',
    maxWorkers: '100%', // by itself Vitest leaves a core idle: on two cores all would run on one
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The code runs as Node loads it, without a transform: coverage then knows the true lines (docs/adr/0001).
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
});

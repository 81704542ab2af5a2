import { takeCoverage } from 'node:v8';
import { afterAll } from 'vitest';

// Vitest ends its workers before V8 has written their coverage: write it when each file is done.
afterAll(() => {
  takeCoverage();
});

import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Assignment } from '#properties/assignments/assignment.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

const short = (hash: ReturnType<typeof createHash>): string => hash.digest('hex').slice(0, 16);

/** Of what is asked and what it is worth. */
export const rubricFingerprint = (assignment: Assignment): string =>
  short(createHash('sha256').update(JSON.stringify(assignment)));

/** Of all of the tool that a grade may depend on: its sources, whatever they are, but for tests. */
export const toolFingerprint = (): string => {
  const hash = createHash('sha256');
  const paths = globSync('{spec,impl,model,properties,reports/grade}/**/*.ts', { cwd: repository });
  for (const path of paths.filter((name) => !/\.(test|tmp)\.ts$/.test(name)).sort()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(`${repository}${path}`))
      .update('\0');
  }
  return short(hash);
};

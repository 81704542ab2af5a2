/** Finds every state of the xv6 pipe once: prints how many, and the processor seconds that took. See spec-space.ts. */
import type { StateClaim } from '#model/claim.ts';
import { explore } from '#model/engine/space/explore.ts';
import type { System } from '#model/engine/space/system.ts';
import { alike, claims, sizes, xv6Pipe } from '#properties/space/xv6-pipe.ts';
import { delaySlowestCompiler } from '#reports/cli/slowest-compiler.ts';

delaySlowestCompiler();

const [name, kind] = process.argv.slice(2) as [keyof typeof sizes, string];
const size = sizes[name];
const before = process.cpuUsage();
const space = explore(xv6Pipe(size) as unknown as System, {
  claims: claims as readonly StateClaim[],
  statesMax: 2_000_000,
  symmetry: kind === 'alike' ? alike(size) : undefined,
});
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${space.arena.count} ${(user + system) / 1e6}\n`);

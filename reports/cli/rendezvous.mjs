#!/usr/bin/env node
import module from 'node:module';

// The command's first step, in plain JavaScript so that any Node can read it: older ones get one clear sentence.

// Types are stripped and modules compiled once, not at every start. Node keeps this beside the system's other caches.
module.enableCompileCache?.();

const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 18)) {
  const { main } = await import('./main.ts');
  process.exitCode = await main(process.argv);
} else {
  process.stderr.write(
    `rendezvous needs Node 22.18 or newer and runs on ${process.version}: run \`npm ci\`, which brings Node 24 along where it can, or install a newer Node.\n`,
  );
  process.exitCode = 64;
}

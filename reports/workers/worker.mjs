import module from 'node:module';

// A thread's first step, before any module of ours is compiled: each thread has to ask for the cache itself.
module.enableCompileCache?.();
await import('./worker.ts');

import module from 'node:module';
import { workerData } from 'node:worker_threads';

// A thread's first step, before any module of ours is compiled: each thread has to ask for the cache itself.
module.enableCompileCache?.();
await import(workerData.module);

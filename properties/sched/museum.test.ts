import { tryMutants } from '#properties/museum/try-mutants.ts';

tryMutants('sched');

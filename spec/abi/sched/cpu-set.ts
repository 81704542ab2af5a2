/** The number of a core, from 0. Any whole number may be given; those that no core has are in no set. */
export type Cpu = number;

/** What can be asked of a set of cores, as with `CPU_ZERO`, `CPU_SET`, `CPU_CLR`, `CPU_ISSET` and `CPU_COUNT`. */
export type CpuSetCall =
  | { readonly tag: 'zero' }
  | { readonly tag: 'set'; readonly cpu: Cpu }
  | { readonly tag: 'clear'; readonly cpu: Cpu }
  | { readonly tag: 'isSet'; readonly cpu: Cpu }
  | { readonly tag: 'count' };

/** What those calls answer: `isSet` a truth, `count` how many. */
export type CpuSetAnswer =
  | { readonly tag: 'ok' }
  | { readonly tag: 'truth'; readonly isSet: boolean }
  | { readonly tag: 'count'; readonly count: number };

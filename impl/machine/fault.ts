import type { RacingAccess } from '#impl/machine/memory/memory.ts';
import type { Address } from '#impl/machine/ops.ts';

/**
 * What the machine itself finds wrong. It stops the execution; simulated code cannot catch it.
 * `context` numbers the thread or, from the number of threads on, the core's dispatcher that was running.
 */
export type Fault =
  | { readonly tag: 'bad address'; readonly context: number; readonly address: Address }
  | { readonly tag: 'use after free'; readonly context: number; readonly address: Address }
  | { readonly tag: 'not free'; readonly context: number; readonly address: Address }
  | { readonly tag: 'double free'; readonly context: number; readonly address: Address }
  | {
      readonly tag: 'data race';
      readonly context: number;
      readonly address: Address;
      /** In the order in which the machine made them; `context` made the second. */
      readonly first: RacingAccess;
      readonly second: RacingAccess;
    }
  | { readonly tag: 'running context resumed'; readonly context: number; readonly resumed: number }
  | { readonly tag: 'unmasked too often'; readonly context: number }
  | { readonly tag: 'not a word'; readonly context: number; readonly given: string }
  | { readonly tag: 'routine ended'; readonly context: number }
  | { readonly tag: 'endless local steps'; readonly context: number }
  | { readonly tag: 'floating micro-op'; readonly context: number; readonly kind: number }
  | { readonly tag: 'panic'; readonly context: number; readonly why: string }
  | { readonly tag: 'exception'; readonly context: number; readonly message: string };

import type { Word } from '#impl/machine/ops.ts';
import type { ContextStep } from '#model/engine/cores/contexts.ts';
import type { Ending } from '#model/engine/graph/program.ts';
import type { Step } from '#model/engine/graph/threads.ts';
import { ended } from '#model/engine/graph/trie.ts';

/** What an access of a core is for. */
export const Role = {
  /** The micro-op of a context itself. */
  access: 0,
  /** The core looks whether a timer is due, and whether it was interrupted. */
  timer: 1,
  interrupt: 2,
  /** The halves of a switch from one context to another. */
  saveRegisters: 3,
  leave: 4,
  look: 5,
  loadRegisters: 6,
  enter: 7,
  /** A word of a page that is given out or back. */
  page: 8,
  /** A call looks at how many calls of each other thread were answered; an answer is counted. */
  call: 9,
  answer: 10,
  /** A timer becomes due: not a core's. */
  due: 11,
  /** Another core is interrupted. */
  send: 12,
  /** There is nothing more to do. */
  none: 13,
} as const;
export type Role = (typeof Role)[keyof typeof Role];

/** When an interrupt may strike: before a visible step; at an unmasking; at one at which another one is pending. */
export const When = { beforeStep: 0, unmasking: 1, interrupted: 2 } as const;

/** Where a core stands between two accesses. */
export interface Standing {
  readonly core: number;
  readonly at: ContextStep;
  readonly maskDepth: number;
  /** The address space by which the core translates; -1: none. */
  readonly space: number;
  /** How many timers have struck; how many interrupts were received. */
  readonly strikes: number;
  readonly received: number;
  /** Whether it has looked for interrupts in this step of the machine. */
  readonly hasLooked: boolean;
  /** How many visible steps of the machine this core has begun. */
  readonly steps: number;
  /** How far it is with what takes several accesses; of an interrupt, when it is looked for (`When`). */
  readonly index: number;
}

/** It has done all that it had to do. */
export const done: Ending = { tag: 'returned', value: undefined };
/** It went on for too long to be followed. */
export const cutOff: Ending = { tag: 'panicked', why: 'it takes too many steps' };
/** It has faulted, in whatever way. */
export const fault: Ending = { tag: 'panicked', why: 'it faulted' };

/** The next access of a core after what it has read: a node of the trie of its histories. */
export class CoreStep implements Step {
  readonly kind: number;
  readonly address: number;
  readonly operand: Word;
  readonly expected: Word;
  readonly order: number;
  readonly thread: number;
  readonly ending: Ending | null;
  readonly role: Role;
  readonly standing: Standing;
  readonly parent: CoreStep | null;
  readonly given: Word;
  words: Word[] = [];
  nodes: CoreStep[] = [];
  /** Words at which it waits: what comes after is to wait for the expected one and try again. */
  retried: Word[] = [];
  notRetried: Word[] = [];

  constructor(role: Role, standing: Standing, op: Operation, parent: CoreStep | null, given: Word) {
    this.kind = op.kind;
    this.address = op.address;
    this.operand = op.operand;
    this.expected = op.expected;
    this.order = op.order;
    this.thread = standing.core;
    this.ending = op.ending;
    this.role = role;
    this.standing = standing;
    this.parent = parent;
    this.given = given;
  }
}

/** A micro-op, or how there is none. */
export interface Operation {
  readonly kind: number;
  readonly address: number;
  readonly operand: Word;
  readonly expected: Word;
  readonly order: number;
  readonly ending: Ending | null;
}

/** A micro-op that is not an end. */
export const operation = (kind: number, address: number, operand: Word, expected: Word, order: number): Operation => ({
  kind,
  address,
  operand,
  expected,
  order,
  ending: null,
});

/** No micro-op: the core has ended. */
export const ending = (how: Ending): Operation => ({
  kind: ended,
  address: 0,
  operand: 0,
  expected: 0,
  order: 0,
  ending: how,
});

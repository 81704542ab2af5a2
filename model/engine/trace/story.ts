import type { StorySize } from '#model/counterexample.ts';
import type { MemoryName } from '#model/engine/explore/memories.ts';
import type { Violation } from '#model/verdict.ts';

/**
 * An execution told step by step, most often a counterexample: plain data, from which the text and the picture are both made. Steps are visible
 * micro-ops, numbered from 1 as they happened; step 0 is the boot.
 */
export interface Story {
  readonly subject: string;
  readonly variant: string;
  readonly sentence: string;
  readonly implementation: string;
  /** What it contradicts; null: nothing. */
  readonly violation: Violation | null;
  readonly size: StorySize;
  readonly cores: number;
  readonly memory: MemoryName;
  /** The threads that make calls, in order. */
  readonly threads: readonly StoryThread[];
  readonly steps: readonly StoryStep[];
  /** Who was where, and when. */
  readonly spans: readonly Span[];
  /** The step at which the spec and the implementation part; the last one: when all had stopped; or after it: nowhere. */
  readonly divergence: number;
  /** The two accesses whose order matters: without the preemption between them this would not have happened. */
  readonly culprits: Culprits | undefined;
  /** Accesses that nothing orders though something should: drawn dotted. */
  readonly missingEdges: readonly MissingEdge[];
  /** Words that somebody changes and more than one thread accesses, in the order of their addresses. */
  readonly words: readonly string[];
  /** The state at boot. */
  readonly specAtBoot: string;
  readonly wordsAtBoot: readonly number[];
}

export interface StoryThread {
  readonly id: number;
  readonly name: string;
  /** Its calls, each as a person would write it, with what it answered; undefined: it never did. */
  readonly calls: readonly { readonly call: string; readonly answer: string | undefined }[];
}

/** A thread was on a core (running), asleep or spinning (blocked), or waiting for a core (ready), for some steps. */
export interface Span {
  readonly thread: number;
  readonly how: 'running' | 'blocked' | 'ready';
  /** Where it ran; null if it did not. */
  readonly core: number | null;
  readonly fromStep: number;
  readonly toStep: number;
}

export interface StoryStep {
  readonly step: number;
  readonly core: number;
  /** The thread that did it, or null: the core's dispatcher. */
  readonly thread: number | null;
  /** What was done, in words: `reads nwrite: 0`. */
  readonly text: string;
  /** The name of the place in the code, where it has one. */
  readonly site: string | undefined;
  /** A call that began with this step, or an answer that came with it. */
  readonly call: string | undefined;
  readonly answer: string | undefined;
  /** Another core than in the step before, or the timer struck: a context switch. */
  readonly isSwitch: boolean;
  readonly isTimer: boolean;
  /** It touches a word that matters (see `Story.words`), or is a call, an answer, or a change of threads. */
  readonly matters: boolean;
  /** The spec's state after this step, as far as the spec explains what happened; null after the divergence. */
  readonly spec: string | null;
  /** The values of `Story.words` after this step. */
  readonly words: readonly number[];
  /** Which of `Story.words` it touched; null: none of them. */
  readonly word: number | null;
  /** What it did to that word; an update reads and writes at once. A compare-and-swap that fails is a read. */
  readonly access: 'read' | 'write' | 'update' | null;
  /** What the memory did here that no sequentially consistent one does; null: nothing. */
  readonly weak: Weakness | null;
  /** The address space by which its core translated; null: none. */
  readonly space: number | null;
  /** What the code told of itself after this step, before the next. */
  readonly traced: readonly Told[];
  /** Stores that left a store buffer after this step, before the next. */
  readonly drained: readonly Drained[];
  /** Of each of `Story.words`, what was written there and who may still read it before the next step; empty under `sc`. */
  readonly messages: readonly (readonly StoryMessage[])[];
}

/**
 * A read of a word that is no longer the latest, whose writer the reader had not been told of; a read that comes after a
 * store of another word which still waits in another core's store buffer; a store that waits so, or one that took its
 * place before a later one.
 */
export type Weakness =
  | { readonly tag: 'unseen store'; readonly value: number; readonly storeStep: number }
  | { readonly tag: 'stale read'; readonly latest: number; readonly writtenStep: number | null }
  | { readonly tag: 'buffered' }
  | { readonly tag: 'overtaken'; readonly latest: number; readonly writtenStep: number | null };

/** What a tracepoint told: in which thread, null: in the core's dispatcher. */
export interface Told {
  readonly core: number;
  readonly thread: number | null;
  readonly text: string;
}

/** The store of step `storeStep` has left the store buffer of `core`: `word` holds `value` for all to see. */
export interface Drained {
  readonly core: number;
  readonly storeStep: number;
  readonly word: string;
  readonly value: number;
}

/** A word that was written, the oldest first. */
export interface StoryMessage {
  readonly word: number;
  /** The step that wrote it; null: it was there at boot. */
  readonly step: number | null;
  /** The cores that may still read it. */
  readonly readers: readonly number[];
}

/** Two steps that touch a word, where a release and an acquire between them, or a fence, would have ordered them. */
export interface MissingEdge {
  readonly from: number;
  readonly to: number;
  readonly word: string;
}

/** The read that came before the write it should have seen, or the other way round: steps of the story. */
export interface Culprits {
  readonly before: number;
  readonly after: number;
  readonly word: string;
  readonly text: string;
}

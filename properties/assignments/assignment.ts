import type { Budget } from '#model/engine/explore/budget.ts';
import type { MemoryName } from '#model/engine/explore/memories.ts';
import type { AnyCall } from '#model/subject.ts';

/** Who sees a test and its feedback: everybody at once, nobody but the grader, or everybody once grades are published. */
export type Visibility = 'visible' | 'hidden' | 'after_published';

/** What points are given for. */
export type Ask =
  /** A claim of the suite holds for what was handed in, on every memory named. `claimZh`: its sentence in Chinese. */
  | {
      readonly tag: 'claim';
      readonly claim: string;
      readonly claimZh: string;
      readonly memories: readonly MemoryName[];
    }
  /** The claims that were handed in refute this mutant, by what can be seen of it from outside under one of these memories. */
  | { readonly tag: 'kills'; readonly mutant: string; readonly memories: readonly MemoryName[] }
  /**
   * They say nothing against the reference of this variant, and it is not for want of saying anything: they refute half of
   * this variant's mutants in the rubric, or more. Only those count that are shown when this is.
   */
  | { readonly tag: 'accepts'; readonly variant: string };

/** One line of a rubric: all of its points or none, so partial credit is more lines. */
export interface Item {
  /** Unique within the assignment; the test's name in every report. */
  readonly id: string;
  readonly points: number;
  readonly visibility: Visibility;
  readonly asks: Ask;
  /** Where to look, for whoever lost these points: never what to write. */
  readonly hint: string;
  readonly hintZh: string;
}

/** A program to be run, for whatever variant can do it. */
export interface Workload {
  readonly name: string;
  readonly parameters: unknown;
  readonly threads: readonly (readonly AnyCall[])[];
}

/** What a submission may use. Where it is used up, what is not decided by then earns nothing. */
export interface Limits {
  /** All told, as a clock shows it: a guard, far above what is needed, since only counts decide what is found. */
  readonly seconds: number;
  /** From one micro-op to the next. */
  readonly stepSeconds: number;
  readonly memoryMegabytes: number;
}

/** What students are asked to write, and what it is worth. Plain data; the texts lie beside it. */
export interface Assignment {
  /** Its folder under `properties/assignments`. */
  readonly name: string;
  readonly title: string;
  readonly titleZh: string;
  /** `implementation`: they write a module that does what the spec says. `properties`: they write claims about it. */
  readonly kind: 'implementation' | 'properties';
  readonly subject: string;
  readonly variant: string;
  /** The module that is graded, as the student's folder has it; it may import its neighbours. Its starter is in `starter/`. */
  readonly file: string;
  /** The modules of the tool that it may import, by their paths: `impl/machine/ops.ts`. Nothing else can be imported. */
  readonly library: readonly string[];
  readonly budget: Budget['name'];
  /** Points are lost if any of these seeds refutes the claim. */
  readonly seeds: readonly number[];
  readonly limits: Limits;
  /**
   * Scenarios that it must do before anything counts (`least.ts`): much holds of code that does nothing. Of claims that
   * are handed in: none.
   */
  readonly least: readonly string[];
  /** Where claims are handed in: programs on which what is right is run besides, to see that they say nothing against it. */
  readonly programs?: readonly Workload[];
  /**
   * Where claims are handed in: what calls have in lists of this name differs throughout a program, so that it can be
   * told apart.
   */
  readonly distinct?: string;
  readonly rubric: readonly Item[];
}

/** How many points there are. */
export const maximumOf = ({ rubric }: Assignment): number => rubric.reduce((sum, { points }) => sum + points, 0);

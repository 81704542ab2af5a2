import type { Drained, Story, StoryStep } from '#model/engine/trace/story.ts';
import { actorName, threadName } from '#reports/export/names.ts';
import { isShown, weaklySaid } from '#reports/text/story.ts';

/** Whatever could mean something to Mermaid is written as an entity: `#35;` for `#`. */
const escaped = (text: string): string =>
  text.replaceAll(/[^A-Za-z0-9 _.,()[\]=/'-]/gu, (char) => `#${char.codePointAt(0)};`);

/** The ground on which the two decisive accesses stand. */
const decisiveColour = 'rgb(255, 235, 160)';

/**
 * A story as a sequence diagram: threads and the memory, calls and answers, what is read and written, the decisive
 * pair on a ground of its own, notes for what the memory did and for the spec’s state. It has the steps that the text
 * shows, since Mermaid draws no diagrams of more than 50,000 characters.
 *
 * Source: Mermaid, "Sequence diagrams": entity codes to escape characters, activations, notes, background highlighting.
 */
export const storyAsMermaid = (story: Story): string => {
  const shown = story.steps.filter(isShown);
  const names = participants(story, shown);
  const over = `note over ${[...names.keys()].at(0)},memory`;
  const lines = [...[...names].map(([id, name]) => `participant ${id} as ${escaped(name)}`), 'participant memory'];
  lines.push(specNote(story.specAtBoot));
  let spec: string | null = story.specAtBoot;
  for (const step of story.steps) {
    if (step.isTimer) lines.push(`${over}: timer interrupt of core ${step.core}`);
    if (isShown(step)) {
      lines.push(...stepLines(step, story));
      if (step.spec !== null && step.spec !== spec) lines.push(specNote(step.spec));
      spec = step.spec ?? spec;
    }
    lines.push(...step.traced.map(({ core, text }) => `${over}: core ${core}, ${escaped(text)}`));
    lines.push(...step.drained.flatMap((drained) => drainLines(drained, story)));
  }
  lines.push(...openCalls(shown).map((id) => `${id}--x-${id}: is never answered`));
  lines.push(...endTexts(story).map((text) => `${over}: ${escaped(text)}`));
  return `sequenceDiagram\n${lines.map((line) => `  ${line}\n`).join('')}`;
};

const specNote = (spec: string): string => `note right of memory: the spec, ${escaped(spec)}`;

/** A participant’s id: names may be anything. */
const idOf = ({ thread, core }: StoryStep): string => (thread === null ? `c${core}` : `t${thread}`);

/** Who takes part, by id: the threads that make calls, and whoever else does something that is shown. */
const participants = (story: Story, shown: readonly StoryStep[]): ReadonlyMap<string, string> =>
  new Map([
    ...story.threads.map(({ id }) => [`t${id}`, threadName(story, id)] as const),
    ...shown.map((step) => [idOf(step), actorName(story, step)] as const),
  ]);

const stepLines = (step: StoryStep, { culprits }: Story): string[] => {
  const id = idOf(step);
  const isDecisive = step.step === culprits?.before || step.step === culprits?.after;
  const lines = [step.call === undefined ? deedLine(step, id) : `${id}->>+${id}: ${step.step} ${escaped(step.call)}`];
  if (isDecisive) lines.splice(0, 1, `rect ${decisiveColour}`, ...lines, 'end');
  const weak = weaklySaid(step.weak).trim();
  if (weak !== '') lines.push(`note right of ${id}: ${escaped(weak)}`);
  if (step.answer !== undefined) lines.push(`${id}-->>-${id}: ${step.step} answers ${escaped(step.answer)}`);
  return lines;
};

/** What a step does: an arrow from the memory or to it; what does not get that far is a note. */
const deedLine = ({ step, text, access, weak }: StoryStep, id: string): string => {
  const label = `${step} ${escaped(text)}`;
  if (access === null || weak?.tag === 'buffered') return `note over ${id}: ${label}`;
  return access === 'read' ? `memory-->>${id}: ${label}` : `${id}->>memory: ${label}`;
};

/** A store that reaches memory later than it was made. */
const drainLines = ({ storeStep, word, value }: Drained, { steps }: Story): string[] => {
  const store = steps[storeStep - 1];
  if (!store || !isShown(store)) return [];
  return [`${idOf(store)}-)memory: ${escaped(`${word} := ${value} of step ${storeStep} reaches memory`)}`];
};

/** The ids of those whose last call has no answer. */
const openCalls = (shown: readonly StoryStep[]): string[] => {
  const open = new Set<string>();
  for (const step of shown) {
    if (step.call !== undefined) open.add(idOf(step));
    if (step.answer !== undefined) open.delete(idOf(step));
  }
  return [...open];
};

const endTexts = ({ violation, culprits }: Story): string[] => [
  ...(violation
    ? [`${violation.kind}: the spec ${violation.expected}`, `the implementation ${violation.observed}`]
    : []),
  ...(culprits ? [`it takes ${culprits.text}`] : []),
];

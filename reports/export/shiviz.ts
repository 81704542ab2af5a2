import type { Story, StoryStep } from '#model/engine/trace/story.ts';
import { actorName } from '#reports/export/names.ts';
import { readSources } from '#reports/export/reads-from.ts';

/** ShiViz’s own default: a line for the event, then one with its host and clock. */
const parser = '(?<event>.*)\\n(?<host>\\S*) (?<clock>{.*})';

/** Of each host, up to which of its steps one knows. */
type Clock = ReadonlyMap<string, number>;

const join = (clock: Clock, other: Clock): Clock => {
  const joined = new Map(clock);
  for (const [host, time] of other) joined.set(host, Math.max(time, clock.get(host) ?? 0));
  return joined;
};

/**
 * A story as a log for ShiViz. Hosts are threads and the cores’ dispatchers. A step knows what its host knew, what was
 * done on its core before, and what the store that it reads from knew: so lines lead from stores to reads. A stale
 * read takes nothing over from the store that it does not see. Whether an edge also orders what is around it, as an
 * acquire of a release does, is not said.
 *
 * Source: ShiViz, "What is the input log format to the tool?"; js/model/parser.js and modelGraph.js: clocks begin at 1
 * and a host’s own entry grows by one.
 */
export const storyAsShiviz = (story: Story): string => {
  const sources = readSources(story);
  const ofHost = new Map<string, Clock>();
  const ofCore = new Map<number, Clock>();
  const ofStep = new Map<number, Clock>();
  const lines = story.steps.flatMap((step, i) => {
    const host = hostName(actorName(story, step));
    const before = join(ofHost.get(host) ?? new Map(), ofCore.get(step.core) ?? new Map());
    const known = join(before, ofStep.get(sources[i] ?? 0) ?? new Map());
    const clock = new Map(known).set(host, (known.get(host) ?? 0) + 1);
    ofHost.set(host, clock);
    ofCore.set(step.core, clock);
    ofStep.set(step.step, clock);
    return [eventText(step), `${host} ${JSON.stringify(Object.fromEntries(clock))}`];
  });
  return `${[parser, '', ...lines].join('\n')}\n`;
};

/** The text begins with a word and a number, so that no text looks like a host and its clock. */
const eventText = ({ step, text, call, answer }: StoryStep): string =>
  inOneLine(`step ${step}: ${call ?? text}${answer === undefined ? '' : `, answers ${answer}`}`);

const escapeOf = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** With line breaks and other control characters escaped as in JSON. */
const inOneLine = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll(/[\p{Cc}\u2028\u2029]/gu, escapeOf);

/** A host’s name has no blanks. */
const hostName = (name: string): string => inOneLine(name).replaceAll(/\s/g, escapeOf);

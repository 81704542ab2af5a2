import type { Reading, ReadStep } from '#reports/export/readers/step.ts';

/** Text without anything that ends it, begins a comment or is a code of its own, but for the entities. */
const text = "((?:[A-Za-z0-9 _.,()[\\]=/'-]|#\\d+;)+)";

/** The subset of sequence diagrams that stories are written in. */
const grammar = {
  participant: new RegExp(`^ {2}participant (\\w+)(?: as ${text})?$`),
  message: new RegExp(`^ {2}(\\w+?)(->>|-->>|-\\)|--x)([+-]?)(\\w+): ${text}$`),
  note: new RegExp(`^ {2}note (?:right of|over) (\\w+)(?:,(\\w+))?: ${text}$`),
  ground: /^ {2}rect rgb\(\d+, \d+, \d+\)$/,
  end: /^ {2}end$/,
} as const;

const unescaped = (escaped: string): string =>
  escaped.replaceAll(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));

/** A diagram, line by line. */
export const readMermaid = (diagram: string): Reading => {
  const problems: string[] = [];
  const names = new Map<string, string>();
  const active = new Map<string, number>();
  const steps: ReadStep[] = [];
  let grounds = 0;
  const known = (...ids: readonly (string | undefined)[]): void => {
    for (const id of ids) if (id !== undefined && !names.has(id)) problems.push(`no participant ${id}`);
  };
  const add = (actor: string, label: string, kind: 'text' | 'call' | 'answer'): void => {
    const [, number, said] = unescaped(label).match(/^(\d+) (.*)$/s) ?? [];
    if (number === undefined) return;
    const step = {
      step: Number(number),
      actor: names.get(actor) ?? actor,
      text: said as string,
      call: undefined,
      answer: undefined,
    };
    if (kind === 'text') steps.push(step);
    else if (kind === 'call') steps.push({ ...step, text: 'calls', call: said });
    else steps.push({ ...(steps.pop() as ReadStep), answer: step.text.replace(/^answers /, '') });
  };
  const [head, ...lines] = diagram.trimEnd().split('\n');
  if (head !== 'sequenceDiagram') problems.push('it does not begin as a sequence diagram');
  for (const line of lines) {
    const participant = line.match(grammar.participant);
    const message = line.match(grammar.message);
    const note = line.match(grammar.note);
    if (participant) names.set(participant[1] as string, unescaped(participant[2] ?? (participant[1] as string)));
    else if (message) {
      const [, from, arrow, activation, to, label] = message as unknown as [string, ...string[]] & { length: 6 };
      known(from, to);
      const change = activation === '+' ? 1 : activation === '-' ? -1 : 0;
      const depth = (active.get(to as string) ?? 0) + change;
      active.set(to as string, depth);
      if (depth < 0) problems.push(`${to} ends a call that it is not in`);
      const kind = change > 0 ? 'call' : change < 0 ? 'answer' : 'text';
      if (arrow === '->>' || arrow === '-->>') add((from === 'memory' ? to : from) as string, label as string, kind);
    } else if (note) {
      known(note[1], note[2]);
      if (note[2] === undefined && note[1] !== 'memory') add(note[1] as string, note[3] as string, 'text');
    } else if (grammar.ground.test(line)) grounds++;
    else if (grammar.end.test(line)) grounds--;
    else problems.push(`not a line of a diagram: ${line}`);
    if (grounds < 0) problems.push('an end too many');
  }
  if (grounds > 0) problems.push('an end is missing');
  for (const [id, depth] of active) if (depth > 0) problems.push(`${id} is left in a call`);
  return { problems, steps };
};

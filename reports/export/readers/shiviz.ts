import type { Reading, ReadStep } from '#reports/export/readers/step.ts';

/** An event as ShiViz takes it from a log. */
export interface LogEvent {
  readonly event: string;
  readonly host: string;
  readonly clock: Readonly<Record<string, number>>;
}

/** As ShiViz loads a file: the first line is the parser, the second the delimiter of executions, the rest the log. */
export const eventsOf = (text: string): LogEvent[] => {
  const [parser = '', delimiter, ...log] = text.split('\n');
  if (delimiter !== '') throw new Error('only logs of one execution');
  return [...log.join('\n').trim().matchAll(new RegExp(parser, 'gm'))].map(({ groups }) => {
    const { event, host, clock } = groups as { event: string; host: string; clock: string };
    return { event, host, clock: JSON.parse(clock) };
  });
};

/** Where the clocks are none: ShiViz’s own rules, and that who knows of an event knows what that event knew. */
export const clockProblems = (events: readonly LogEvent[]): string[] => {
  const ofHost = new Map<string, LogEvent[]>();
  for (const event of events) ofHost.set(event.host, [...(ofHost.get(event.host) ?? []), event]);
  return events.flatMap(({ event, host, clock }): string[] => {
    const own = ofHost.get(host) as LogEvent[];
    const time = own.findIndex((one) => one.event === event && one.clock === clock) + 1;
    const before = own[time - 2]?.clock ?? {};
    const fallen = Object.keys(before).filter((other) => (clock[other] ?? 0) < (before[other] as number));
    return [
      ...(clock[host] === time ? [] : [`${event}: ${host} is at ${clock[host]}, not at ${time}`]),
      ...fallen.map((other) => `${event}: the entry of ${other} has fallen`),
      ...Object.entries(clock).flatMap(([other, until]) => {
        const known = ofHost.get(other)?.[until - 1];
        if (!known) return [`${event}: ${other} has no event ${until}`];
        const more = Object.entries(known.clock).filter(([third, at]) => (clock[third] ?? 0) < at);
        return more.map(([third]) => `${event}: knows of ${other}, but not what that knew of ${third}`);
      }),
    ];
  });
};

const unescaped = (text: string): string =>
  text.replaceAll(/\\(?:\\|u([0-9a-f]{4}))/g, (_, code) =>
    code === undefined ? '\\' : String.fromCharCode(Number.parseInt(code, 16)),
  );

/** The log of a story. The text of a step says its call where it has one, and then its answer. */
export const readShiviz = (text: string): Reading => {
  const events = eventsOf(text);
  const lines = text.trimEnd().split('\n').length - 2;
  const steps = events.map(({ event, host }): ReadStep => {
    const [, step, said] = event.match(/^step (\d+): (.*)$/s) ?? [];
    return {
      step: Number(step),
      actor: unescaped(host),
      text: unescaped(said as string),
      call: undefined,
      answer: undefined,
    };
  });
  const unread = events.length * 2 === lines ? [] : [`${lines} lines hold ${events.length} events`];
  return { problems: [...unread, ...clockProblems(events)], steps };
};

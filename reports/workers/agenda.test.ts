import { describe, expect, it } from 'vitest';
import { toExplore, type WrittenProgram } from '#model/engine/graph/written.ts';
import { Account } from '#reports/workers/account.ts';
import { Agenda, type Item, type Undertaking } from '#reports/workers/agenda.ts';
import { explorePortion } from '#reports/workers/portion.ts';

/** A writer, and five readers of what it writes: 32 executions under each of three models. */
const readers: WrittenProgram = {
  test: 'readers',
  threads: [[['Wrlx', 'x']], ...Array.from({ length: 5 }, () => [['Rrlx', 'x'] as const])],
};

const undertakingOf = (written: WrittenProgram): Undertaking => {
  const asked = toExplore(written);
  if ('unsupported' in asked) throw new Error(asked.unsupported);
  return { written, asked, accounts: asked.runs.map(() => new Account(false)) };
};

const unbounded = Number.POSITIVE_INFINITY;

/** Explores a portion, and hands in what was found; with a bound, what is left as well. */
const work = async (agenda: Agenda, item: Item, isToDivide: boolean): Promise<void> => {
  agenda.take(
    item,
    await explorePortion(
      item.undertaking.asked,
      item.portion,
      () => false,
      () => {},
    ),
    isToDivide,
  );
};

describe('an agenda', () => {
  it('hands each portion out once, and what nobody began with again', () => {
    const undertaking = undertakingOf(readers);
    const agenda = new Agenda([undertaking], unbounded);
    const items = [1, 2, 3].map(() => agenda.next(unbounded) as Item);
    expect(items.map(({ portion }) => portion.model)).toEqual([0, 1, 2]);
    expect(agenda.next(unbounded)).toBeUndefined();
    agenda.take(items[1] as Item, undefined, false);
    expect(undertaking.accounts[1]?.rests).toBeNull();
    expect(agenda.next(unbounded)).toEqual(items[1]);
  });

  it('hands out pieces of what is left where others have nothing to do, which come to the same', async () => {
    const undertaking = undertakingOf(readers);
    const agenda = new Agenda([undertaking], unbounded);
    for (let items = 0; ; items++) {
      const item = agenda.next(3);
      if (!item) break;
      await work(agenda, item, true);
      if (items === 0) expect(undertaking.accounts[0]?.rests?.length).toBeGreaterThan(2);
    }
    expect(undertaking.accounts.map(({ executions, isComplete }) => [executions, isComplete])).toEqual([
      [32, true],
      [32, true],
      [32, true],
    ]);
  });

  it('hands out what is bounded piece by piece, up to the bound', async () => {
    const undertaking = undertakingOf(readers);
    const agenda = new Agenda([undertaking], 20);
    const item = agenda.next(8) as Item;
    expect(item.portion).toMatchObject({ model: 0, executionsMax: 8 });
    expect(agenda.next(8)?.portion.model).toBe(1);
    await work(agenda, item, true);
    expect(undertaking.accounts[0]?.rests).toHaveLength(1);
    const more = agenda.next(unbounded) as Item;
    expect(more.portion).toMatchObject({ model: 0, executionsMax: 12 });
    await work(agenda, more, true);
    expect(undertaking.accounts[0]).toMatchObject({ executions: 20, isComplete: false });
    expect(agenda.next(unbounded)?.portion.model).toBe(2);
    expect(agenda.next(unbounded)).toBeUndefined();
  });

  it('hands out several at once where there are many, and one at a time where there are few', () => {
    const many = new Agenda(
      Array.from({ length: 100 }, () => undertakingOf(readers)),
      unbounded,
    );
    expect(many.some(8, 64)).toHaveLength(38);
    expect(many.some(8, 16)).toHaveLength(16);
    expect(new Agenda([undertakingOf(readers)], unbounded).some(8, 64)).toHaveLength(1);
  });

  it('hands out nothing more once somebody has made a mistake', () => {
    const agenda = new Agenda([undertakingOf(readers)], unbounded);
    agenda.fail();
    expect(agenda.next(unbounded)).toBeUndefined();
  });
});

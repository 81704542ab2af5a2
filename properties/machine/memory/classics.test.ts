import { describe, expect, it } from 'vitest';
import { memories } from '#model/engine/explore/memories.ts';
import { parseLitmus } from '#model/engine/litmus/parse.ts';
import { cClassics } from '#properties/litmus/c-classics.ts';
import { x86Classics } from '#properties/litmus/x86-classics.ts';
import { verdictOn } from '#properties/machine/memory/sides.ts';

describe("the machine's memory does what the literature says", () => {
  it.each(x86Classics)('tso and sc: $name', ({ litmus, verdicts }) => {
    const test = parseLitmus(litmus);
    expect({ tso: verdictOn(test, memories.tso), sc: verdictOn(test, memories.sc) }).toEqual(verdicts);
  });

  it.each(cClassics)('rc11 and sc: $name', ({ name, litmus, verdicts, isRacy }) => {
    const test = parseLitmus(litmus);
    const hasRace = isRacy || name === 'race after store after release'; // the machine's release sequence is C++20's
    expect(verdictOn(test, memories.rc11)).toBe(hasRace ? 'race' : verdicts['rc20']);
    expect(verdictOn(test, memories.sc)).toBe(verdicts['sc']);
  });
});

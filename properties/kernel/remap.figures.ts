import type { Curve, Figure } from '#model/figure.ts';
import { assumed, breakEvenPages, criticalRatePerSecond, type Whose } from '#model/kernel/remap.break-even.ts';

/** Remapping against copying, as curves: from which size on, and up to which rate. */

const bytesPerWord = 4;
const bytesOf = (pages: number): number => pages * assumed.pageWords * bytesPerWord;

const coresMax = 64;
const pagesMax = 256;

/** The rate at which the second figure begins. */
const lowestRatePerSecond = 1000;

const assumptions = `Assumed, in cycles: ${assumed.wordCopied} for each word of 4 bytes that is copied, ${assumed.entryWritten} for an entry of a page table, ${assumed.translationForgotten} to forget a translation, ${assumed.coreTold} to tell a core and ${assumed.interrupted} for the interrupt that it takes, at ${assumed.cyclesPerSecond / 1e9} GHz.`;

const breakEven = (name: string, whose: Whose): Curve => ({
  name,
  points: Array.from({ length: coresMax }, (_, i) => i + 1).flatMap((cores): [number, number][] => {
    const pages = breakEvenPages(cores, whose);
    return pages === null ? [] : [[cores, bytesOf(pages)]];
  }),
});

/** The edge of the region in which remapping is better: up from the break-even size, and then along the critical rate. */
const region = (cores: number): Curve => {
  const points = Array.from({ length: pagesMax }, (_, i) => i + 1).flatMap((pages): [number, number][] => {
    const rate = criticalRatePerSecond(pages, cores);
    return rate === 0 ? [] : [[bytesOf(pages), rate]];
  });
  const [first] = points;
  return { name: `${cores} cores`, points: first ? [[first[0], lowestRatePerSecond], ...points] : [] };
};

export const figures: readonly Figure[] = [
  {
    title: 'From which size on a message is better remapped',
    note: `Below a curve copying costs less, above it remapping. The sender waits while the other cores forget, all at once; what that takes of all of them together is more, and from some number of cores on no size makes up for it. ${assumptions}`,
    x: { label: 'cores that run the sender’s space', scale: 'logarithmic' },
    y: { label: 'bytes of the message', scale: 'logarithmic' },
    curves: [breakEven('the sender’s time', 'sender'), breakEven('the time of all cores', 'all cores')],
  },
  {
    title: 'Up to which rate a message is better remapped',
    note: `Right of a curve and below it remapping is better: the message is large enough, and the other cores lose no more than ${assumed.interferenceMax * 100} % of their time to interrupts. Were that not counted, there would be no such rate: what messages cost grows with the rate by either way. ${assumptions}`,
    x: { label: 'bytes of the message', scale: 'logarithmic' },
    y: { label: 'messages a second', scale: 'logarithmic' },
    curves: [2, 8, 32].map(region),
  },
];

import { parseLitmus } from '#model/engine/litmus/parse.ts';
import type { LitmusTest } from '#model/engine/litmus/test.ts';

/** A litmus test of AArch64 by hand, with what the literature says of its `exists`. */
export interface Classic {
  readonly name: string;
  readonly isAllowed: boolean;
  readonly test: LitmusTest;
}

/**
 * Threads are written in one line each. In every thread X1, X3 and X5 are the addresses of x, y and z, which hold 0; X9
 * is 1 and X10 is 2.
 */
export const litmus = (name: string, condition: string, ...threads: readonly string[]): LitmusTest => {
  const columns = threads.map((thread) => thread.split(/;\s*/));
  const registers = threads.map((_, i) => `${i}:X1=x; ${i}:X3=y; ${i}:X5=z; ${i}:X9=1; ${i}:X10=2;`);
  const height = Math.max(...columns.map((column) => column.length));
  const rows = Array.from({ length: height }, (_, row) => columns.map((column) => column[row] ?? '').join(' | '));
  const header = threads.map((_, i) => `P${i}`).join(' | ');
  return parseLitmus(
    [`AArch64 ${name}`, `{ ${registers.join(' ')} }`, `${header} ;`, ...rows.map((row) => `${row} ;`), condition].join(
      '\n',
    ),
  );
};

const classic =
  (isAllowed: boolean) =>
  (name: string, condition: string, ...threads: readonly string[]): Classic => ({
    name,
    isAllowed,
    test: litmus(name, `exists (${condition})`, ...threads),
  });

const allowed = classic(true);
const forbidden = classic(false);

const storeTwo = 'STR W9,[X1]; STR W9,[X3]';
const storeTwoOrdered = 'STR W9,[X1]; DMB SY; STR W9,[X3]';
const storeTwoReleased = 'STR W9,[X1]; STLR W9,[X3]';
const loadTwoByAddress = 'LDR W0,[X3]; EOR W4,W0,W0; LDR W2,[X1,W4,SXTW]';
const messageMissed = '1:X0=1 /\\ 1:X2=0';
const bothMissed = '0:X0=0 /\\ 1:X0=0';
const bothSeen = '0:X0=1 /\\ 1:X0=1';

/**
 * Source: Pulte, Flur, Deacon, French, Sarkar, Sewell, "Simplifying ARM concurrency", POPL 2018; names as in Maranget,
 * Sarkar, Sewell, "A tutorial introduction to the ARM and POWER relaxed memory models", 2012.
 */
const messagePassing: readonly Classic[] = [
  allowed('MP', messageMissed, storeTwo, 'LDR W0,[X3]; LDR W2,[X1]'),
  allowed('MP+dmb+po', messageMissed, storeTwoOrdered, 'LDR W0,[X3]; LDR W2,[X1]'),
  allowed('MP+po+addr', messageMissed, storeTwo, loadTwoByAddress),
  forbidden('MP+dmb+addr', messageMissed, storeTwoOrdered, loadTwoByAddress),
  forbidden('MP+dmb.st+dmb.ld', messageMissed, 'STR W9,[X1]; DMB ST; STR W9,[X3]', 'LDR W0,[X3]; DMB LD; LDR W2,[X1]'),
  allowed('MP+dmb.ld+addr', messageMissed, 'STR W9,[X1]; DMB LD; STR W9,[X3]', loadTwoByAddress),
  allowed('MP+dmb+dmb.st', messageMissed, storeTwoOrdered, 'LDR W0,[X3]; DMB ST; LDR W2,[X1]'),
  allowed('MP+dmb+ctrl', messageMissed, storeTwoOrdered, 'LDR W0,[X3]; CBNZ W0,L; L: LDR W2,[X1]'),
  allowed('MP+dmb+isb', messageMissed, storeTwoOrdered, 'LDR W0,[X3]; ISB; LDR W2,[X1]'),
  forbidden('MP+dmb+ctrlisb', messageMissed, storeTwoOrdered, 'LDR W0,[X3]; CBNZ W0,L; L: ISB; LDR W2,[X1]'),
  forbidden(
    'MP+dmb+addrisb',
    messageMissed,
    storeTwoOrdered,
    'LDR W0,[X3]; EOR W4,W0,W0; LDR W6,[X5,W4,SXTW]; ISB; LDR W2,[X1]',
  ),
  forbidden('MP+rel+acq', messageMissed, storeTwoReleased, 'LDAR W0,[X3]; LDR W2,[X1]'),
  forbidden('MP+rel+acqpc', messageMissed, storeTwoReleased, 'LDAPR W0,[X3]; LDR W2,[X1]'),
  allowed('MP+rel+acq, the other load acquires', messageMissed, storeTwoReleased, 'LDR W0,[X3]; LDAR W2,[X1]'),
  allowed(
    'MP+rel+acq, the other store releases',
    messageMissed,
    'STLR W9,[X1]; STR W9,[X3]',
    'LDAR W0,[X3]; LDR W2,[X1]',
  ),
  allowed(
    'PPOCA',
    '1:X0=1 /\\ 1:X6=1 /\\ 1:X2=0',
    storeTwoOrdered,
    'LDR W0,[X3]; CBNZ W0,L; L: STR W9,[X5]; LDR W6,[X5]; EOR W7,W6,W6; LDR W2,[X1,W7,SXTW]',
  ),
  forbidden(
    'PPOAA',
    '1:X0=1 /\\ 1:X6=1 /\\ 1:X2=0',
    storeTwoOrdered,
    'LDR W0,[X3]; EOR W4,W0,W0; STR W9,[X5,W4,SXTW]; LDR W6,[X5]; EOR W7,W6,W6; LDR W2,[X1,W7,SXTW]',
  ),
];

const storeBuffering: readonly Classic[] = [
  allowed('SB', bothMissed, 'STR W9,[X1]; LDR W0,[X3]', 'STR W9,[X3]; LDR W0,[X1]'),
  allowed('SB+dmb+po', bothMissed, 'STR W9,[X1]; DMB SY; LDR W0,[X3]', 'STR W9,[X3]; LDR W0,[X1]'),
  forbidden('SB+dmbs', bothMissed, 'STR W9,[X1]; DMB SY; LDR W0,[X3]', 'STR W9,[X3]; DMB SY; LDR W0,[X1]'),
  allowed('SB+dmb.sts', bothMissed, 'STR W9,[X1]; DMB ST; LDR W0,[X3]', 'STR W9,[X3]; DMB ST; LDR W0,[X1]'),
  forbidden('SB+rel-acqs', bothMissed, 'STLR W9,[X1]; LDAR W0,[X3]', 'STLR W9,[X3]; LDAR W0,[X1]'),
  allowed('SB+rel-acqpcs', bothMissed, 'STLR W9,[X1]; LDAPR W0,[X3]', 'STLR W9,[X3]; LDAPR W0,[X1]'),
  allowed(
    'SB+rfi-addrs',
    '0:X0=1 /\\ 0:X2=0 /\\ 1:X0=1 /\\ 1:X2=0',
    'STR W9,[X1]; LDR W0,[X1]; EOR W4,W0,W0; LDR W2,[X3,W4,SXTW]',
    'STR W9,[X3]; LDR W0,[X3]; EOR W4,W0,W0; LDR W2,[X1,W4,SXTW]',
  ),
  forbidden('SB+dsb.sts', bothMissed, 'STR W9,[X1]; DSB ST; LDR W0,[X3]', 'STR W9,[X3]; DSB ST; LDR W0,[X1]'),
  allowed('R', '[y]=2 /\\ 1:X0=0', storeTwo, 'STR W10,[X3]; LDR W0,[X1]'),
  forbidden('R+dmbs', '[y]=2 /\\ 1:X0=0', storeTwoOrdered, 'STR W10,[X3]; DMB SY; LDR W0,[X1]'),
];

const loadBuffering: readonly Classic[] = [
  allowed('LB', bothSeen, 'LDR W0,[X1]; STR W9,[X3]', 'LDR W0,[X3]; STR W9,[X1]'),
  allowed('LB+data+po', bothSeen, 'LDR W0,[X1]; STR W0,[X3]', 'LDR W0,[X3]; STR W9,[X1]'),
  forbidden(
    'a value that was stored before it was loaded',
    '0:X0=0 /\\ [y]=1',
    'LDR W0,[X1]; STR W0,[X3]',
    'STR W9,[X1]',
  ),
  forbidden('LB+datas', bothSeen, 'LDR W0,[X1]; STR W0,[X3]', 'LDR W0,[X3]; STR W0,[X1]'),
  forbidden('LB+ctrls', bothSeen, 'LDR W0,[X1]; CBNZ W0,L; L: STR W9,[X3]', 'LDR W0,[X3]; CBNZ W0,L; L: STR W9,[X1]'),
  forbidden(
    'LB+addrs+WW',
    bothSeen,
    'LDR W0,[X1]; EOR W4,W0,W0; STR W9,[X5,W4,SXTW]; STR W9,[X3]',
    'LDR W0,[X3]; EOR W4,W0,W0; STR W9,[X5,W4,SXTW]; STR W9,[X1]',
  ),
  allowed('LB+rel+po', bothSeen, 'LDR W0,[X1]; STLR W9,[X3]', 'LDR W0,[X3]; STR W9,[X1]'),
  forbidden('LB+rels', bothSeen, 'LDR W0,[X1]; STLR W9,[X3]', 'LDR W0,[X3]; STLR W9,[X1]'),
  forbidden('LB+acqs', bothSeen, 'LDAR W0,[X1]; STR W9,[X3]', 'LDAPR W0,[X3]; STR W9,[X1]'),
  forbidden('S+dmb.st+data', '[x]=2 /\\ 1:X0=1', 'STR W10,[X1]; DMB ST; STR W9,[X3]', 'LDR W0,[X3]; STR W0,[X1]'),
];

const twoPlusTwo = '[x]=2 /\\ [y]=2';

const coherenceAndPropagation: readonly Classic[] = [
  forbidden('CoRR', messageMissed, 'STR W9,[X1]', 'LDR W0,[X1]; LDR W2,[X1]'),
  forbidden('CoRW1', '0:X0=1', 'LDR W0,[X1]; STR W9,[X1]'),
  forbidden('CoRW2', '0:X0=2 /\\ [x]=2', 'LDR W0,[X1]; STR W9,[X1]', 'STR W10,[X1]'),
  forbidden('CoWR', '0:X0=2 /\\ [x]=1', 'STR W9,[X1]; LDR W0,[X1]', 'STR W10,[X1]'),
  forbidden('CoWW', '[x]=1', 'STR W9,[X1]; STR W10,[X1]'),
  allowed('2+2W', twoPlusTwo, 'STR W10,[X1]; STR W9,[X3]', 'STR W10,[X3]; STR W9,[X1]'),
  forbidden('2+2W+dmb.sts', twoPlusTwo, 'STR W10,[X1]; DMB ST; STR W9,[X3]', 'STR W10,[X3]; DMB ST; STR W9,[X1]'),
  forbidden('2+2W+rels', twoPlusTwo, 'STR W10,[X1]; STLR W9,[X3]', 'STR W10,[X3]; STLR W9,[X1]'),
  allowed('WRC', '1:X0=1 /\\ 2:X0=1 /\\ 2:X2=0', 'STR W9,[X1]', 'LDR W0,[X1]; STR W9,[X3]', 'LDR W0,[X3]; LDR W2,[X1]'),
  forbidden(
    'WRC+data+addr',
    '1:X0=1 /\\ 2:X0=1 /\\ 2:X2=0',
    'STR W9,[X1]',
    'LDR W0,[X1]; STR W0,[X3]',
    loadTwoByAddress,
  ),
  forbidden(
    'ISA2+dmb+data+addr',
    '1:X0=1 /\\ 2:X0=1 /\\ 2:X2=0',
    'STR W9,[X1]; DMB SY; STR W9,[X5]',
    'LDR W0,[X5]; STR W0,[X3]',
    loadTwoByAddress,
  ),
  allowed(
    'IRIW',
    '2:X0=1 /\\ 2:X2=0 /\\ 3:X0=1 /\\ 3:X2=0',
    'STR W9,[X1]',
    'STR W9,[X3]',
    'LDR W0,[X3]; LDR W2,[X1]',
    'LDR W0,[X1]; LDR W2,[X3]',
  ),
  forbidden(
    'IRIW+addrs',
    '2:X0=1 /\\ 2:X2=0 /\\ 3:X0=1 /\\ 3:X2=0',
    'STR W9,[X1]',
    'STR W9,[X3]',
    loadTwoByAddress,
    'LDR W0,[X1]; EOR W4,W0,W0; LDR W2,[X3,W4,SXTW]',
  ),
];

const exclusiveThenStatus = 'LDXR W0,[X3]; STXR W4,W10,[X3]; EOR W6,W4,W4; LDR W2,[X1,W6,SXTW]';
const incrementLoop = 'L: LDXR W0,[X1]; ADD W2,W0,#1; STXR W4,W2,[X1]; CBNZ W4,L';
const increment = 'LDXR W0,[X1]; ADD W2,W0,#1; STXR W4,W2,[X1]';

/** Source: Arm Architecture Reference Manual, B2.3 and B2.9 (exclusives), C6 (each instruction). */
const atomics: readonly Classic[] = [
  forbidden('two exclusive increments that lose one', '[x]=1 /\\ 0:X4=0 /\\ 1:X4=0', increment, increment),
  allowed('an exclusive store that fails for nothing', '0:X4=1', increment),
  forbidden('an exclusive store without its load', '0:X4=0', 'STXR W4,W9,[X1]'),
  allowed(
    'MP where that an exclusive store was done is all that the reader depends on',
    '1:X0=1 /\\ 1:X4=0 /\\ 1:X2=0',
    storeTwoOrdered,
    exclusiveThenStatus,
  ),
  allowed(
    'MP where that an exclusive store failed is all that the reader depends on',
    '1:X0=1 /\\ 1:X4=1 /\\ 1:X2=0',
    storeTwoOrdered,
    exclusiveThenStatus,
  ),
  forbidden('two loops of exclusives that lose an increment', '[x]=1', incrementLoop, incrementLoop),
  allowed('two loops of exclusives that lose none', '[x]=2', incrementLoop, incrementLoop),
  forbidden('two LDADDs that lose one', '[x]=1', 'LDADD W9,W0,[X1]', 'LDADD W9,W0,[X1]'),
  forbidden('two CASs that both win', bothMissed, 'MOV W0,#0; CAS W0,W9,[X1]', 'MOV W0,#0; CAS W0,W10,[X1]'),
  allowed('SB+swps', '0:X2=0 /\\ 1:X2=0', 'SWP W9,W0,[X1]; LDR W2,[X3]', 'SWP W9,W0,[X3]; LDR W2,[X1]'),
  forbidden('SB+swpals', '0:X2=0 /\\ 1:X2=0', 'SWPAL W9,W0,[X1]; LDR W2,[X3]', 'SWPAL W9,W0,[X3]; LDR W2,[X1]'),
  allowed('SB+swpas', '0:X2=0 /\\ 1:X2=0', 'SWPA W9,W0,[X1]; LDR W2,[X3]', 'SWPA W9,W0,[X3]; LDR W2,[X1]'),
  forbidden('MP+rel+ldadd-dmb.ld', '[y]=3 /\\ 1:X2=0', storeTwoReleased, 'LDADD W10,W0,[X3]; DMB LD; LDR W2,[X1]'),
  allowed('MP+rel+stadd-dmb.ld', '[y]=3 /\\ 1:X2=0', storeTwoReleased, 'STADD W10,[X3]; DMB LD; LDR W2,[X1]'),
  forbidden('MP+rel+stadd-dmb', '[y]=3 /\\ 1:X2=0', storeTwoReleased, 'STADD W10,[X3]; DMB SY; LDR W2,[X1]'),
  forbidden(
    'MP+rel+ldadd-rfi-acq',
    '1:X0=1 /\\ 1:X4=3 /\\ 1:X2=0',
    storeTwoReleased,
    'LDADD W10,W0,[X3]; LDAR W4,[X3]; LDR W2,[X1]',
  ),
  forbidden(
    'MP+rel+ldadd-rfi-addr: the sum depends on what was loaded',
    '1:X0=1 /\\ 1:X4=3 /\\ 1:X2=0',
    storeTwoReleased,
    'LDADD W10,W0,[X3]; LDR W4,[X3]; EOR W6,W4,W4; LDR W2,[X1,W6,SXTW]',
  ),
  allowed(
    'MP+rel+swp-rfi-addr: what is swapped in does not',
    '1:X0=1 /\\ 1:X4=2 /\\ 1:X2=0',
    storeTwoReleased,
    'SWP W10,W0,[X3]; LDR W4,[X3]; EOR W6,W4,W4; LDR W2,[X1,W6,SXTW]',
  ),
  allowed(
    'MP+rel+stadd-rfi-dmb.ld',
    '1:X4=3 /\\ 1:X2=0',
    storeTwoReleased,
    'STADD W10,[X3]; LDR W4,[X3]; DMB LD; LDR W2,[X1]',
  ),
  allowed(
    'MP+rel+cas-rfi-dmb.ld, from a CAS that fails, writes back and keeps nothing',
    messageMissed,
    storeTwoReleased,
    'CAS WZR,W10,[X3]; LDR W0,[X3]; DMB LD; LDR W2,[X1]',
  ),
  forbidden(
    'MP+rel+cas-rfi-addr, from a CAS that fails and writes back',
    messageMissed,
    storeTwoReleased,
    'CAS W6,W10,[X3]; LDR W0,[X3]; EOR W4,W0,W0; LDR W2,[X1,W4,SXTW]',
  ),
  forbidden(
    'LB+rel+stadd-rfi-dmb.ld',
    '0:X0=1 /\\ 1:X4=3',
    'LDR W0,[X1]; STLR W9,[X3]',
    'STADD W10,[X3]; LDR W4,[X3]; DMB LD; STR W9,[X1]',
  ),
];

/** Source: aarch64deps.cat of herdtools7, "Pick dependencies". */
const picks: readonly Classic[] = [
  allowed(
    'MP+dmb+csel-addr, the condition',
    messageMissed,
    storeTwoOrdered,
    'LDR W0,[X3]; CMP W0,#1; CSEL X4,X1,X1,EQ; LDR W2,[X4]',
  ),
  forbidden(
    'MP+dmb+csel-addr, the value taken',
    messageMissed,
    storeTwoOrdered,
    'LDR W0,[X3]; EOR W4,W0,W0; CMP W9,#1; CSEL W6,W4,WZR,EQ; LDR W2,[X1,W6,SXTW]',
  ),
  forbidden(
    'LB+csel-data, the condition',
    bothSeen,
    'LDR W0,[X1]; CMP W0,#1; CSEL W4,W9,W9,EQ; STR W4,[X3]',
    'LDR W0,[X3]; STR W0,[X1]',
  ),
  allowed(
    'LB+csel-data, the value not taken',
    bothSeen,
    'LDR W0,[X1]; CMP W9,#1; CSEL W4,W9,W0,EQ; STR W4,[X3]',
    'LDR W0,[X3]; STR W0,[X1]',
  ),
  allowed(
    'MP+dmb+cas-addr, from a CAS that stores',
    messageMissed,
    storeTwoOrdered,
    'MOV W0,#1; CAS W0,W10,[X3]; EOR W4,W0,W0; LDR W2,[X1,W4,SXTW]',
  ),
  forbidden(
    'MP+dmb+cas-addr, from a CAS that does not',
    messageMissed,
    storeTwoOrdered,
    'MOV W0,#2; CAS W0,W10,[X3]; EOR W4,W0,W0; LDR W2,[X1,W4,SXTW]',
  ),
  forbidden(
    'LB+cas-data, from a CAS that stores',
    bothSeen,
    'MOV W0,#1; CAS W0,W10,[X1]; EOR W4,W0,W0; ADD W4,W4,#1; STR W4,[X3]',
    'LDR W0,[X3]; STR W0,[X1]',
  ),
  allowed(
    'LB where what a CAS compares with only decides that it fails',
    '0:X7=1 /\\ 1:X0=1',
    'LDR W7,[X1]; MOV W0,W7; CASAL W0,W9,[X5]; STR W9,[X3]',
    'LDR W0,[X3]; STR W0,[X1]',
  ),
];

export const classics: readonly Classic[] = [
  ...messagePassing,
  ...storeBuffering,
  ...loadBuffering,
  ...coherenceAndPropagation,
  ...atomics,
  ...picks,
];

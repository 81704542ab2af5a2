import { parseLitmus } from '#model/engine/litmus/parse.ts';
import type { LitmusTest } from '#model/engine/litmus/test.ts';
import { aarch64Classics } from '#properties/litmus/aarch64-classics.ts';
import { litmusFile } from '#properties/litmus/files.ts';

/** A litmus test, and whether what it asks for may be reached. */
export interface Decided {
  readonly name: string;
  readonly isAllowed: boolean;
  readonly test: LitmusTest;
}

/** The tests that the literature knows. */
export const classics: readonly Decided[] = aarch64Classics.map(([file, verdict]) => ({
  name: file,
  isAllowed: verdict !== 'Never',
  test: parseLitmus(litmusFile(`aarch64/${file}`)),
}));

/**
 * Threads are written in one line each. In every thread X1, X3 and X5 are the addresses of x, y and z, which hold 0; X9
 * is 1 and X10 is 2.
 */
const litmus = (name: string, condition: string, threads: readonly string[]): LitmusTest => {
  const columns = threads.map((thread) => thread.split(/;\s*/));
  const registers = threads.map((_, i) => `${i}:X1=x; ${i}:X3=y; ${i}:X5=z; ${i}:X9=1; ${i}:X10=2;`);
  const height = Math.max(...columns.map((column) => column.length));
  const rows = Array.from({ length: height }, (_, row) => columns.map((column) => column[row] ?? '').join(' | '));
  const header = threads.map((_, i) => `P${i}`).join(' | ');
  const code = [header, ...rows].map((row) => `${row} ;\n`).join('');
  return parseLitmus(`AArch64 ${name}\n{ ${registers.join(' ')} }\n${code}exists (${condition})`);
};

const corner =
  (isAllowed: boolean) =>
  (name: string, condition: string, ...threads: readonly string[]): Decided => ({
    name,
    isAllowed,
    test: litmus(name, condition, threads),
  });

const allowed = corner(true);
const forbidden = corner(false);

const storeTwoReleased = 'STR W9,[X1]; STLR W9,[X3]';
const loadAndRelease = 'LDR W0,[X1]; STLR W9,[X3]';
const messageMissed = '1:X0=1 /\\ 1:X2=0';
const bothSeen = '0:X0=1 /\\ 1:X0=1';
const incrementLoop = 'L: LDXR W0,[X1]; ADD W2,W0,#1; STXR W4,W2,[X1]; CBNZ W4,L';

/**
 * Where the machine could go wrong and no classic tells. Source, where none is given: aarch64deps.cat and
 * aarch64hwreqs.cat of herdtools7, each clause as the name says.
 */
export const corners: readonly Decided[] = [
  forbidden(
    'LB+data, a value that is stored before it is loaded',
    '0:X0=0 /\\ [y]=1',
    'LDR W0,[X1]; STR W0,[X3]',
    'STR W9,[X1]',
  ),
  forbidden(
    'LB+addrs+WW, both addresses of stores: addr; po; [W]',
    bothSeen,
    'LDR W0,[X1]; EOR W4,W0,W0; STR W9,[X5,W4,SXTW]; STR W9,[X3]',
    'LDR W0,[X3]; EOR W4,W0,W0; STR W9,[X5,W4,SXTW]; STR W9,[X1]',
  ),
  forbidden('LB+rels: po; [L]', bothSeen, loadAndRelease, 'LDR W0,[X3]; STLR W9,[X1]'),
  // An exclusive store may fail for nothing, and its status depends on nothing. Source: Arm ARM, B2.9 and B2.3.2.
  allowed('an exclusive store that fails for nothing', '0:X4=1', 'LDXR W0,[X1]; STXR W4,W9,[X1]'),
  allowed(
    'MP where that an exclusive store failed is all that the reader depends on',
    '1:X0=1 /\\ 1:X4=1 /\\ 1:X2=0',
    storeTwoReleased,
    'LDXR W0,[X3]; STXR W4,W10,[X3]; EOR W6,W4,W4; LDR W2,[X1,W6,SXTW]',
  ),
  allowed('two loops of exclusives that count to 2', '[x]=2', incrementLoop, incrementLoop),
  forbidden('two loops of exclusives that lose an increment', '[x]=1', incrementLoop, incrementLoop),
  // Dependencies through memory, written and read back: dtrm = rf-reg | lrs | iico_data.
  forbidden(
    'MP+rel+ldadd-rfi-addr: a sum depends on what was loaded',
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
    'MP+rel+stadd-rfi-dmb.ld: data excludes same-instance',
    '1:X4=3 /\\ 1:X2=0',
    storeTwoReleased,
    'STADD W10,[X3]; LDR W4,[X3]; DMB LD; LDR W2,[X1]',
  ),
  allowed(
    'MP+rel+ldadd-rfi-ldadd-rfi-acqpc: data begins at a register',
    '1:X0=1 /\\ 1:X4=5 /\\ 1:X2=0',
    storeTwoReleased,
    'LDADD W10,W0,[X3]; LDADD W10,W6,[X3]; LDAPR W4,[X3]; LDR W2,[X1]',
  ),
  forbidden(
    'LB+rel+stadd-rfi-dmb.ld: pick-lob',
    '0:X0=1 /\\ 1:X4=3',
    loadAndRelease,
    'STADD W10,[X3]; LDR W4,[X3]; DMB LD; STR W9,[X1]',
  ),
  allowed(
    'MP+rel+stadd-rfi-dmb.ld-acqpc-ctrlisb: pick-lob ends at a store',
    '1:X4=3 /\\ 1:X2=0',
    storeTwoReleased,
    'STADD W10,[X3]; LDR W4,[X3]; DMB LD; LDAPR W6,[X5]; CBNZ W6,L; L: ISB; LDR W2,[X1]',
  ),
  allowed(
    'MP+rel+stadd-rfi-swp-rfi-acqpc-ctrlisb: aob does not hand on what is picked',
    '1:X0=3 /\\ 1:X2=0',
    storeTwoReleased,
    'STADD W10,[X3]; SWP W9,W0,[X3]; LDAPR W6,[X3]; CBNZ W6,L; L: ISB; LDR W2,[X1]',
  ),
  allowed(
    'MP+rel+csel-data-rfi-acqpc-ctrlisb: nor does an acquire',
    messageMissed,
    storeTwoReleased,
    'LDR W0,[X3]; CMP W0,#1; CSEL W4,W9,W9,EQ; STR W4,[X5]; LDAPR W6,[X5]; LDR W7,[X1]; CBNZ W7,L; L: ISB; LDR W2,[X1]',
  ),
  // CAS that fails may write back what was there; one that stores depends on one of two. Source: Arm ARM, CAS.
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
    'LB+cas-data, from a CAS that stores: pick-dep; [W]',
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

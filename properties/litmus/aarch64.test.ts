import { describe, expect, it } from 'vitest';
import { judged } from '#properties/litmus/classic.ts';
import { armv8 } from '#spec/machine/memory/armv8.ts';

/** The final states of one thread: they say what its instructions do. */
const alone = (code: string, shown: string, initial = ''): readonly string[] => {
  const lines = code.split(';').map((line) => ` ${line.trim()} ;`);
  return judged({ litmus: `AArch64 alone\n{ ${initial} }\n P0 ;\n${lines.join('\n')}\nlocations [${shown}]` }, armv8)
    .states;
};

/** The value of one 64-bit register at the end. */
const result = (code: string, register = 'X0'): string => {
  const wide = Array.from({ length: 6 }, (_, i) => `int64_t 0:X${i};`).join(' ');
  const [state] = alone(code, `0:${register};`, wide);
  return (state as string).split('=')[1] as string;
};

describe('arithmetic of AArch64', () => {
  it.each([
    ['MOV X1,#5; ADD X0,X1,#3', '8'],
    ['MOV X1,#5; SUB X0,X1,#7', '-2'],
    ['MOV W1,#5; SUB W0,W1,#7', '4294967294'],
    ['MOV X1,#12; AND X0,X1,#10', '8'],
    ['MOV X1,#12; ORR X0,X1,#3', '15'],
    ['MOV X1,#12; EOR X0,X1,#10', '6'],
    ['MOV X1,#12; MOV X2,#10; BIC X0,X1,X2', '4'],
    ['MOV X1,#12; MOV X2,#10; EON X0,X1,X2', '-7'],
    ['MOV W1,#0; MVN W0,W1', '4294967295'],
    ['MOV X1,#3; NEG X0,X1', '-3'],
    ['MOV X1,#3; MOV X2,#5; MUL X0,X1,X2', '15'],
    ['MOV X1,#3; LSL X0,X1,#4', '48'],
    ['MOV W1,#-8; LSR W0,W1,#1', '2147483644'],
    ['MOV X1,#-8; ASR X0,X1,#1', '-4'],
    ['MOV W1,#-1; SXTW X0,W1', '-1'],
    ['MOV W1,#-1; UXTW X0,W1', '4294967295'],
    ['MOV X1,#-1; MOV W0,W1', '4294967295'],
    ['MOV X1,#1; MOV X2,#2; ADD X0,X1,X2,LSL #3', '17'],
    ['MOV X1,#1; MOV W2,#-1; ADD X0,X1,W2,SXTW', '0'],
    ['MOV X1,#1; MOV W2,#-1; ADD X0,X1,W2,UXTW', '4294967296'],
    ['MOV X0,#7; MOV XZR,X0; ADD X0,X0,XZR', '7'],
    ['MOVZ X0,#2,LSL #16', '131072'],
    ['MOVN X0,#0', '-1'],
  ])('%s gives %s', (code, expected) => {
    expect(result(code)).toBe(expected);
  });

  it('wraps at 64 bits', () => {
    expect(result('MOV X1,#9223372036854775807; ADD X0,X1,#1')).toBe('-9223372036854775808');
  });
});

describe('conditions of AArch64', () => {
  const all = ['EQ', 'NE', 'CS', 'CC', 'MI', 'PL', 'VS', 'VC', 'HI', 'LS', 'GE', 'LT', 'GT', 'LE', 'AL'];

  it.each([
    ['CMP W1,W2', '1', '1', 'EQ CS PL VC LS GE LE AL'],
    ['CMP W1,W2', '1', '2', 'NE CC MI VC LS LT LE AL'],
    ['CMP W1,W2', '2', '1', 'NE CS PL VC HI GE GT AL'],
    ['CMP W1,W2', '-1', '1', 'NE CS MI VC HI LT LE AL'],
    ['CMP W1,W2', '-2147483648', '1', 'NE CS PL VS HI LT LE AL'],
    ['CMP X1,X2', '4294967296', '0', 'NE CS PL VC HI GE GT AL'],
    ['CMN W1,W2', '-1', '1', 'EQ CS PL VC LS GE LE AL'],
    ['CMN W1,W2', '2147483647', '1', 'NE CC MI VS LS GE GT AL'],
    ['TST W1,W2', '6', '1', 'EQ CC PL VC LS GE LE AL'],
    ['ADDS W3,W1,W2', '-1', '2', 'NE CS PL VC HI GE GT AL'],
    ['SUBS W3,W1,#1', '1', '0', 'EQ CS PL VC LS GE LE AL'],
    ['ANDS X3,X1,X2', '-1', '-1', 'NE CC MI VC LS LT LE AL'],
  ])('%s of %s and %s meets %s', (compare, left, right, expected) => {
    const prologue = `MOV X1,#${left}; MOV X2,#${right}; ${compare}`;
    const met = all.filter((name) => result(`${prologue}; CSET W0,${name}`) === '1');
    expect(met.join(' ')).toBe(expected);
    const taken = all.filter((name) => result(`${prologue}; MOV X0,#1; B.${name} L; MOV X0,#0; L: NOP`) === '1');
    expect(taken).toEqual(met);
  });

  it.each([
    ['CMP W1,#0; CSEL X0,X2,X3,EQ', '2'],
    ['CMP W1,#1; CSEL X0,X2,X3,EQ', '3'],
    ['CMP W1,#1; CSINC X0,X2,X3,EQ', '4'],
    ['CMP W1,#1; CSINV X0,X2,X3,EQ', '-4'],
    ['CMP W1,#1; CSNEG X0,X2,X3,EQ', '-3'],
    ['CMP W1,#0; CINC X0,X3,EQ', '4'],
    ['CMP W1,#0; CSETM X0,EQ', '-1'],
    ['CBZ W1,L; MOV X0,#1; L: NOP', '0'],
    ['CBNZ W1,L; MOV X0,#1; L: NOP', '1'],
    ['TBZ X2,#1,L; MOV X0,#1; L: NOP', '1'],
    ['TBNZ X2,#1,L; MOV X0,#1; L: NOP', '0'],
    ['B L; MOV X0,#1; L: NOP', '0'],
  ])('%s gives %s', (code, expected) => {
    expect(result(`MOV X2,#2; MOV X3,#3; ${code}`)).toBe(expected);
  });
});

describe('accesses of AArch64', () => {
  it.each([
    ['LDR W0,[X1]', '4294967295'],
    ['LDRSW X0,[X1]', '-1'],
    ['LDUR W0,[X1]', '4294967295'],
    ['LDAR W0,[X1]', '4294967295'],
    ['LDAPUR W0,[X1]', '4294967295'],
    ['LDR W0,[X1,#0]', '4294967295'],
    ['LDR W0,[X1,X2]', '4294967295'],
    ['LDR W0,[X1,W2,SXTW #2]', '4294967295'],
    ['LDR W0,[X1],#0', '4294967295'],
    ['LDR W0,[X1,#0]!', '4294967295'],
  ])('%s gives %s where -1 is', (code, expected) => {
    expect(alone(code, '0:X0;', 'int64_t 0:X0; int x=-1; 0:X1=x;')).toEqual([`0:X0=${expected}`]);
  });

  it('move their base where they say so, before or after', () => {
    expect(alone('LDR W0,[X1],#4', '0:X0; 0:X1;', 'x=7; 0:X1=x;')).toEqual(['0:X0=7; 0:X1=x+4']);
    expect(alone('ADD X1,X1,#8; STR W2,[X1,#-8]!', '0:X1; x;', '0:X1=x; 0:X2=3;')).toEqual(['0:X1=x; [x]=3']);
  });

  it.each([
    ['LDADD', 5, 3, 8],
    ['LDCLR', 7, 2, 5],
    ['LDEOR', 7, 2, 5],
    ['LDSET', 5, 2, 7],
    ['LDSMAX', -1, 2, 2],
    ['LDSMIN', -1, 2, -1],
    ['LDUMAX', -1, 2, -1],
    ['LDUMIN', -1, 2, 2],
    ['SWP', 5, 2, 2],
  ])('%s of %i and %i leaves %i, and gives what was there', (name, before, operand, after) => {
    const initial = `int64_t x=${before}; int64_t 0:X2; int64_t 0:X3=${operand}; 0:X1=x;`;
    for (const order of ['', 'A', 'L', 'AL']) {
      expect(alone(`${name}${order} X3,X2,[X1]`, '0:X2; x;', initial)).toEqual([`0:X2=${before}; [x]=${after}`]);
    }
    const narrow = `int x=${before}; 0:X2=9; 0:X3=${operand}; 0:X1=x;`;
    expect(alone(`${name} W3,W2,[X1]`, '0:X2; x;', narrow)).toEqual([`0:X2=${before}; [x]=${after}`]);
    if (name !== 'SWP') expect(alone(`${name.replace('LD', 'ST')}L W3,[X1]`, 'x;', narrow)).toEqual([`[x]=${after}`]);
  });

  it('CAS stores if what it expects is there, and gives what was', () => {
    for (const order of ['', 'A', 'L', 'AL']) {
      const code = `CAS${order} W2,W3,[X1]`;
      expect(alone(code, '0:X2; x;', 'x=5; 0:X1=x; 0:X2=5; 0:X3=6;')).toEqual(['0:X2=5; [x]=6']);
      expect(alone(code, '0:X2; x;', 'x=5; 0:X1=x; 0:X2=4; 0:X3=6;')).toEqual(['0:X2=5; [x]=5']);
    }
  });

  it('a store exclusive stores or not, once for each load exclusive', () => {
    const initial = '0:X1=x; 0:X3=1;';
    const twice = alone('LDXR W2,[X1]; STXR W4,W3,[X1]; STXR W5,W3,[X1]', '0:X4; 0:X5; x;', initial);
    expect(twice).toEqual(['0:X4=0; 0:X5=1; [x]=1', '0:X4=1; 0:X5=1; [x]=0']);
    expect(alone('STXR W4,W3,[X1]', '0:X4; x;', initial)).toEqual(['0:X4=1; [x]=0']);
    expect(alone('LDXR W2,[X1]; STXR W4,X3,[X1]', '0:X4; x;', initial)).toEqual(['0:X4=1; [x]=0']);
  });

  it('follow pointers in memory', () => {
    const initial = 'int64_t *p = &y; y=4; 0:X1=p;';
    expect(alone('LDR X2,[X1]; LDR W3,[X2]', '0:X2; 0:X3;', initial)).toEqual(['0:X2=y; 0:X3=4']);
  });

  it('go round a loop twice if what is read keeps it up', () => {
    const judgement = judged(
      {
        litmus:
          'AArch64 spin\n{ 0:X1=x; 1:X1=x; }\n P0 | P1 ;\n L: LDR W0,[X1] | MOV W0,#1 ;\n CBZ W0,L | STR W0,[X1] ;',
      },
      armv8,
    );
    expect({ ...judgement, states: [] }).toMatchObject({ positive: 3, negative: 0, isCut: true });
  });
});

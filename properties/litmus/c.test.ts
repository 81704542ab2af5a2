import { describe, expect, it } from 'vitest';
import { parseLitmus } from '#model/engine/litmus/parse.ts';
import { LitmusError, placeOf } from '#model/engine/litmus/source.ts';
import { cClassics } from '#properties/litmus/c-classics.ts';
import { judged, without } from '#properties/litmus/classic.ts';
import { rc11, rc11With, rc20 as rc20Rules } from '#spec/machine/memory/rc11.ts';
import { sc } from '#spec/machine/memory/sc.ts';

const rc20 = rc11With('rc20', rc20Rules);

describe('C', () => {
  it.each(cClassics)('$name: $source', ({ litmus, verdicts, isRacy = false }) => {
    const [ofRc11, ofRc20, ofSc] = [rc11, rc20, sc].map((model) => judged({ litmus }, model));
    expect({ rc11: ofRc11?.verdict, rc20: ofRc20?.verdict, sc: ofSc?.verdict }).toEqual(verdicts);
    expect(ofRc11?.result === 'Undef').toBe(isRacy);
  });

  it.each(['coherence', 'atomicity', 'seq-cst', 'no-thin-air'])(
    'without the axiom %s some classic comes out otherwise',
    (axiom) => {
      const changed = cClassics.filter(
        (classic) => judged(classic, without(rc11, axiom)).verdict !== classic.verdicts['rc11'],
      );
      expect(changed.map(({ name }) => name)).not.toEqual([]);
    },
  );

  it('a race that the release sequence of C11 prevents is one in C++20', () => {
    const classic = cClassics.find(({ name }) => name === 'race after store after release');
    expect(classic && judged(classic, rc20).result).toBe('Undef');
  });
});

/** The states of a test of one thread, whose final variables say what its statements do. */
const alone = (body: string, shown: string, initial = ''): readonly string[] =>
  judged(
    { litmus: `C alone\n{ ${initial} }\nP0 (atomic_int *x, int *y, long *l) {\n${body}\n}\nlocations [${shown}]` },
    rc11,
  ).states;

describe('statements of C', () => {
  it.each([
    ['precedence and grouping', 'int a = 1 + 2 * 3 - (4 - 2); int b = 1 | 6 & 4 ^ 5;', '0:a; 0:b;', '0:a=5; 0:b=1'],
    ['comparisons and logic', 'int a = (1 < 2) + (2 <= 1) + !(3 > 4) + (1 != 1 || 2 == 2);', '0:a;', '0:a=3'],
    [
      'shifts, minus and complement',
      'int a = -1 >> 1; int b = 1 << 4; int e = ~5;',
      '0:a; 0:b; 0:e;',
      '0:a=-1; 0:b=16; 0:e=-6',
    ],
    [
      'an int wraps, a long does not',
      'int a = 2147483647; a = a + 1; long b = 1L << 40; *l = b;',
      '0:a; 0:b; l;',
      '0:a=-2147483648; 0:b=1099511627776; [l]=1099511627776',
    ],
    ['casts', 'long a = 1L << 32; int b = (int)(a + 7);', '0:b;', '0:b=7'],
    ['numbers', 'int a = 0x10 + 010 + 0;', '0:a;', '0:a=24'],
    ['if and else', 'int a = 0; if (a) a = 1; else if (!a) { a = 2; } else a = 3;', '0:a;', '0:a=2'],
    [
      'a loop',
      'int a = 0; for (int i = 0; i < 2; i = i + 1) a = a + 5; while (a < 11) { a = a + 1; }',
      '0:a;',
      '0:a=11',
    ],
    ['a loop that tests last', 'int a = 7; do a = a + 1; while (a < 8);', '0:a;', '0:a=8'],
    ['several variables', 'int a = 1, b; b = a;', '0:b;', '0:b=1'],
    ['comments', '/* one */ int a = 1; // two\n a = a + 1;', '0:a;', '0:a=2'],
    ['qualifiers', 'const volatile int a = *(y); int b = (*y) + 1;', '0:a; 0:b;', '0:a=3; 0:b=4'],
    [
      'updates',
      'int a = atomic_fetch_sub(x, 2); int b = atomic_fetch_xor(x, 1); int e = atomic_exchange(x, 9);',
      '0:a; 0:b; 0:e; x;',
      '0:a=5; 0:b=3; 0:e=2; [x]=9',
    ],
    ['masks', 'int a = atomic_fetch_or(x, 2); int b = atomic_fetch_and(x, 6);', '0:a; 0:b; x;', '0:a=5; 0:b=7; [x]=6'],
    [
      'a comparison that finds what it expects',
      'int a = atomic_compare_exchange_strong(x, l, 8);',
      '0:a; x; l;',
      '0:a=1; [l]=5; [x]=8',
    ],
    [
      'a comparison that does not',
      'int a = atomic_compare_exchange_strong(x, y, 8);',
      '0:a; x; y;',
      '0:a=0; [x]=5; [y]=5',
    ],
  ])('%s', (_name, body, shown, state) => {
    expect(alone(body, shown, 'x=5; y=3; l=5;')).toEqual([state]);
  });

  it('a weak comparison may fail for no reason', () => {
    const body = 'int a = atomic_compare_exchange_weak_explicit(x, y, 8, memory_order_acq_rel, memory_order_relaxed);';
    expect(alone(body, '0:a; x;')).toEqual(['0:a=0; [x]=0', '0:a=1; [x]=8']);
  });

  it('the right side of && is evaluated only if the left is true', () => {
    const body = 'int a = 0; if (a && atomic_fetch_add(x, 1)) { a = 2; } if (!a || atomic_fetch_add(x, 1)) { a = 3; }';
    expect(alone(body, '0:a; x;')).toEqual(['0:a=3; [x]=0']);
    expect(alone('int a = 1; if (a && atomic_fetch_add(x, 1) == 0) { a = 2; }', '0:a; x;')).toEqual(['0:a=2; [x]=1']);
  });
});

describe('what is no C, or not in the subset', () => {
  /** The first complaint about a thread of these statements. */
  const complaint = (body: string): string => {
    const text = `C wrong\n{ }\nP0 (atomic_int *x, int *y) {\n  int r;\n  ${body}\n}\nexists (0:r=1)`;
    try {
      parseLitmus(text);
      return 'none';
    } catch (error) {
      if (!(error instanceof LitmusError)) throw error;
      const { line, column } = placeOf(text, error.offset);
      return `${line}:${column} ${error.trouble}: ${error.message}; ${error.remedy}`;
    }
  };

  const subset =
    'the subset is int and long, `*p`, atomic_load, store, exchange, fetch_*, compare_exchange_*, fences, `if` and loops';

  it.each([
    ['r = *y;', 'none'],
    ['r = *y', "6:1 syntax: '}'; expected ';'"],
    ['r = ;', "5:7 syntax: ';'; expected an expression"],
    ['r = (1;', "5:9 syntax: ';'; expected ')'"],
    ['1 = r;', "5:3 syntax: '1'; expected a variable or `*p` to the left of `=`"],
    ['q = 1;', "5:3 syntax: 'q'; expected a parameter or a variable; there are x, y, r"],
    ['r = z;', "5:7 syntax: 'z'; expected a parameter or a variable; there are x, y, r"],
    ['r = *r;', '5:8 syntax: an integer; expected a pointer to what is accessed'],
    ['x = y;', "5:3 unsupported: an assignment to the parameter 'x'; assign to a variable"],
    ['int r = 1;', "5:7 unsupported: a second 'r'; give each variable of a thread its own name"],
    ['atomic_store_explicit(x, 1);', "5:29 syntax: ')'; expected ','"],
    [
      'atomic_store_explicit(x, 1, relaxed);',
      "5:31 syntax: 'relaxed'; expected one of memory_order_relaxed, memory_order_acquire, memory_order_release, memory_order_acq_rel, memory_order_seq_cst",
    ],
    [
      'r = atomic_load_explicit(x, memory_order_consume);',
      "5:31 unsupported: 'memory_order_consume'; write memory_order_acquire",
    ],
    ['atomic_flag_clear(x);', `5:3 unsupported: 'atomic_flag_clear'; ${subset}`],
    ['spin_lock(x);', `5:3 unsupported: 'spin_lock'; ${subset}`],
    ['goto out;', `5:3 unsupported: 'goto'; ${subset}`],
    ['r = &y;', `5:7 unsupported: '&'; ${subset}`],
    ['r = y[1];', `5:8 unsupported: '['; ${subset}`],
    ['r = r / 2;', `5:9 unsupported: '/'; ${subset}`],
    ['r++;', "5:4 unsupported: '++'; write it out: `a = a + 1`"],
    ['r += 1;', "5:5 unsupported: '+='; write it out: `a = a + 1`"],
    [
      'unsigned s;',
      "5:3 unsupported: 'unsigned'; the types are int and long, their atomic kinds, and pointers to them",
    ],
    [
      'r = *y + *x;',
      '5:12 unsupported: a second access in one expression; C leaves their order open: write them as two statements',
    ],
    ['r = 1.5;', `5:8 unsupported: '.'; ${subset}`],
    ["r = 'a';", "5:7 syntax: '''; expected an expression"],
    ['/* no end', '7:15 syntax: the end of the file; expected an expression'],
  ])('%s: %s', (body, expected) => {
    expect(complaint(body)).toBe(expected);
  });
});

import type { Classic } from '#properties/litmus/classic.ts';

/** Short for the accesses of C: `R(r, x, acquire)` and so on. */
const orders = 'relaxed|acquire|release|acq_rel|seq_cst';
const expanded = (body: string): string =>
  body
    .replace(
      new RegExp(`R\\((\\w+), (\\w+), (${orders})\\)`, 'g'),
      'int $1 = atomic_load_explicit($2, memory_order_$3);',
    )
    .replace(new RegExp(`W\\((\\w+), (\\w+), (${orders})\\)`, 'g'), 'atomic_store_explicit($1, $2, memory_order_$3);')
    .replace(new RegExp(`F\\((${orders})\\)`, 'g'), 'atomic_thread_fence(memory_order_$1);')
    .replace(
      new RegExp(`A\\((\\w+), (\\w+), (\\w+), (${orders})\\)`, 'g'),
      'int $1 = atomic_fetch_add_explicit($2, $3, memory_order_$4);',
    );

const parameters = 'atomic_int *x, atomic_int *y, atomic_int *z, int *data';

/** A test of these threads. */
const c = (name: string, threads: readonly string[], question: string): string =>
  [
    `C ${name}`,
    '{ }',
    ...threads.map((body, thread) => `P${thread} (${parameters}) {\n  ${expanded(body)}\n}`),
    question,
  ].join('\n');

const mp = (store: string, load: string): string =>
  c(
    `MP+${store}+${load}`,
    [`W(x, 1, relaxed) W(y, 1, ${store})`, `R(a, y, ${load}) R(b, x, relaxed)`],
    'exists (1:a=1 /\\ 1:b=0)',
  );

const sb = (store: string, load: string): string =>
  c(
    `SB+${store}+${load}`,
    [`W(x, 1, ${store}) R(a, y, ${load})`, `W(y, 1, ${store}) R(a, x, ${load})`],
    'exists (0:a=0 /\\ 1:a=0)',
  );

const iriw = (load: string, store = load): string =>
  c(
    `IRIW+${store}+${load}`,
    [
      `W(x, 1, ${store})`,
      `W(y, 1, ${store})`,
      `R(a, x, ${load}) R(b, y, ${load})`,
      `R(a, y, ${load}) R(b, x, ${load})`,
    ],
    'exists (2:a=1 /\\ 2:b=0 /\\ 3:a=1 /\\ 3:b=0)',
  );

const allowed = (source: string, name: string, litmus: string): Classic => ({
  name,
  source,
  litmus,
  verdicts: { rc11: 'Sometimes', rc20: 'Sometimes', sc: 'Never' },
});

const forbidden = (source: string, name: string, litmus: string): Classic => ({
  name,
  source,
  litmus,
  verdicts: { rc11: 'Never', rc20: 'Never', sc: 'Never' },
});

/** The tests by which the memory of C is known. */
export const cClassics: readonly Classic[] = [
  forbidden('C11 5.1.2.4, 7.17.3', 'MP+release+acquire', mp('release', 'acquire')),
  allowed('C11 5.1.2.4', 'MP+relaxed+acquire', mp('relaxed', 'acquire')),
  allowed('C11 5.1.2.4', 'MP+release+relaxed', mp('release', 'relaxed')),
  forbidden('C11 7.17.3: one order of all seq_cst operations', 'SB+seq_cst', sb('seq_cst', 'seq_cst')),
  allowed(
    'C11 7.17.3: release and acquire do not order a store before a load',
    'SB+release+acquire',
    sb('release', 'acquire'),
  ),
  allowed('C11 7.17.3: acquire instead of seq_cst on one side', 'SB+seq_cst+acquire', sb('seq_cst', 'acquire')),
  forbidden(
    'C11 7.17.4: fences',
    'SB+fences',
    c(
      'SB+fences',
      ['W(x, 1, relaxed) F(seq_cst) R(a, y, relaxed)', 'W(y, 1, relaxed) F(seq_cst) R(a, x, relaxed)'],
      'exists (0:a=0 /\\ 1:a=0)',
    ),
  ),
  allowed(
    'C11 7.17.4: a fence of acq_rel is none between a store and a load',
    'SB+acq_rel fences',
    c(
      'SB+fences',
      ['W(x, 1, relaxed) F(acq_rel) R(a, y, relaxed)', 'W(y, 1, relaxed) F(acq_rel) R(a, x, relaxed)'],
      'exists (0:a=0 /\\ 1:a=0)',
    ),
  ),
  forbidden(
    'C11 7.17.4: a release fence before a store, an acquire fence after a load',
    'MP+fences',
    c(
      'MP+fences',
      ['W(x, 1, relaxed) F(release) W(y, 1, relaxed)', 'R(a, y, relaxed) F(acquire) R(b, x, relaxed)'],
      'exists (1:a=1 /\\ 1:b=0)',
    ),
  ),
  forbidden('C11 7.17.3: one order of all seq_cst operations', 'IRIW+seq_cst', iriw('seq_cst')),
  allowed('C11: not multi-copy atomic', 'IRIW+release+acquire', iriw('acquire', 'release')),
  allowed(
    'PLDI 2017, figure 1: compilers to Power allow it',
    'IRIW-acq-sc',
    c(
      'IRIW-acq-sc',
      [
        'W(x, 1, seq_cst)',
        'W(y, 1, seq_cst)',
        'R(a, x, acquire) R(b, y, seq_cst)',
        'R(a, y, acquire) R(b, x, seq_cst)',
      ],
      'exists (2:a=1 /\\ 2:b=0 /\\ 3:a=1 /\\ 3:b=0)',
    ),
  ),
  {
    name: 'Z6.U',
    source: 'PLDI 2017, section 2.1: compilers to Power allow it; GenMC, which counts sb within an update, does not',
    litmus: c(
      'Z6.U',
      [
        'W(x, 1, seq_cst) W(y, 1, release)',
        'A(b, y, 1, seq_cst) R(c, y, relaxed)',
        'W(y, 3, seq_cst) R(a, x, seq_cst)',
      ],
      'exists (1:b=1 /\\ 1:c=3 /\\ 2:a=0)',
    ),
    verdicts: { rc11: 'Sometimes', rc20: 'Never', sc: 'Never' },
  },
  forbidden(
    'PLDI 2017, section 2.2: seq_cst fences between every two accesses',
    'RWC+syncs',
    c(
      'RWC+syncs',
      [
        'W(x, 1, relaxed)',
        'R(a, x, relaxed) F(seq_cst) R(b, y, relaxed)',
        'W(y, 1, relaxed) F(seq_cst) R(c, x, relaxed)',
      ],
      'exists (1:a=1 /\\ 1:b=0 /\\ 2:c=0)',
    ),
  ),
  forbidden(
    'PLDI 2017, section 2.2: a release before a seq_cst fence',
    'W+RWC',
    c(
      'W+RWC',
      [
        'W(x, 1, relaxed) W(z, 1, release)',
        'R(a, z, acquire) F(seq_cst) R(b, y, relaxed)',
        'W(y, 1, relaxed) F(seq_cst) R(c, x, relaxed)',
      ],
      'exists (1:a=1 /\\ 1:b=0 /\\ 2:c=0)',
    ),
  ),
  forbidden(
    'PLDI 2017, section 4: no values out of thin air',
    'LB',
    c('LB', ['R(a, x, relaxed) W(y, 1, relaxed)', 'R(a, y, relaxed) W(x, 1, relaxed)'], 'exists (0:a=1 /\\ 1:a=1)'),
  ),
  allowed(
    'relaxed stores to two locations have no common order',
    '2+2W',
    c('2+2W', ['W(x, 1, relaxed) W(y, 2, relaxed)', 'W(y, 1, relaxed) W(x, 2, relaxed)'], 'exists (x=1 /\\ y=1)'),
  ),
  forbidden(
    'coherence',
    'CoRR',
    c('CoRR', ['W(x, 1, relaxed)', 'R(a, x, relaxed) R(b, x, relaxed)'], 'exists (1:a=1 /\\ 1:b=0)'),
  ),
  forbidden(
    'C11 7.17.3: a read-modify-write reads the last value before its own',
    'updates',
    c('updates', ['A(a, x, 1, relaxed)', 'A(a, x, 1, relaxed)'], 'exists (x=1)'),
  ),
  forbidden(
    'C11 5.1.2.4: a release sequence goes on through read-modify-writes of others',
    'MP+update between',
    c(
      'MP+update between',
      ['W(x, 1, relaxed) W(y, 1, release)', 'A(a, y, 1, relaxed)', 'R(a, y, acquire) R(b, x, relaxed)'],
      'exists (2:a=2 /\\ 2:b=0)',
    ),
  ),
  {
    name: 'MP+store after release',
    source: 'a later store of the same thread: in the release sequence of C11, not in that of C++20 (P0982)',
    litmus: c(
      'MP+store after release',
      ['W(x, 1, relaxed) W(y, 1, release) W(y, 2, relaxed)', 'R(a, y, acquire) R(b, x, relaxed)'],
      'exists (1:a=2 /\\ 1:b=0)',
    ),
    verdicts: { rc11: 'Never', rc20: 'Sometimes', sc: 'Never' },
  },
  {
    name: 'race',
    source: 'C11 5.1.2.4: a plain store and a plain load, not ordered',
    litmus: c(
      'race',
      ['*data = 1; W(x, 1, relaxed)', 'R(a, x, relaxed) if (a) { int b = *data; }'],
      'exists (1:a=1 /\\ 1:b=0)',
    ),
    verdicts: { rc11: 'Sometimes', rc20: 'Sometimes', sc: 'Never' },
    isRacy: true,
  },
  {
    name: 'no race',
    source: 'C11 5.1.2.4: the same, handed over',
    litmus: c(
      'no race',
      ['*data = 1; W(x, 1, release)', 'R(a, x, acquire) if (a) { int b = *data; }'],
      'exists (1:a=1 /\\ 1:b=0)',
    ),
    verdicts: { rc11: 'Never', rc20: 'Never', sc: 'Never' },
    isRacy: false,
  },
  {
    name: 'race of an atomic and a plain access',
    source: 'C11 5.1.2.4: one of the two is plain',
    litmus: c('race of both kinds', ['W(x, 1, relaxed)', 'int b = *x;'], 'exists (1:b=1)'),
    verdicts: { rc11: 'Sometimes', rc20: 'Sometimes', sc: 'Sometimes' },
    isRacy: true,
  },
  {
    name: 'race after store after release',
    source: 'P0982: defined in C11, a race in C++20',
    litmus: c(
      'race after store after release',
      ['*data = 1; W(y, 1, release) W(y, 2, relaxed)', 'R(a, y, acquire) if (a == 2) { int b = *data; }'],
      'exists (1:a=2 /\\ 1:b=0)',
    ),
    verdicts: { rc11: 'Never', rc20: 'Sometimes', sc: 'Never' },
    isRacy: false,
  },
];

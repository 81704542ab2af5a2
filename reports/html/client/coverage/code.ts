/** How much of each file has run. */
import { coverageWordsOf } from '#reports/html/client/coverage/coverage-words.ts';
import type { CoveredPart, FileCoverage } from '#reports/html/client/coverage/data.ts';
import { type Child, make } from '#reports/html/client/dom.ts';
import type { Words } from '#reports/html/client/words.ts';

/** The sum over some files. */
export const sumOf = (files: readonly FileCoverage[], of: 'lines' | 'branches'): CoveredPart => ({
  covered: files.reduce((sum, file) => sum + file[of].covered, 0),
  total: files.reduce((sum, file) => sum + file[of].total, 0),
});

export const codeElement = (files: readonly FileCoverage[], words: Words): HTMLElement => {
  const own = coverageWordsOf(words);
  const lines = sumOf(files, 'lines');
  const cell = (name: string, ...children: readonly Child[]): HTMLElement =>
    make('td', { 'data-name': name }, make('span', {}, ...children));
  return make(
    'section',
    { class: 'covered' },
    make('h2', {}, own.code(lines.covered, lines.total)),
    make('p', { class: 'small' }, own.codeMeaning),
    make(
      'div',
      { class: 'orders' },
      make(
        'table',
        {},
        make(
          'thead',
          {},
          make(
            'tr',
            {},
            ...[own.file, own.lines, own.branches, own.neverRun].map((name) => make('th', { scope: 'col' }, name)),
          ),
        ),
        ...files.map((file) =>
          make(
            'tbody',
            {},
            make(
              'tr',
              {},
              cell(own.file, make('code', {}, file.file)),
              cell(own.lines, partBar(file.lines)),
              cell(own.branches, partBar(file.branches)),
              cell(own.neverRun, make('small', {}, file.uncovered.join(words.comma))),
            ),
          ),
        ),
      ),
    ),
  );
};

const partBar = ({ covered, total }: CoveredPart): HTMLElement =>
  make(
    'span',
    { class: 'part' },
    make('meter', { min: 0, max: Math.max(total, 1), value: covered, 'aria-hidden': 'true' }),
    ` ${covered} / ${total}`,
  );

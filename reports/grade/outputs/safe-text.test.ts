import { describe, expect, test } from 'vitest';
import {
  markdownBlock,
  markdownCode,
  markdownLine,
  markdownText,
  visible,
  visibleLine,
} from '#reports/grade/outputs/safe-text.ts';

describe('text that others wrote', () => {
  test('shows what nobody would see', () => {
    expect(visible('a\u0000b\u202ec\u200fd\ufeff')).toBe('a‹U+0000›b‹U+202E›c‹U+200F›d‹U+FEFF›');
    expect(visible('half \ud83d, whole \u{1f600}')).toBe('half ‹U+D83D›, whole \u{1f600}');
    expect(visible('two\nlines\tand 中文')).toBe('two\nlines\tand 中文');
  });

  test('stays on one line where it must', () => {
    expect(visibleLine(' a\r\nb\u2028c\n\nd ')).toBe('a b‹U+2028›c d');
  });

  test('is no markup in Markdown', () => {
    expect(markdownLine('<script>*x* [a](b) | `c` # &lt;')).toBe(
      '\\<script\\>\\*x\\* \\[a\\](b) \\| \\`c\\` \\# \\&lt;',
    );
    expect(markdownLine('- no list')).toBe('\\- no list');
    expect(markdownLine('1. no list')).toBe('1\\. no list');
    expect(markdownLine('https://example.org')).toBe('https:\\//example.org');
  });

  test('keeps its code as code, and its lines', () => {
    expect(markdownText('`a_b` waits; *no*\n\n`x`: <y>')).toBe('`a_b` waits; \\*no\\*\n\n`x`: \\<y\\>');
  });

  test('is code where it is meant as code, whatever it holds', () => {
    expect(markdownCode('read(0, *)')).toBe('`read(0, *)`');
    expect(markdownCode('a ``b`` c')).toBe('```a ``b`` c```');
    expect(markdownCode('`a`\nb')).toBe('`` `a` b ``');
  });

  test('cannot end the block that it stands in', () => {
    const text = 'before\n```\n# out\n````\nafter';
    const block = markdownBlock(text);
    expect(block).toBe(`\`\`\`\`\`text\n${text}\n\`\`\`\`\``);
    expect(markdownBlock('plain')).toBe('```text\nplain\n```');
  });
});

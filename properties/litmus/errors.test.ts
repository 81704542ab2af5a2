import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { judge } from '#model/engine/litmus/judge.ts';
import { memoriesOf } from '#model/engine/litmus/memories.ts';
import { parseLitmus } from '#model/engine/litmus/parse.ts';
import { LitmusError, placeOf } from '#model/engine/litmus/source.ts';
import { litmusFile } from '#properties/litmus/files.ts';

/** A test with one instruction, or one initial state, or one question. */
const arm = (code: string, question = 'exists (0:X0=1)', initial = '0:X1=x;'): string =>
  `AArch64 one\n{ ${initial} }\n P0 ;\n ${code} ;\n${question}`;
const riscv = (code: string): string => `RISCV one\n{ 0:x6=x; }\n P0 ;\n ${code} ;\nexists (0:x5=1)`;

const wrong: readonly string[] = [
  '',
  'AArch64\n',
  'Alpha MP\n{ }\n P0 ;\n MB ;\nexists (x=1)',
  'AArch64 no-state\nP0 ;\n',
  'AArch64 open-comment (* really\n{ }\n(* P0 ;\n NOP ;\nexists (x=1)',
  arm('NOP', 'exists (0:X0=1)', '0:X1'.repeat(2)),
  arm('NOP', 'exists (0:X0=1)', 'float x;'),
  arm('NOP', 'exists (0:X0=1)', 'x=;'),
  arm('NOP', 'exists (0:X0=1)', '0:Y1=x;'),
  'AArch64 wide\n{ }\n P0 ;\n NOP | NOP ;\nexists (x=1)',
  'AArch64 order\n{ }\n P1 | P0 ;\n NOP | NOP ;\nexists (x=1)',
  'AArch64 none\n{ }\nexists (x=1)',
  'AArch64 unended\n{ }\n P0 ;\n NOP\nexists (x=1)',
  arm('LDP X0,X2,[X1]'),
  arm('LDRB W0,[X1]'),
  arm('LDR W0'),
  arm('LDR W0,X1'),
  arm('LDR W0,[W1]'),
  arm('LDR Q0,[X1]'),
  arm('LDR W0,[X1,W2,ROR #1]'),
  arm('MOV W31,#1'),
  arm('MOV W0,#1,W2'),
  arm('ADD W0,W1'),
  arm('CSEL W0,W1,W2,XY'),
  arm('DMB NSH'),
  arm('B nowhere'),
  arm('L: NOP ; L: NOP'),
  arm('NOP', 'exists (0:X0=1'),
  arm('NOP', 'exists (0:X0=)'),
  arm('NOP', 'exists (1:X0=1)'),
  arm('NOP', 'exists (0:Q0=1)'),
  arm('NOP', 'exists (0:X0=1) garbage'),
  arm('NOP', 'forall ~exists (0:X0=1)'),
  arm('NOP', 'locations [0:X0 0:X2]'),
  arm('LDR W0,[X5]'),
  arm('LDR W0,[X1,#4]'),
  arm('L: B L'),
  arm('MOV W0,#1 ; L: CBNZ W0,L'),
  riscv('flw f0,0(x6)'),
  riscv('lw x5,x6'),
  riscv('lw x32,0(x6)'),
  riscv('fence x,y'),
  riscv('amoswap.b x5,x7,(x6)'),
  `AArch64 many\n{ }\n ${Array.from({ length: 50 }, (_, i) => `P${i}`).join(' | ')} ;\n NOP ;\nexists (x=1)`,
  arm(Array.from({ length: 40 }, () => 'STR W0,[X1]').join(' ; ')),
];

/** All that is said of a test that cannot be run. */
const told = (text: string): string => {
  try {
    const test = parseLitmus(text);
    const judgements = judge(test, memoriesOf[test.program.architecture]);
    const cut = judgements[0]?.isCut ? ', and executions are left out' : '';
    return `it runs: ${judgements.map(({ model, verdict }) => `${model} ${verdict}`).join(', ')}${cut}`;
  } catch (error) {
    if (!(error instanceof LitmusError)) throw error;
    const { line, column } = placeOf(text, error.offset);
    return `${error.code} ${line}:${column} ${error.message}\n     ${error.remedy}`;
  }
};

const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 120)} ...` : text);

describe('a litmus test that cannot be run', () => {
  it('says what is wrong, where, and what was expected', async () => {
    const golden = fileURLToPath(new URL('../golden/litmus-errors.txt', import.meta.url));
    const shown = wrong.map((text) => `${shortened(text)}\n--> ${told(text)}\n`).join('\n');
    await expect(shown).toMatchFileSnapshot(golden);
  });

  it('is refused as such wherever it is cut off, and never fails otherwise', () => {
    for (const folder of ['aarch64', 'riscv']) {
      for (const name of readdirSync(new URL(`${folder}/`, import.meta.url))) {
        const text = litmusFile(`${folder}/${name.replace('.litmus', '')}`);
        for (let end = 0; end < text.length; end += 7)
          expect(told(text.slice(0, end))).toMatch(/^(S50[123] |it runs: )/);
      }
    }
  });
});

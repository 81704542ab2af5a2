import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { below } from '#model/engine/explore/random.ts';
import { parseLitmus } from '#model/engine/litmus/parse.ts';
import type { LitmusProgram } from '#spec/machine/memory/program.ts';

/**
 * AArch64 programs drawn as text, so that dependencies arise as they do in code: through the three registers that all is
 * loaded to and all that is stored, compared or branched on comes from. `generate.ts` draws programs whose dependencies
 * are planned; these have unplanned ones too, through CSEL, CAS, memory, and the status of STXR.
 *
 * One thread makes two accesses in order; the other is drawn, and begins where that one ends and the other way round.
 * So whether something in the drawn thread orders its two ends decides on a final state: of programs drawn without such
 * a partner few have anything to decide.
 */
class Drawing {
  readonly random: RandomGenerator;
  private lastRegister = 'W0';
  private lastAddress = 'X8';

  constructor(random: RandomGenerator) {
    this.random = random;
  }

  oneOf<Of>(from: readonly Of[]): Of {
    return from[below(this.random, from.length)] as Of;
  }

  /** A register to write: often read next. */
  to(): string {
    this.lastRegister = this.oneOf(['W0', 'W1', 'W2']);
    return this.lastRegister;
  }

  from(): string {
    return this.oneOf([this.lastRegister, 'W0', 'W1', 'W2']);
  }

  /** The register that holds the address of one of x, y and z: often the last one again. */
  address(): string {
    this.lastAddress = this.oneOf([this.lastAddress, 'X7', 'X8', 'X9']);
    return this.lastAddress;
  }
}

const orders = ['', '', 'A', 'L', 'AL'] as const;

/** The lines of an access at the address in a register. W6 is 2. */
const accesses: readonly ((drawing: Drawing, at: string) => readonly string[])[] = [
  (drawing, at) => [`${drawing.oneOf(['LDR', 'LDR', 'LDAR', 'LDAPR'])} ${drawing.to()},[${at}]`],
  (drawing, at) => [`${drawing.oneOf(['STR', 'STR', 'STLR'])} ${drawing.from()},[${at}]`],
  (drawing, at) => [`AND W5,${drawing.from()},#0`, `LDR ${drawing.to()},[${at},W5,SXTW]`],
  (drawing, at) => [`AND W5,${drawing.from()},#0`, `STR ${drawing.from()},[${at},W5,SXTW]`],
  (drawing, at) => [`CMP ${drawing.from()},#1`, `CSEL X5,${at},${at},EQ`, `LDR ${drawing.to()},[X5]`],
  (drawing, at) => [`CAS${drawing.oneOf(orders)} ${drawing.oneOf(['WZR', 'W0', 'W1'])},${drawing.from()},[${at}]`],
  (drawing, at) => [`CAS${drawing.oneOf(orders)} ${drawing.from()},${drawing.from()},[${at}]`],
  (drawing, at) => [`SWP${drawing.oneOf(orders)} ${drawing.from()},${drawing.oneOf(['WZR', drawing.to()])},[${at}]`],
  (drawing, at) => [`LDSET${drawing.oneOf(orders)} W6,${drawing.oneOf(['WZR', drawing.to()])},[${at}]`],
  (drawing, at) => [`STSET${drawing.oneOf(['', 'L'])} W6,[${at}]`],
  (drawing, at) => [`${drawing.oneOf(['LDXR', 'LDAXR'])} ${drawing.to()},[${at}]`],
  (drawing, at) => [`${drawing.oneOf(['STXR', 'STLXR'])} ${drawing.to()},${drawing.from()},[${at}]`],
];

/** The lines of something between accesses; `label` is a new label. */
const others: readonly ((drawing: Drawing, label: string) => readonly string[])[] = [
  (drawing) => [drawing.oneOf(['DMB SY', 'DMB LD', 'DMB ST', 'DSB LD', 'DSB ST', 'ISB'])],
  (drawing, label) => [`CBNZ ${drawing.from()},${label}`, `${label}: NOP`],
  (drawing, label) => [`CBNZ ${drawing.from()},${label}`, `${label}: ISB`],
  (drawing, label) => [`CBZ ${drawing.from()},${label}`, `MOV ${drawing.to()},#3`, `${label}: NOP`],
  (drawing) => [`CMP ${drawing.from()},#1`, `CSEL ${drawing.to()},${drawing.from()},${drawing.from()},EQ`],
  (drawing) => [`EOR ${drawing.to()},${drawing.from()},${drawing.from()}`],
  (drawing) => [`MOV ${drawing.to()},${drawing.oneOf(['#1', drawing.from()])}`],
];

const drawThread = (accessesMax: number, drawing: Drawing): readonly string[] => {
  const count = 2 + below(drawing.random, accessesMax - 1);
  return Array.from({ length: count }, (_, i) => {
    const at = i === 0 ? 'X8' : i === count - 1 ? 'X7' : drawing.address();
    const lines = drawing.oneOf(accesses)(drawing, at);
    return drawing.oneOf([true, false]) ? [...lines, ...drawing.oneOf(others)(drawing, `L${i}`)] : lines;
  }).flat();
};

/** A program with at least two accesses in its drawn thread, and at most so many; and its text. */
export const drawProgram = (
  accessesMax: number,
  random: RandomGenerator,
): { readonly text: string; readonly program: LitmusProgram } => {
  const drawing = new Drawing(random);
  const [first, last] = [drawing.oneOf(['LDR W0,[X7]', 'STR W4,[X7]']), drawing.oneOf(['LDR W1,[X8]', 'STR W5,[X8]'])];
  const partner = [first, 'DMB SY', last];
  const drawn = drawThread(accessesMax, drawing);
  const rows = Array.from(
    { length: Math.max(partner.length, drawn.length) },
    (_, row) => `${partner[row] ?? ''} | ${drawn[row] ?? ''} ;`,
  );
  const initial = '0:X7=x; 0:X8=y; 0:X4=4; 0:X5=5; 1:X7=x; 1:X8=y; 1:X9=z; 1:X0=1; 1:X6=2;';
  const observed = '0:X0; 0:X1; 1:X0; 1:X1; 1:X2; x; y; z;';
  const lines = ['AArch64 drawn', `{ ${initial} }`, 'P0 | P1 ;', ...rows, `locations [${observed}]`, 'exists (x=0)'];
  const text = lines.join('\n');
  return { text, program: parseLitmus(text).program };
};

import { columns, type Fragment, type FrontEnd, LitmusError } from '#model/engine/litmus/source.ts';
import { ThreadBuilder } from '#model/engine/litmus/thread-builder.ts';

/** What an architecture says of its instructions: whether it knows the mnemonic; then it has translated it. */
export type Translate = (mnemonic: string, operands: Fragment, builder: ThreadBuilder, offset: number) => boolean;

const labelled = /^([A-Za-z_.$][\w.$]*)\s*:\s*/;

/** A front end of threads in columns, each cell an instruction that stands alone, perhaps behind labels. */
export const assembler = (registerNamed: FrontEnd['registerNamed'], translate: Translate): FrontEnd => {
  const translateCell = (cell: Fragment, builder: ThreadBuilder): void => {
    const label = labelled.exec(cell.text);
    if (label) {
      builder.label(label[1] as string, cell.offset);
      const length = label[0].length;
      if (cell.text.length > length) {
        translateCell({ text: cell.text.slice(length), offset: cell.offset + length }, builder);
      }
      return;
    }
    const [mnemonic] = /^\S+/.exec(cell.text) as RegExpExecArray;
    const operands = { text: cell.text.slice(mnemonic.length), offset: cell.offset + mnemonic.length };
    if (!translate(mnemonic, operands, builder, cell.offset)) {
      throw new LitmusError('unsupported', cell.offset, `the instruction '${cell.text}'`, `${mnemonic} is not known`);
    }
  };
  return {
    registerNamed,
    threads: (text, offset, setup) => {
      const { columns: threads, end } = columns(text, offset);
      return {
        threads: threads.map((cells, thread) => {
          const builder = new ThreadBuilder();
          for (const cell of cells) translateCell(cell, builder);
          return builder.build(thread, setup, registerNamed);
        }),
        end,
      };
    },
  };
};

import type { Story } from '#model/engine/trace/story.ts';
import { storyAsItf } from '#reports/export/itf.ts';
import { storyAsMermaid } from '#reports/export/mermaid.ts';
import { storyAsPerfetto } from '#reports/export/perfetto.ts';
import { storyAsShiviz } from '#reports/export/shiviz.ts';

/** The formats of other people’s tools, by the names that `--export` takes. */
export const exporters = {
  itf: storyAsItf,
  perfetto: storyAsPerfetto,
  shiviz: storyAsShiviz,
  mermaid: storyAsMermaid,
} as const satisfies Record<string, (story: Story) => string>;

export type ExportName = keyof typeof exporters;

export const exportNames = Object.keys(exporters) as readonly ExportName[];

import cliProgress from 'cli-progress';
import type { Output } from '#reports/cli/output.ts';

/** Shows how far a command is; where it is not known how much there is to do, the total is null. */
export interface ProgressDisplay {
  update(done: number, total: number | null, label: string): void;
  stop(): void;
}

const withTotal = '{bar} {value}/{total} executions, {rate}/s, {left} left  {label}';
const withoutTotal = '{value} executions, {rate}/s  {label}';

/** A bar with done / total, executions per second and time left on a terminal; nothing elsewhere. */
export const progressDisplay = (output: Output, total: number | null): ProgressDisplay => {
  if (!output.isTerminal) return { update: () => {}, stop: () => {} };
  const started = performance.now();
  const bar = new cliProgress.SingleBar(
    {
      format: total === null ? withoutTotal : withTotal,
      hideCursor: true,
      clearOnComplete: true,
      stopOnComplete: false,
      barsize: 20,
      fps: 8,
    },
    cliProgress.Presets.shades_classic,
  );
  bar.start(Math.round(total ?? 0), 0, { rate: '-', left: '-', label: '' });
  return {
    update: (done, newTotal, label) => {
      const seconds = (performance.now() - started) / 1000;
      const rate = done / Math.max(seconds, 0.001);
      const all = Math.round(newTotal ?? done);
      bar.setTotal(all);
      bar.update(Math.min(Math.round(done), all), {
        rate: Math.round(rate),
        left: `${Math.max(0, Math.round((all - done) / Math.max(rate, 1)))} s`,
        label,
      });
    },
    stop: () => {
      bar.stop();
    },
  };
};

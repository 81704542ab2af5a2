/** Takes a buffer for full when one slot is still free: right buffers are fuller, so what this claim refutes does not count. */
import { type Claim, gets, isBefore, puts } from '../../claims/starter/run.ts';
import { claims as all, workloads as programs } from './right-all.ts';

const room: Claim = {
  id: 'room',
  sentence: 'a put is over before the buffer is full',
  holds: (run) =>
    puts(run)
      .filter(({ answer }) => answer !== null)
      .every((last) => {
        const stored = puts(run).filter((put) => put === last || isBefore(put, last));
        const taken = gets(run).filter((get) => !isBefore(last, get));
        const left =
          stored.flatMap(({ call }) => call.items).length - taken.reduce((sum, { call }) => sum + call.count, 0);
        return left < run.program.parameters.capacity;
      }),
};

export const claims: readonly Claim[] = all.map((claim) => (claim.id === room.id ? room : claim));

export const workloads = programs;

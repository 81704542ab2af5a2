import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { finalStates } from '#impl/machine/memory/armv8/final-states.ts';
import { isTrueOf, typed } from '#model/engine/litmus/test.ts';
import { classics, corners } from '#properties/machine/memory/armv8-decided.ts';

/** The machine with one rule broken: in `file`, `from` becomes `to`. */
interface Variant {
  readonly broken: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const variants: readonly Variant[] = [
  {
    broken: 'ISB does nothing',
    file: 'barrier',
    from: 'orderAll(state, synchronized(state.control))',
    to: 'orderAll(state, 0)',
  },
  {
    broken: 'ISB orders only stores',
    file: 'barrier',
    from: 'synchronized(state.control)',
    to: 'state.control & ~1023',
  },
  {
    broken: 'DMB SY ignores stores',
    file: 'barrier',
    from: 'join(state.readsOld, state.writesOld)',
    to: 'state.readsOld',
  },
  { broken: 'DMB LD minds every load', file: 'barrier', from: 'state.returningReadsOld', to: 'state.readsOld' },
  {
    broken: 'DMB ST orders loads too',
    file: 'barrier',
    from: 'state.writesNew = join(state.writesNew, state.writesOld)',
    to: 'orderAll(state, state.writesOld)',
  },
  {
    broken: 'DSB ST orders only stores',
    file: 'barrier',
    from: 'orderAll(state, state.writesOld)',
    to: 'state.writesNew = join(state.writesNew, state.writesOld)',
  },
  {
    broken: 'no store is forwarded: the forward bank is dropped',
    file: 'load',
    from: 'forwarded?.time === time',
    to: 'forwarded?.time === time && time === later',
  },
  {
    broken: 'a barrier hands on what is picked',
    file: 'barrier',
    from: 'ordered(view)',
    to: 'view',
  },
  {
    broken: 'a read-modify-write hands on what is picked to a load that acquires',
    file: 'store',
    from: 'ordered(pairedLoad?.view ?? initially)',
    to: 'pairedLoad?.view ?? initially',
  },
  {
    broken: 'an acquire hands on what is picked',
    file: 'load',
    from: 'ordered(view)',
    to: 'view',
  },
  {
    broken: 'a load that acquires may overtake the load of a local read-modify-write',
    file: 'load',
    from: 'isAcquire ? forwarded.acquiredView : forwarded.view',
    to: 'forwarded.view',
  },
  {
    broken: 'what is forwarded loses what it was made of',
    file: 'load',
    from: 'join(view, forwarded.dependency)',
    to: 'view',
  },
  {
    broken: 'loads do not move the coherence view',
    file: 'load',
    from: 'state.coherence[location] = join(state.coherence[location] as View, view);',
    to: '',
  },
  {
    broken: 'stores do not move the coherence view',
    file: 'store',
    from: 'state.coherence[location] = join(state.coherence[location] as View, view);',
    to: '',
  },
  {
    broken: 'LDAPR comes after STLR',
    file: 'load',
    from: "order === 'acquire' ? join(view",
    to: 'true ? join(view',
  },
  {
    broken: 'LDAR does not come after STLR',
    file: 'load',
    from: "order === 'acquire' ? join(view",
    to: 'false ? join(view',
  },
  {
    broken: 'LDAPR does not acquire',
    file: 'load',
    from: "order === 'acquire' || order === 'acquirePC'",
    to: "order === 'acquire'",
  },
  {
    broken: 'addresses of loads do not order',
    file: 'load',
    from: 'state.control = join(state.control, load.address);',
    to: '',
  },
  {
    broken: 'addresses of stores do not order',
    file: 'store',
    from: 'state.control = join(state.control, address);',
    to: '',
  },
  {
    broken: 'STLR ignores the loads before it',
    file: 'store',
    from: 'join(state.readsOld, state.writesOld)',
    to: 'state.writesOld',
  },
  {
    broken: 'STLR ignores the stores before it',
    file: 'store',
    from: 'join(state.readsOld, state.writesOld)',
    to: 'state.readsOld',
  },
  { broken: 'a store may be promised whatever it comes after', file: 'store', from: 'floor < own && ', to: '' },
  {
    broken: 'a promise need not be kept to the letter',
    file: 'store',
    from: ' && messages.valueAt(location, own) === value',
    to: '',
  },
  {
    broken: 'others may write in the middle of a read-modify-write',
    file: 'store',
    from: 'readTime !== null && messages',
    to: 'false && messages',
  },
  {
    broken: 'what forwards from a read-modify-write forgets its load',
    file: 'store',
    from: 'picked(dependency)',
    to: 'initially',
  },
  {
    broken: 'branches do not order stores',
    file: 'local',
    from: 'state.control = join(state.control, viewOf(condition, state.views))',
    to: 'viewOf(condition, state.views)',
  },
  {
    broken: 'the condition of CSEL orders everything',
    file: 'local',
    from: 'picked(viewOf(condition, state.views))',
    to: 'viewOf(condition, state.views)',
  },
  {
    broken: 'the condition of CSEL orders nothing',
    file: 'local',
    from: 'picked(viewOf(condition, state.views))',
    to: '0',
  },
  {
    broken: 'SWPAL is no more than SWPA and SWPL together',
    file: 'read-modify-write',
    from: "readOrder === 'acquire' && writeOrder === 'release'",
    to: 'false',
  },
  {
    broken: 'SWPA is as good as SWPAL',
    file: 'read-modify-write',
    from: "readOrder === 'acquire' && writeOrder === 'release'",
    to: "readOrder === 'acquire'",
  },
  {
    broken: 'what SWP stores depends on what it loaded',
    file: 'read-modify-write',
    from: "update === 'swap' ? initially : loaded.dependency",
    to: 'loaded.dependency',
  },
  {
    broken: 'CAS that fails does not write back',
    file: 'read-modify-write',
    from: '  { succeeds: false, stores: true, takesExpected: false },\n',
    to: '',
  },
  {
    broken: 'what CAS writes back does not depend on what it loaded',
    file: 'read-modify-write',
    from: 'succeeds ? picked(loaded.dependency) : loaded.dependency',
    to: 'picked(loaded.dependency)',
  },
  {
    broken: 'CAS always has its value from memory',
    file: 'read-modify-write',
    from: '  { succeeds: true, stores: true, takesExpected: true },\n',
    to: '',
  },
  {
    broken: 'CAS may have its value from its register without a trace of memory',
    file: 'read-modify-write',
    from: 'join(expectedView, picked(loaded.dependency))',
    to: 'expectedView',
  },
  {
    broken: 'a loop of exclusives is followed for ever',
    file: 'thread-state',
    from: 'isCertain = false',
    to: 'isCertain = true',
  },
  {
    broken: 'an exclusive store always succeeds',
    file: 'load-and-store',
    from: 'return [failed, state]',
    to: 'return [state]',
  },
  {
    broken: 'the success of an exclusive store depends on its load',
    file: 'load-and-store',
    from: 'state.setRegister(status, 0n, initially)',
    to: 'state.setRegister(status, 0n, exclusive.view)',
  },
  {
    broken: 'the failure of an exclusive store depends on its load',
    file: 'load-and-store',
    from: 'failed.setRegister(status, 1n, initially)',
    to: 'failed.setRegister(status, 1n, exclusive?.view ?? initially)',
  },
  {
    broken: 'an exclusive store needs no load',
    file: 'load-and-store',
    from: 'if (exclusive === null || exclusive.location !== location) return [failed];',
    to: 'if (location === null) return [failed];',
  },
  {
    broken: 'nobody reads what is not promised yet',
    file: 'footprint',
    from: 'other !== thread && stores.has(location)',
    to: 'false',
  },
  {
    broken: 'a thread sees only its own messages',
    file: 'final-states',
    from: 'this.#footprint.accesses(thread, location) ?',
    to: 'thread === writer ?',
  },
];

const machine = new URL('../../../impl/machine/memory/armv8/', import.meta.url);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The tests on which the machine is wrong if it is changed so. */
const disagreements = async (name: string, change: Variant | null): Promise<string[]> => {
  const root = join(folder, name);
  const copy = join(root, 'impl/machine/memory/armv8');
  mkdirSync(copy, { recursive: true });
  cpSync(machine, copy, { recursive: true });
  writeFileSync(join(root, 'package.json'), JSON.stringify({ type: 'module', imports: { '#impl/*': './impl/*' } }));
  if (change) {
    const file = join(copy, `${change.file}.ts`);
    const text = readFileSync(file, 'utf8');
    expect(text.split(change.from).length - 1, `places in ${change.file} to break`).toBeGreaterThan(0);
    writeFileSync(
      file,
      text.replaceAll(change.from, () => change.to),
    );
  }
  const loaded = await import(pathToFileURL(join(copy, 'final-states.ts')).href);
  const states = loaded.finalStates as typeof finalStates;
  return [...classics, ...corners].flatMap(({ name: decided, isAllowed, test }) => {
    const found = states(test.program, 2_000_000);
    const isReached =
      found.tag === 'all' && found.states.some((state) => isTrueOf(test.proposition, typed(test, state)));
    return isReached === isAllowed ? [] : [decided];
  });
};

describe('each rule of the operational machine of AArch64 is needed', () => {
  it('is never wrong if nothing is broken', async () => {
    expect(await disagreements('unbroken', null)).toEqual([]);
  });

  for (const [i, variant] of variants.entries()) {
    it(`notices that ${variant.broken}`, async () => {
      expect(await disagreements(`variant-${i}`, variant)).not.toEqual([]);
    });
  }
});

import type { Change } from '#properties/machine/memory/changed.ts';

/** Rules of x86-TSO, each broken. */
export const brokenTso: readonly Change[] = [
  {
    what: 'a compare-and-swap that fails leaves the buffer as it is',
    file: 'tso',
    from: 'word) {\n      empty(core);\n      const old = words[address] as number;\n      if (old === expected) words[address] = word;',
    to: 'word) {\n      const old = forward(core, address);\n      if (old === expected) {\n        empty(core);\n        words[address] = word;\n      }',
  },
  {
    what: 'a swap leaves the buffer as it is',
    file: 'tso',
    from: 'word) {\n      empty(core);\n      const old = words[address] as number;\n      words[address] = word;',
    to: 'word) {\n      const old = forward(core, address);\n      words[address] = word;',
  },
  {
    what: 'MFENCE does not empty the buffer',
    file: 'tso',
    from: "if (order === 'seq_cst') empty(core);\n    }",
    to: '}',
  },
  {
    what: 'loads do not look into the buffer',
    file: 'tso',
    from: 'return waiting[core] === 0 ? (words[address] as number) : forward(core, address);\n    },\n    store',
    to: 'return words[address] as number;\n    },\n    store',
  },
  {
    what: 'loads find the oldest store in the buffer',
    file: 'tso',
    from: 'let behind = (waiting[core] as number) - 1; behind >= 0; behind--',
    to: 'let behind = 0; behind < (waiting[core] as number); behind++',
  },
  {
    what: 'a store overtakes those that wait',
    file: 'tso',
    from: 'waiting[core] !== 0 || ask(2) !== 0',
    to: 'ask(2) !== 0',
  },
  {
    what: 'the newest store leaves the buffer first',
    file: 'tso',
    from: 'const from = slot(core, 0);',
    to: 'const from = slot(core, (waiting[core] as number) - 1);',
  },
  { what: 'no store ever waits', file: 'tso', from: 'ask(2) !== 0', to: 'false' },
];

/** Rules of RC11, each broken. */
export const brokenRc11: readonly Change[] = [
  {
    what: 'reads go behind what the core knows',
    file: 'rc11',
    from: '!history.isKnown(message, core)) {\n      message = history.older[message] as number;\n      if (this.#order.allowsRead',
    to: 'true) {\n      message = history.older[message] as number;\n      if (this.#order.allowsRead',
  },
  {
    what: 'writes go behind what the core knows',
    file: 'rc11',
    from: '!history.isKnown(message, core)) {\n      const isSplit',
    to: 'true) {\n      const isSplit',
  },
  {
    what: 'read-modify-writes go behind what the core knows',
    file: 'rc11',
    from: '!history.isKnown(message, core)) {\n      const isTaken',
    to: 'true) {\n      const isTaken',
  },
  {
    what: 'a read tells the core nothing',
    file: 'rc11',
    from: 'if (isNews) history.seen[from + core] = epoch;',
    to: '',
  },
  {
    what: 'every read gives the newest message',
    file: 'rc11',
    from: "const isChoice = newest !== 0 && order !== 'plain' && this.#history.older[newest] !== 0;\n    const message",
    to: 'const isChoice = false;\n    const message',
  },
  {
    what: 'every write is the newest',
    file: 'rc11',
    from: 'const isChoice = newest !== 0 && history.older[newest] !== 0;\n      const older',
    to: 'const isChoice = false;\n      const older',
  },
  {
    what: 'every read-modify-write reads the newest message',
    file: 'rc11',
    from: 'const isChoice = history.older[newest] !== 0;',
    to: 'const isChoice = false;',
  },
  { what: 'somebody writes in the middle of a read-modify-write', file: 'rc11', from: '!isSplit && ', to: '' },
  { what: 'two read-modify-writes read one message', file: 'rc11', from: '!isTaken && ', to: '' },
  {
    what: 'acquire is relaxed',
    file: 'rc11',
    from: 'isAcquiring(order) ? this.#clocks : this.#seenViews',
    to: 'this.#seenViews',
  },
  {
    what: 'relaxed is acquire',
    file: 'rc11',
    from: 'isAcquiring(order) ? this.#clocks : this.#seenViews',
    to: 'this.#clocks',
  },
  {
    what: 'release is relaxed',
    file: 'rc11',
    from: 'if (isReleasing(order)) history.show(message, this.#clocks, core * this.#cores);\n    else if',
    to: 'if',
  },
  { what: 'relaxed is release', file: 'rc11', from: 'if (isReleasing(order)) history', to: 'if (true) history' },
  { what: 'a release fence does nothing', file: 'rc11', from: 'this.#hasReleased[core] = 1;', to: '' },
  {
    what: 'a release fence is for the next store only',
    file: 'rc11',
    from: 'history.show(message, this.#released, core * this.#cores);',
    to: 'history.show(message, this.#released, core * this.#cores);\n      this.#hasReleased[core] = 0;',
  },
  {
    what: 'an acquire fence does nothing',
    file: 'rc11',
    from: "if (order !== 'release') this.#join(this.#clocks, row, this.#seenViews, row);",
    to: '',
  },
  {
    what: 'a release fence acquires',
    file: 'rc11',
    from: "if (order !== 'release') this",
    to: 'this',
  },
  { what: 'an acquire fence releases', file: 'rc11', from: "if (order !== 'acquire') {", to: '{' },
  {
    what: 'a read-modify-write ends the release sequence',
    file: 'rc11',
    from: 'if (history.hasView[message] !== 0) history.show(written, history.view, message * this.#cores);',
    to: '',
  },
  {
    what: 'a compare-and-swap that fails is relaxed',
    file: 'rc11',
    from: "order === 'acq_rel' ? 'acquire' : ",
    to: "order === 'acq_rel' || order === 'acquire' ? 'relaxed' : ",
  },
  {
    what: 'a release that fails to swap acquires',
    file: 'rc11',
    from: "order === 'release' || order === 'plain' ? 'relaxed'",
    to: "order === 'release' || order === 'plain' ? 'acquire'",
  },
  {
    what: 'seq_cst events have no common order',
    file: 'sequential-order',
    from: 'if (isSeqCst) this.isOn = true;',
    to: '',
  },
  {
    what: 'reads do not mind the order of seq_cst events',
    file: 'rc11',
    from: "if (this.#order.allowsRead(core, address, message, isAcquiring(order), order === 'seq_cst')) {",
    to: '{',
  },
  {
    what: 'writes do not mind the order of seq_cst events',
    file: 'rc11',
    from: "!isSplit && this.#order.allowsWrite(core, address, message, order === 'seq_cst')",
    to: '!isSplit',
  },
  {
    what: 'read-modify-writes do not mind the order of seq_cst events',
    file: 'rc11',
    from: "!isTaken && this.#order.allowsUpdate(core, address, message, isAcquiring(mode), mode === 'seq_cst')",
    to: '!isTaken',
  },
  {
    what: 'a seq_cst fence minds stores but not who saw them',
    file: 'sequential-order',
    from: 'this.#isOverwrittenBefore(access, to, true)',
    to: 'this.#isOverwrittenBefore(access, to, false)',
  },
  {
    what: 'a seq_cst fence is not before seq_cst accesses',
    file: 'sequential-order',
    from: 'this.#fenceToAccess(from, to);\n    return',
    to: 'false;\n    return',
  },
  {
    what: 'a seq_cst fence did not join earlier seq_cst stores',
    file: 'sequential-order',
    from: 'return this.#isFence(to) ? this.#isOverwrittenBefore(from, to, false)',
    to: 'return this.#isFence(to) ? false',
  },
  {
    what: 'a seq_cst access is after each one that happens before it',
    file: 'sequential-order',
    from: 'if (previous >= 0 && this.#epoch(from) < this.#knows(previous, core)) return true;',
    to: 'if (this.#isBefore(from, to)) return true;',
  },
  {
    what: 'a seq_cst access is not after those that happen before its predecessor',
    file: 'sequential-order',
    from: 'if (previous >= 0 && this.#epoch(from) < this.#knows(previous, core)) return true;',
    to: '',
  },
  {
    what: 'seq_cst accesses of a core are in no order',
    file: 'sequential-order',
    from: 'if (core === this.#core[to]) return from < to;',
    to: 'if (core === this.#core[to]) return false;',
  },
  {
    what: 'a seq_cst access is not after one of the same word that it saw',
    file: 'sequential-order',
    from: 'return isSameWordBefore || this.#isOverwritten(from, to);',
    to: 'return this.#isOverwritten(from, to);',
  },
  {
    what: 'a seq_cst access is not before what overwrites it',
    file: 'sequential-order',
    from: 'return isSameWordBefore || this.#isOverwritten(from, to);',
    to: 'return isSameWordBefore;',
  },
  {
    what: 'a read that might acquire is judged as if it did not',
    file: 'sequential-order',
    from: 'if (!isAcquire || this.#history.hasView[message] === 0) return;',
    to: 'return;',
  },
  {
    what: 'a read-modify-write is one event',
    file: 'rc11',
    from: 'const writeEpoch = this.#tick(core);',
    to: 'const writeEpoch = epoch;',
  },
];

/** Rules of data races, each broken. */
export const brokenRaces: readonly Change[] = [
  {
    what: 'a plain read races with no atomic write',
    file: 'races',
    from: 'this.#against(core, address, false, order, site, plainWrite, atomicWrite);',
    to: 'this.#against(core, address, false, order, site, plainWrite, plainWrite);',
  },
  {
    what: 'an atomic read races with no plain write',
    file: 'races',
    from: 'this.#against(core, address, false, order, site, plainWrite, plainWrite);',
    to: '',
  },
  {
    what: 'a plain read races with plain reads',
    file: 'races',
    from: 'this.#against(core, address, false, order, site, plainWrite, atomicWrite);',
    to: 'this.#against(core, address, false, order, site, plainRead, atomicWrite);',
  },
  {
    what: 'a plain write races with no atomic read',
    file: 'races',
    from: 'this.#against(core, address, true, order, site, atomicRead, atomicWrite);',
    to: 'this.#against(core, address, true, order, site, plainRead, atomicWrite);',
  },
  {
    what: 'an atomic write races with no plain read',
    file: 'races',
    from: 'this.#against(core, address, true, order, site, plainRead, plainWrite);',
    to: 'this.#against(core, address, true, order, site, plainWrite, plainWrite);',
  },
  {
    what: 'a read is judged before what it acquires',
    file: 'rc11',
    from: 'this.#read(core, address, message, epoch, order);\n    this.#races.read(core, address, epoch, order, site);\n    return message === newest',
    to: 'this.#races.read(core, address, epoch, order, site);\n    this.#read(core, address, message, epoch, order);\n    return message === newest',
  },
  { what: 'what happens before is forgotten', file: 'races', from: '<= known) continue;', to: '<= 0) continue;' },
];

/** What bounds the memory's own memory. Smaller bounds may lose executions, but add none. */
export const smallerBounds: readonly Change[] = [
  { what: 'few messages are kept', file: 'history', from: 'const messagesMax = 16;', to: 'const messagesMax = 2;' },
  {
    what: 'few seq_cst events are kept',
    file: 'sequential-order',
    from: 'const eventsMax = 128;',
    to: 'const eventsMax = 4;',
  },
];

/** What must make no difference at all. */
export const harmless: readonly Change[] = [
  {
    what: 'epochs start anew now and then',
    file: 'rc11',
    from: 'const epochMax = 2 ** 30;',
    to: 'const epochMax = 40;',
  },
  {
    what: 'places in modification order run out',
    file: 'history',
    from: 'if (middle > place && middle < (this.place[newer] as number)) return middle;',
    to: 'if ((this.place[newer] as number) - place >= 1) return middle;',
  },
];

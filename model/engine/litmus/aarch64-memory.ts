import {
  type AddressOperand,
  type Operands,
  type RegisterOperand,
  valueIn,
} from '#model/engine/litmus/aarch64-operands.ts';
import type { AccessOrder, Instruction, Update, Width } from '#spec/machine/memory/program.ts';

interface Load {
  readonly order: AccessOrder;
  readonly exclusive: boolean;
}

const loads: Readonly<Record<string, Load>> = {
  LDR: { order: 'plain', exclusive: false },
  LDUR: { order: 'plain', exclusive: false },
  LDAR: { order: 'acquire', exclusive: false },
  LDAPR: { order: 'acquirePC', exclusive: false },
  LDAPUR: { order: 'acquirePC', exclusive: false },
  LDXR: { order: 'plain', exclusive: true },
  LDAXR: { order: 'acquire', exclusive: true },
};

const stores: Readonly<Record<string, AccessOrder>> = {
  STR: 'plain',
  STUR: 'plain',
  STLR: 'release',
  STLUR: 'release',
};

const exclusiveStores: Readonly<Record<string, AccessOrder>> = { STXR: 'plain', STLXR: 'release' };

const updates: Readonly<Record<string, Update>> = {
  ADD: 'add',
  CLR: 'clear',
  EOR: 'xor',
  SET: 'or',
  SMAX: 'max',
  SMIN: 'min',
  UMAX: 'unsignedMax',
  UMIN: 'unsignedMin',
};

/** LD<op>, ST<op>, SWP and CAS, with their acquire and release. */
const atomic = /^(?:(LD|ST)(ADD|CLR|EOR|SET|[SU]MAX|[SU]MIN)|(SWP|CAS))(A?)(L?)$/;

const widthOf = ({ isWide }: RegisterOperand): Width => (isWide ? 'doubleword' : 'unsignedWord');

/** Whether it accesses memory; then it is translated. */
export const memory = (name: string, operands: Operands): boolean => {
  const load = loads[name];
  if (load) {
    const to = operands.register();
    return access(operands, operands.address(), ({ address }) => ({
      tag: 'load',
      register: to.register,
      address,
      width: widthOf(to),
      ...load,
    }));
  }
  if (name === 'LDRSW') {
    const { register } = operands.register();
    return access(operands, operands.address(), ({ address }) => {
      return { tag: 'load', register, address, width: 'word', order: 'plain', exclusive: false };
    });
  }
  const store = stores[name];
  const exclusiveStore = exclusiveStores[name];
  if (store !== undefined || exclusiveStore !== undefined) {
    const status = exclusiveStore === undefined ? null : operands.register();
    const from = operands.register();
    return access(operands, operands.address(), ({ address }) => ({
      tag: 'store',
      address,
      value: valueIn(from),
      order: (store ?? exclusiveStore) as AccessOrder,
      width: widthOf(from),
      status: status && (status.register ?? operands.builder.register('WZR')),
    }));
  }
  return readModifyWrite(name, operands);
};

const access = (operands: Operands, to: AddressOperand, instruction: (to: AddressOperand) => Instruction): true => {
  operands.builder.emit(instruction(to));
  if (to.writeBack) operands.builder.emit({ tag: 'assign', ...to.writeBack });
  return true;
};

const readModifyWrite = (name: string, operands: Operands): boolean => {
  const [, keeps, operation, other, acquire, release] = atomic.exec(name) ?? [];
  if (operation === undefined && other === undefined) return false;
  if (keeps === 'ST' && acquire === 'A') return false;
  const source = operands.register();
  const target = keeps === 'ST' ? { register: null, isWide: source.isWide } : operands.register();
  const { address } = operands.address();
  const shared = {
    address,
    width: widthOf(source),
    locked: false,
    writeOrder: release === 'L' ? 'release' : 'plain',
  } as const;
  // Without a register for what was there, the load is not an acquire.
  const acquires = acquire === 'A' && (other === 'CAS' ? source : target).register !== null;
  const readOrder = acquires ? 'acquire' : 'plain';
  if (other === 'CAS') {
    operands.builder.emit({
      ...shared,
      tag: 'compareAndSwap',
      register: source.register,
      result: null,
      expected: valueIn(source),
      desired: valueIn(target),
      readOrder,
      failureOrder: readOrder,
      failsSpuriously: false,
    });
    return true;
  }
  operands.builder.emit({
    ...shared,
    tag: 'update',
    register: target.register,
    update: other === 'SWP' ? 'swap' : (updates[operation as string] as Update),
    operand: valueIn(source),
    readOrder,
  });
  return true;
};

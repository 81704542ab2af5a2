/** The registry: every subject's suite and every mutant. The one place that names subjects. */
import type { Suite } from '#model/claim.ts';
import boundedBuffer from '#properties/ipc/bounded-buffer.property.ts';
import chcore from '#properties/ipc/chcore.property.ts';
import deadlock from '#properties/ipc/deadlock.property.ts';
import l4 from '#properties/ipc/l4.property.ts';
import lrpc from '#properties/ipc/lrpc.property.ts';
import pipe from '#properties/ipc/pipe.property.ts';
import shmPolling from '#properties/ipc/shm-polling.property.ts';
import toctou from '#properties/ipc/toctou.property.ts';
import capability from '#properties/kernel/capability.property.ts';
import naming from '#properties/kernel/naming.property.ts';
import remap from '#properties/kernel/remap.property.ts';
import boundedBufferCountersMutants from '#properties/museum/ipc/bounded-buffer.counters.ts';
import boundedBufferLockFreeMutants from '#properties/museum/ipc/bounded-buffer.lock-free.ts';
import boundedBufferSemaphoresMutants from '#properties/museum/ipc/bounded-buffer.semaphores.ts';
import boundedBufferMutants from '#properties/museum/ipc/bounded-buffer.ts';
import chcoreLifeMutants from '#properties/museum/ipc/chcore.life.ts';
import chcoreMutants from '#properties/museum/ipc/chcore.ts';
import deadlockRingsMutants from '#properties/museum/ipc/deadlock.rings.ts';
import deadlockMutants from '#properties/museum/ipc/deadlock.ts';
import deadlockWaitsMutants from '#properties/museum/ipc/deadlock.waits.ts';
import descriptorMutants from '#properties/museum/ipc/descriptors.ts';
import l4ClansMutants from '#properties/museum/ipc/l4.clans.ts';
import l4FastPathMutants from '#properties/museum/ipc/l4.fast-path.ts';
import l4LongMutants from '#properties/museum/ipc/l4.long.ts';
import l4Mutants from '#properties/museum/ipc/l4.ts';
import lrpcAStacksMutants from '#properties/museum/ipc/lrpc.a-stacks.ts';
import lrpcEndsMutants from '#properties/museum/ipc/lrpc.ends.ts';
import lrpcHandedInMutants from '#properties/museum/ipc/lrpc.handed-in.ts';
import lrpcMutants from '#properties/museum/ipc/lrpc.ts';
import linuxPipeMutants from '#properties/museum/ipc/pipe.linux.ts';
import pipeMutants from '#properties/museum/ipc/pipe.ts';
import pipeWaitingMutants from '#properties/museum/ipc/pipe.waiting.ts';
import shmPollingMutants from '#properties/museum/ipc/shm-polling.ts';
import toctouBigLockMutants from '#properties/museum/ipc/toctou.big-lock.ts';
import toctouOpenMutants from '#properties/museum/ipc/toctou.open.ts';
import toctouMutants from '#properties/museum/ipc/toctou.ts';
import waitQueueMutants from '#properties/museum/ipc/wait-queue.ts';
import capabilityBigLockMutants from '#properties/museum/kernel/capability.big-lock.ts';
import capabilityChcoreMutants from '#properties/museum/kernel/capability.chcore.ts';
import capabilityTreeMutants from '#properties/museum/kernel/capability.tree.ts';
import capabilityMutants from '#properties/museum/kernel/capability.ts';
import namingBigLockMutants from '#properties/museum/kernel/naming.big-lock.ts';
import namingLivesMutants from '#properties/museum/kernel/naming.lives.ts';
import namingTableMutants from '#properties/museum/kernel/naming.table.ts';
import namingMutants from '#properties/museum/kernel/naming.ts';
import remapBroadcastMutants from '#properties/museum/kernel/remap.broadcast.ts';
import remapShootdownMutants from '#properties/museum/kernel/remap.shootdown.ts';
import remapMutants from '#properties/museum/kernel/remap.ts';
import type { Mutant } from '#properties/museum/mutant.ts';
import bennoMutants from '#properties/museum/sched/benno.ts';
import bennoUrgencyMutants from '#properties/museum/sched/benno.urgency.ts';
import bigLockMutants from '#properties/museum/sched/big-lock.ts';
import cpuSetBigLockMutants from '#properties/museum/sched/cpu-set.big-lock.ts';
import cpuSetMutants from '#properties/museum/sched/cpu-set.ts';
import dequeBigLockMutants from '#properties/museum/sched/deque.big-lock.ts';
import dequeMutants from '#properties/museum/sched/deque.ts';
import eagerMutants from '#properties/museum/sched/eager.ts';
import globalMutants from '#properties/museum/sched/global.ts';
import inheritanceBigLockMutants from '#properties/museum/sched/inheritance.big-lock.ts';
import inheritanceMutexMutants from '#properties/museum/sched/inheritance.mutex.ts';
import inheritanceMutants from '#properties/museum/sched/inheritance.ts';
import lazyHandedInMutants from '#properties/museum/sched/lazy.handed-in.ts';
import lazyMutants from '#properties/museum/sched/lazy.ts';
import stealingMutants from '#properties/museum/sched/stealing.ts';
import dispatcherMutants from '#properties/museum/sync/dispatcher.ts';
import exitWaitMutants from '#properties/museum/sync/exit-wait.ts';
import remoteCallBigLockMutants from '#properties/museum/sync/remote-call.big-lock.ts';
import remoteCallMutants from '#properties/museum/sync/remote-call.ts';
import seqlockMutants from '#properties/museum/sync/seqlock.ts';
import sleepWakeupMutants from '#properties/museum/sync/sleep-wakeup.ts';
import spinlockDekkerMutants from '#properties/museum/sync/spinlock.dekker.ts';
import spinlockMcsMutants from '#properties/museum/sync/spinlock.mcs.ts';
import spinlockTicketMutants from '#properties/museum/sync/spinlock.ticket.ts';
import spinlockMutants from '#properties/museum/sync/spinlock.ts';
import benno from '#properties/sched/benno.property.ts';
import cpuSet from '#properties/sched/cpu-set.property.ts';
import deque from '#properties/sched/deque.property.ts';
import eager from '#properties/sched/eager.property.ts';
import global from '#properties/sched/global.property.ts';
import inheritance from '#properties/sched/inheritance.property.ts';
import lazy from '#properties/sched/lazy.property.ts';
import stealing from '#properties/sched/stealing.property.ts';
import remoteCall from '#properties/sync/remote-call.property.ts';
import seqlock from '#properties/sync/seqlock.property.ts';
import sleepWakeup from '#properties/sync/sleep-wakeup.property.ts';
import spinlock from '#properties/sync/spinlock.property.ts';

export const suites: readonly Suite[] = [
  sleepWakeup,
  spinlock,
  seqlock,
  pipe,
  shmPolling,
  l4,
  chcore,
  boundedBuffer,
  capability,
  naming,
  toctou,
  remap,
  deque,
  eager,
  lazy,
  benno,
  cpuSet,
  remoteCall,
  global,
  stealing,
  deadlock,
  inheritance,
  lrpc,
];

export const mutants: readonly Mutant[] = [
  ...sleepWakeupMutants,
  ...exitWaitMutants,
  ...dispatcherMutants,
  ...spinlockMutants,
  ...spinlockTicketMutants,
  ...spinlockMcsMutants,
  ...spinlockDekkerMutants,
  ...seqlockMutants,
  ...pipeMutants,
  ...pipeWaitingMutants,
  ...descriptorMutants,
  ...linuxPipeMutants,
  ...waitQueueMutants,
  ...shmPollingMutants,
  ...l4Mutants,
  ...l4LongMutants,
  ...l4FastPathMutants,
  ...l4ClansMutants,
  ...chcoreMutants,
  ...chcoreLifeMutants,
  ...lrpcMutants,
  ...lrpcEndsMutants,
  ...lrpcHandedInMutants,
  ...lrpcAStacksMutants,
  ...toctouMutants,
  ...toctouOpenMutants,
  ...toctouBigLockMutants,
  ...boundedBufferMutants,
  ...boundedBufferCountersMutants,
  ...boundedBufferSemaphoresMutants,
  ...boundedBufferLockFreeMutants,
  ...capabilityMutants,
  ...capabilityTreeMutants,
  ...capabilityChcoreMutants,
  ...capabilityBigLockMutants,
  ...namingMutants,
  ...namingLivesMutants,
  ...namingTableMutants,
  ...namingBigLockMutants,
  ...dequeMutants,
  ...eagerMutants,
  ...bigLockMutants,
  ...lazyMutants,
  ...lazyHandedInMutants,
  ...bennoMutants,
  ...bennoUrgencyMutants,
  ...dequeBigLockMutants,
  ...cpuSetMutants,
  ...cpuSetBigLockMutants,
  ...remoteCallMutants,
  ...remoteCallBigLockMutants,
  ...globalMutants,
  ...stealingMutants,
  ...remapMutants,
  ...remapShootdownMutants,
  ...remapBroadcastMutants,
  ...deadlockMutants,
  ...deadlockWaitsMutants,
  ...deadlockRingsMutants,
  ...inheritanceMutants,
  ...inheritanceMutexMutants,
  ...inheritanceBigLockMutants,
];

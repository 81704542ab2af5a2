/**
 * Tries what a submission may not, and prints what it could do, as a list of words. Run by tests under one layer of the
 * sandbox at a time. Its arguments: a folder to write in, a file to read, a port to connect to, a process to signal.
 */
const [folder, file, port, target] = process.argv.slice(2);
const could = [];

const attempt = async (what, act) => {
  try {
    if ((await act()) !== false) could.push(what);
  } catch {
    // it could not
  }
};

const { readFileSync, writeFileSync, symlinkSync } = await import('node:fs');
await attempt('read', () => readFileSync(file));
await attempt('write', () => writeFileSync(`${folder}/written`, 'x'));
await attempt('link', () => symlinkSync(file, `${folder}/linked`));
await attempt('database', async () => {
  const { DatabaseSync } = await import('node:sqlite');
  new DatabaseSync(`${folder}/database`).exec('create table t (x)');
});
await attempt('process', async () => {
  const { execFileSync } = await import('node:child_process');
  return execFileSync('/bin/sh', ['-c', 'echo started']).includes('started');
});
await attempt('thread', async () => {
  const { Worker } = await import('node:worker_threads');
  const worker = new Worker('', { eval: true });
  await worker.terminate();
});
await attempt('environment', () => process.env.RENDEZVOUS_SECRET !== undefined);
await attempt('signal', () => process.kill(Number(target), 0));
await attempt('socket', async () => {
  const { connect } = await import('node:net');
  await new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.on('error', reject);
  });
});
process.stdout.write(could.join(' '));

/** Ends a process and all that it has started, if they have not ended by themselves: it must lead a group of its own. */
export const endGroup = (leader: number): void => {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // nobody is left
  }
};

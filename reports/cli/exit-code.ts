/** What the process tells its caller. Source: design, section 4; 64 and 70 are those of sysexits(3). */
export const exitCode = { holds: 0, refuted: 1, gaveUp: 2, wrongUse: 64, ourFault: 70 } as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

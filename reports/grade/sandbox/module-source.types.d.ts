/**
 * What is used here of `@endo/module-source`. Its own types are TypeScript files, which are checked as if they were ours,
 * and they name packages that it does not bring (reports/tsconfig.json).
 */
import type { PrecompiledModuleSource } from 'ses';

export const ModuleSource: new (source: string, location: string) => PrecompiledModuleSource;

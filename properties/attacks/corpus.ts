/** Every attack, by what it attacks. */
import type { Attack } from '#properties/attacks/attack.ts';
import { evaluates } from '#properties/attacks/evaluates.ts';
import { exhausts } from '#properties/attacks/exhausts.ts';
import { forges } from '#properties/attacks/forges.ts';
import { handsOver } from '#properties/attacks/hands-over.ts';
import { hangs } from '#properties/attacks/hangs.ts';
import { learns } from '#properties/attacks/learns.ts';
import { patches } from '#properties/attacks/patches.ts';
import { reaches } from '#properties/attacks/reaches.ts';
import { remembers } from '#properties/attacks/remembers.ts';

export const attacks: readonly Attack[] = [
  ...reaches,
  ...evaluates,
  ...patches,
  ...forges,
  ...learns,
  ...remembers,
  ...handsOver,
  ...hangs,
  ...exhausts,
];

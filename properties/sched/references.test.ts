import { checkReferences } from '#properties/check-references.ts';

checkReferences('sched');

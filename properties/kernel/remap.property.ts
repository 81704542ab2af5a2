import { faultless, linearizes, ordering, progress, refines, suite } from '#model/claim.ts';
import { remap } from '#model/kernel/remap.ts';

export default suite(remap, [
  refines({ checks: ['C2-014'] }),
  linearizes({ checks: ['C0-001', 'C2-014', 'C2-015'] }),
  progress(),
  faultless({ checks: ['C2-015'] }),
  ordering(['shootdown'], { variants: ['shootdown'] }),
]);

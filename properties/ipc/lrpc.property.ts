import { faultless, linearizes, progress, refines, suite } from '#model/claim.ts';
import { lrpc } from '#model/ipc/lrpc.ts';

export default suite(lrpc, [refines(), linearizes(), progress(), faultless()]);

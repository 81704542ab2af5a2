/** What an execution cost: counters that claims can be made about. `microOps` and `resumed` are per context. */
export interface Costs {
  steps: number;
  loads: number;
  stores: number;
  readModifyWrites: number;
  contextSwitches: number;
  interrupts: number;
  interProcessorInterrupts: number;
  /** How often a core's address-space register was given another space. */
  spaceSwitches: number;
  idles: number;
  copies: number;
  microOps: number[];
  resumed: number[];
}

/** All counters at zero, for `contexts` contexts. */
export const noCosts = (contexts: number): Costs => ({
  steps: 0,
  loads: 0,
  stores: 0,
  readModifyWrites: 0,
  contextSwitches: 0,
  interrupts: 0,
  interProcessorInterrupts: 0,
  spaceSwitches: 0,
  idles: 0,
  copies: 0,
  microOps: Array.from({ length: contexts }, () => 0),
  resumed: Array.from({ length: contexts }, () => 0),
});

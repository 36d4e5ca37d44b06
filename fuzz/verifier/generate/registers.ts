// Registers by what calls do with them.

/** R1 to R5: what a call leaves unset. */
export const CALL_CLOBBERED = [1, 2, 3, 4, 5] as const;
/** R7 to R9: kept over calls, and not the context's. */
export const CALL_KEPT = [7, 8, 9] as const;

// Which runs a campaign makes, whatever it tests.

export interface CampaignExtent {
  readonly seed: number;
  readonly first: number;
  readonly runs?: number;
  /** Seconds. */
  readonly time?: number;
}

/** The same as campaigns take it, in milliseconds. */
export function extentOf({ seed, first, runs, time }: CampaignExtent) {
  return {
    seed,
    first,
    ...(runs === undefined ? {} : { runs }),
    ...(time === undefined ? {} : { timeMs: time * 1000 }),
  };
}

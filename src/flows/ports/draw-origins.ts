/** Where draws came from, for the time rules look back. */
export interface DrawOrigins {
  /** Removes at most `most` rows of draws before a moment and returns how many. Throws OutsideTrouble. */
  forgetBefore(beforeMs: number, most: number): Promise<number>;
}

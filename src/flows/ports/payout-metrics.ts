/** What is counted of calls to WeChat Pay. */
export interface PayoutMetrics {
  /** `outcome` is paid, refused, unknown, not-found or a packet's status; `seconds` the time on the wire. */
  called(call: 'send' | 'query', outcome: string, seconds: number): void;
}

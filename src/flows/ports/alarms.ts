/**
 * merchant-stopped, sending-stopped: nothing goes out until someone resumes it. certificate-expires: within 30 days.
 * contradiction: WeChat Pay told two things of one number that cannot both be true. books-differ: the daily
 * reconciliation found a difference. forecast-left: what comes of an activity has left its forecast's 99.9 % band.
 */
export type AlarmKind =
  'merchant-stopped' | 'sending-stopped' | 'certificate-expires' | 'contradiction' | 'books-differ' | 'forecast-left';

/** Something a person must act on. One stays open per kind and subject, however often it is raised. */
export interface Alarm {
  readonly id: number;
  readonly kind: AlarmKind;
  /** The merchant, order number, day or activity it is about; empty for the installation. */
  readonly subject: string;
  readonly message: string;
  readonly raisedAtMs: number;
}

export interface AlarmStore {
  /** Raises an alarm unless the same one is open. True when it is new. */
  raise(alarm: Pick<Alarm, 'kind' | 'subject' | 'message'>, nowMs: number): Promise<boolean>;
  /** Ends an alarm. False when none was open. */
  clear(alarm: Pick<Alarm, 'kind' | 'subject'>, nowMs: number): Promise<boolean>;
  /** Whether this alarm was raised at `sinceMs` or later, open or not. */
  wasRaised(alarm: Pick<Alarm, 'kind' | 'subject'>, sinceMs: number): Promise<boolean>;
  /** Open alarms, the oldest first. */
  open(): Promise<readonly Alarm[]>;
  /**
   * Takes alarms nobody was told of yet and whose next try is due, at most ten, and puts their next try off to
   * `againAtMs`, so that no other process tells the same one.
   */
  takeUntold(input: {
    readonly nowMs: number;
    readonly againAtMs: number;
  }): Promise<readonly (Alarm & { readonly tries: number })[]>;
  told(id: number, nowMs: number): Promise<void>;
  /** Sets when it is tried again, or never with null. */
  notTold(id: number, nextTryAtMs: number | null): Promise<void>;
}

/** Where alarms go beside log, metric and console. */
export interface AlarmChannel {
  /** Tells one alarm. Throws OutsideTrouble when it was not taken. */
  tell(alarm: Alarm): Promise<void>;
}

/** A file by which WeChat sees that a domain is ours. */
export interface VerificationFile {
  /** `MP_verify_` and 16 letters or digits, `.txt`. */
  readonly name: string;
  readonly content: string;
  readonly createdBy: string;
  readonly createdAtMs: number;
}

/** Where verification files are kept. Each throws OutsideTrouble. */
export interface VerificationFiles {
  list(): Promise<readonly VerificationFile[]>;
  find(name: string): Promise<VerificationFile | undefined>;
  /** Writes over the one there is. Returns false, with nothing written, for one more than `filesMax`. */
  put(file: VerificationFile, filesMax: number): Promise<boolean>;
  /** Returns false for one that is not there. */
  remove(name: string): Promise<boolean>;
}

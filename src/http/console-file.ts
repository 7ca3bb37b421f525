/** An answer of the console's API that is a file to keep. */
export class ConsoleFile {
  /** What the browser saves it as. */
  readonly name: string;
  readonly type: string;
  readonly text: string;

  constructor(file: { readonly name: string; readonly type: string; readonly text: string }) {
    this.name = file.name;
    this.type = file.type;
    this.text = file.text;
  }
}

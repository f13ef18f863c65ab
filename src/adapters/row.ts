/** Memory that grows, into which files are read one after the other: for many small files, one allocation and not one for each. */
export class Row {
  bytes: Buffer;
  used = 0;

  constructor(size: number) {
    // Of its own, so that it can be moved to another thread.
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  /** Makes sure that there is memory after what is used. */
  grow(): void {
    if (this.used < this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(this.bytes.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

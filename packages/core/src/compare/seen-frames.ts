// SPDX-License-Identifier: GPL-2.0-or-later
/** So many are searched one by one. */
const FEW = 12;

/** Frames that were looked at in this event, by their identities: few, as a rule. */
export class SeenFrames {
  private count = 0;
  private readonly few: number[] = [];
  private many: Set<number> | null = null;

  clear(): void {
    this.count = 0;
    this.many = null;
  }

  /** False when the frame was seen before. */
  first(identity: number): boolean {
    const { few, count, many } = this;
    if (many === null) {
      for (let i = 0; i < count; i++) if (few[i] === identity) return false;
      if (count < FEW) {
        few[count] = identity;
        this.count = count + 1;
        return true;
      }
      this.many = new Set(few).add(identity);
      return true;
    }
    if (many.has(identity)) return false;
    many.add(identity);
    return true;
  }
}

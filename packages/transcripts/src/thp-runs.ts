// SPDX-License-Identifier: GPL-2.0-or-later
/** Runs of a dump: entries of neighbouring pages that differ only in the page they are about are written once. */

/** One PTE, as a dump has it. */
export interface RunEntry {
  readonly index: number;
  readonly raw: bigint;
  readonly bits: string;
  readonly pfn: number;
  readonly label: string;
  /** As JSON: null, the label, or something else. */
  readonly normal: string;
}

const SUBS = /^([TSCNG]\d+|Y)(?:\+(\d+))?$/;
const NUMBERED = /^([A-Z?])(\d*)$/;

/** label_split(): `T0+17` is `T0` and 17, `A7` is `A` and 7. */
export function splitLabel(label: string): readonly [head: string, number: number] {
  const parts = SUBS.exec(label) ?? NUMBERED.exec(label);
  return parts === null ? [label, -1] : [parts[1]!, Number(parts[2] ?? 0)];
}

/** run_add() and run_flush(). */
export class Runs {
  text = '';
  private first: RunEntry | undefined;
  private count = 0;
  private step = -1;
  private delta = 0n;
  private head = '';
  private number = 0;

  add(entry: RunEntry): void {
    const { first } = this;
    if (first !== undefined && this.continues(first, entry)) {
      this.count++;
      return;
    }
    this.flush();
    this.first = entry;
    this.count = 1;
    this.step = -1;
    [this.head, this.number] = splitLabel(entry.label);
  }

  private continues(first: RunEntry, x: RunEntry): boolean {
    const n = this.count;
    if (x.index !== first.index + n) return false;
    const step = x.pfn === first.pfn ? 0 : 1;
    const [head, number] = splitLabel(x.label);
    const same =
      x.bits === first.bits &&
      head === this.head &&
      kind(x) === kind(first) &&
      'n='.includes(kind(x)) &&
      (n === 1 || step === this.step) &&
      x.pfn === first.pfn + n * step &&
      number === this.number + n * step &&
      !x.label.startsWith('?');
    if (!same) return false;
    if (n === 1) this.delta = x.raw - first.raw;
    if (x.raw !== first.raw + BigInt(n) * this.delta) return false;
    this.step = step;
    return true;
  }

  flush(): void {
    const { first } = this;
    if (first === undefined) return;
    const { index, raw, bits, pfn, label, normal } = first;
    this.text += `${this.text === '' ? '' : ','}[${index},"${raw.toString(16)}","${bits}","${pfn.toString(16)}","${label}",${normal}`;
    if (this.count > 1) this.text += `,${this.count}${this.step === 0 ? ',0' : ''}`;
    this.text += ']';
    this.first = undefined;
  }

  /** An entry that is in no run. */
  alone(text: string): void {
    this.flush();
    this.text += `${this.text === '' ? '' : ','}${text}`;
  }
}

function kind({ normal, label }: RunEntry): string {
  if (normal === 'null') return 'n';
  return normal === `"${label}"` ? '=' : 'other';
}

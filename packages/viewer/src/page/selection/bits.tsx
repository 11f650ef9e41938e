// SPDX-License-Identifier: GPL-2.0-or-later
/** A raw entry as a row of bits, with the names of its fields, and what another lane has otherwise. */
import type { LaneSelection } from '../../protocol.js';

/** What is drawn of an entry. */
type Entry = Pick<LaneSelection, 'bits' | 'raw' | 'width'>;

type Field = LaneSelection['bits'][number];

export function Bits({ lane, lanes }: { readonly lane: Entry; readonly lanes: readonly Entry[] }) {
  const others = lanes.filter((other) => other !== lane && other.bits.length > 0);
  const shown = lane.bits.filter(({ set, name, of }) => set && (name !== '-' || of === 'frame'));
  const clear = lane.bits.filter(({ set, name }) => !set && name !== '-');
  return (
    <section class="bits">
      <h3 class="label">
        The entry, bit by bit <span class="code raw">{lane.raw}</span>
      </h3>
      <Strip lane={lane} />
      <ul class="fields">
        {shown.map((field) => (
          <Row key={field.bits} field={field} alone={isAlone(field, others)} />
        ))}
      </ul>
      {clear.length > 0 && (
        <details>
          <summary>{clear.length} fields are 0</summary>
          <ul class="fields">
            {clear.map((field) => (
              <Row key={field.bits} field={field} alone={false} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

/** No other lane has a set field of this name, where others have entries. */
function isAlone({ name, of }: Field, others: readonly Entry[]): boolean {
  if (others.length === 0 || of === 'frame') return false;
  return !others.some(({ bits }) =>
    bits.some((bit) => bit.set && (of === 'special' ? bit.of === 'special' : bit.name === name)),
  );
}

function Row({ field, alone }: { readonly field: Field; readonly alone: boolean }) {
  return (
    <li>
      <span class="code number bits-of">{field.bits}</span>
      <span class={`bit-key ${field.of}`} />
      <span class="code name">{field.name === '-' ? 'pfn' : field.name}</span>
      <span class="code number">{field.value}</span>
      <span class="meaning">
        {field.meaning}
        {alone && <strong class="alone">only here</strong>}
      </span>
    </li>
  );
}

/** One box a bit, the highest on the left, byte by byte. */
function Strip({ lane }: { readonly lane: Entry }) {
  const raw = BigInt(`0x${lane.raw || '0'}`);
  const bytes = [];
  for (let top = lane.width - 1; top >= 0; top -= 8) {
    const bits = [];
    for (let bit = top; bit >= Math.max(0, top - 7); bit--) {
      const field = lane.bits.find((f) => bit <= f.top && bit >= f.bottom);
      const on = ((raw >> BigInt(bit)) & 1n) === 1n;
      const title = `bit ${bit}: ${field?.name ?? '-'}${field?.meaning ? `, ${field.meaning}` : ''}`;
      bits.push(
        <span key={bit} class={`one-bit ${field?.of ?? 'unnamed'}${on ? ' set' : ''}`} title={title}>
          {on ? '1' : '0'}
        </span>,
      );
    }
    bytes.push(
      <span key={top} class="byte">
        <span class="top">{top}</span>
        {bits}
      </span>,
    );
  }
  return <div class="strip code">{bytes}</div>;
}

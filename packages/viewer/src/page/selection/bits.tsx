// SPDX-License-Identifier: GPL-2.0-or-later
/** A raw entry as a row of bits, with the names of its fields, and what another lane has otherwise. */
import type { LaneSelection } from '../../protocol.js';

type Field = LaneSelection['bits'][number];

export function Bits({ lane, lanes }: { readonly lane: LaneSelection; readonly lanes: readonly LaneSelection[] }) {
  const others = lanes.filter((other) => other !== lane && other.bits.length > 0);
  const shown = lane.bits.filter(({ set, name, of }) => set && (name !== '-' || of === 'frame'));
  const clear = lane.bits.filter(({ set, name }) => !set && name !== '-');
  return (
    <section class="bits">
      <h3 class="label">
        The entry, bit by bit <span class="code raw">{lane.raw}</span>
      </h3>
      <Strip lane={lane} />
      <table>
        <tbody>
          {shown.map((field) => (
            <Row key={field.bits} field={field} alone={isAlone(field, others)} />
          ))}
        </tbody>
      </table>
      {clear.length > 0 && (
        <details>
          <summary>{clear.length} fields are 0</summary>
          <table>
            <tbody>
              {clear.map((field) => (
                <Row key={field.bits} field={field} alone={false} />
              ))}
            </tbody>
          </table>
        </details>
      )}
    </section>
  );
}

/** No other lane has a set field of this name, where others have entries. */
function isAlone({ name, of }: Field, others: readonly LaneSelection[]): boolean {
  if (others.length === 0 || of === 'frame') return false;
  return !others.some(({ bits }) =>
    bits.some((bit) => bit.set && (of === 'special' ? bit.of === 'special' : bit.name === name)),
  );
}

function Row({ field, alone }: { readonly field: Field; readonly alone: boolean }) {
  return (
    <tr>
      <td class="code number">{field.bits}</td>
      <td>
        <span class={`bit-key ${field.of}${field.set ? ' set' : ''}`} />
        <span class="code">{field.name === '-' ? 'pfn' : field.name}</span>
      </td>
      <td class="code number">{field.value}</td>
      <td class="faint">
        {field.meaning}
        {alone && <strong class="alone"> only here</strong>}
      </td>
    </tr>
  );
}

/** One box a bit, the highest on the left. */
function Strip({ lane }: { readonly lane: LaneSelection }) {
  const raw = BigInt(`0x${lane.raw || '0'}`);
  const words = [];
  for (let top = lane.width - 1; top >= 0; top -= 32) {
    const bits = [];
    for (let bit = top; bit >= Math.max(0, top - 31); bit--) {
      const field = lane.bits.find((f) => bit <= f.top && bit >= f.bottom);
      const on = ((raw >> BigInt(bit)) & 1n) === 1n;
      const title = `bit ${bit}: ${field?.name ?? '-'}${field?.meaning ? `, ${field.meaning}` : ''}`;
      bits.push(
        <span
          key={bit}
          class={`one-bit ${field?.of ?? 'unnamed'}${on ? ' set' : ''}${bit % 8 === 0 ? ' byte' : ''}`}
          title={title}
        >
          {on ? '1' : '0'}
        </span>,
      );
    }
    words.push(
      <div key={top} class="word">
        <span class="number faint">{top}</span>
        {bits}
        <span class="number faint">{Math.max(0, top - 31)}</span>
      </div>,
    );
  }
  return <div class="strip code">{words}</div>;
}

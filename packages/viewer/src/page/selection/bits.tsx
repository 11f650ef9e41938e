// SPDX-License-Identifier: GPL-2.0-or-later
/** A raw entry as a row of bits, with the names of its fields, and what another lane has otherwise. */
import type { LaneSelection } from '../../protocol.js';
import * as store from '../store.js';

/** What is drawn of an entry. */
type Entry = Pick<LaneSelection, 'bits' | 'raw' | 'width'> & { readonly roles?: LaneSelection['roles'] };

type Field = LaneSelection['bits'][number];

export function Bits({ lane, lanes }: { readonly lane: Entry; readonly lanes: readonly Entry[] }) {
  const others = lanes.filter((other) => other !== lane && other.bits.length > 0);
  const set = lane.bits.filter((bit) => bit.set && (bit.name !== '-' || bit.of === 'frame'));
  const alone = new Set(set.filter((field) => isAlone(field, others)));
  const shown = store.switches.value.differs && others.length > 0 ? set.filter((field) => alone.has(field)) : set;
  const clear = store.switches.value.differs ? [] : lane.bits.filter((bit) => !bit.set && bit.name !== '-');
  return (
    <section class="bits">
      <h3 class="label">
        The entry, bit by bit <span class="code raw">{lane.raw}</span>
      </h3>
      <Strip lane={lane} />
      <ul class="fields">
        {shown.map((field) => (
          <Row key={field.bits} field={field} alone={alone.has(field)} />
        ))}
      </ul>
      {shown.length === 0 && <p class="faint">no bit says what another lane's entry does not say too</p>}
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

/**
 * It says what no other lane's entry says, by whatever bit that has for it. A bit of which other architectures have no
 * counterpart cannot be compared, and is nothing that differs.
 */
function isAlone({ name, of, says }: Field, others: readonly Entry[]): boolean {
  if (others.length === 0 || of === 'frame') return false;
  if (says.length > 0) return says.every((said) => !others.some(({ roles }) => isSo(said, roles ?? [])));
  const counterparts = others.flatMap(({ bits }) => bits.filter((bit) => bit.name === name));
  return counterparts.length > 0 && !counterparts.some(({ set }) => set);
}

const isSo = (said: string, roles: readonly string[]): boolean =>
  said.startsWith('!') ? !roles.includes(said.slice(1)) : roles.includes(said);

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

// SPDX-License-Identifier: GPL-2.0-or-later
/** One value of a page table entry, read by any architectures side by side. */
import { useEffect, useState } from 'preact/hooks';
import type { DecodedLane, Problem } from '../protocol.js';
import * as actions from './actions.js';
import { EngineError } from './engine-client.js';
import { Bits } from './selection/bits.js';

/** A page of x86_64, written and special. */
const FIRST = '8000000008000227';

export function Decode() {
  const [value, setValue] = useState(FIRST);
  const [names, setNames] = useState('x86_64,arm64,riscv64');
  const [lanes, setLanes] = useState<readonly DecodedLane[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!open || value.trim() === '') return;
    actions
      .decode(names.split(','), value)
      .then((all) => {
        setLanes(all);
        setProblem(null);
      })
      .catch((error: unknown) => {
        if (!(error instanceof EngineError)) throw error;
        setProblem(error.problem);
      });
  }, [value, names, open]);
  return (
    <details class="decode" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Decode the value of an entry</summary>
      <div class="search">
        <label>
          value{' '}
          <input type="search" class="code" value={value} onInput={(event) => setValue(event.currentTarget.value)} />
        </label>
        <label>
          architectures{' '}
          <input type="search" class="code" value={names} onInput={(event) => setNames(event.currentTarget.value)} />
        </label>
      </div>
      {problem !== null && (
        <p class="bad" role="alert">
          {problem.message}
        </p>
      )}
      <div class="scroll" tabIndex={0} role="group" aria-label="The value on each architecture">
        <div class="columns">
          {lanes.map((lane) => (
            <article key={lane.lane} class="lane">
              <h3 class="lane-name">{lane.lane}</h3>
              <p class="code">{lane.text}</p>
              {lane.bits.length > 0 && <Bits lane={lane} lanes={[]} />}
            </article>
          ))}
        </div>
      </div>
    </details>
  );
}

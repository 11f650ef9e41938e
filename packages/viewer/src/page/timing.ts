// SPDX-License-Identifier: GPL-2.0-or-later
/** How long what somebody wanted took until it was painted: entries of the browser's own timeline, for who measures. */

/** What is measured. */
export type Timed = 'moment' | 'edit';

/** Entries that are kept. */
const KEPT = 2000;
let kept = 0;

/** Called when what was wanted at `start` has been drawn: it is painted with the next frame. */
export function painted(what: Timed, start: number): void {
  requestAnimationFrame(() => {
    // behind the frame's own work
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      if (++kept % KEPT === 0) performance.clearMeasures();
      performance.measure(`specialbit ${what}`, { start });
    };
    channel.port2.postMessage(null);
  });
}

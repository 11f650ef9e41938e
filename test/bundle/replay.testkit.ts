// SPDX-License-Identifier: GPL-2.0-or-later
/** What a page would do with a log; it is bundled, and so must ask nothing of Node. */
import { x86_64 } from '@specialbit/arch-x86';
import { defaultContent, defaultMachine, type LaneOptions } from '@specialbit/core';
import { parseLog } from '@specialbit/events';
import { LaneHistory, loadedLog, worldView } from '@specialbit/view';

/** What each event returned, and the state before the last one, as JSON. */
export function run(text: string): string {
  const log = loadedLog('<log>', parseLog(text));
  const machine = defaultMachine(x86_64);
  const lane: LaneOptions = {
    arch: x86_64,
    machine,
    content: defaultContent(machine),
    files: log.header.files ?? {},
  };
  const history = new LaneHistory('x86_64', lane, log.events);
  const returned = history.returned(1, history.length).map((value) => value.text);
  return JSON.stringify({ returned, state: worldView(history.at(history.length - 1).kernel, history.length - 1) });
}

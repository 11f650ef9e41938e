// SPDX-License-Identifier: GPL-2.0-or-later
/** What a page does with a recording; it is bundled, and so must ask nothing of Node. */
import { architectures as nospecial } from '@specialbit/arch-nospecial';
import { architectures as special } from '@specialbit/arch-special';
import { architectures as x86 } from '@specialbit/arch-x86';
import { laneOf } from '@specialbit/core';
import { findArchitecture } from '@specialbit/core/arch';
import { decodeText, importOptions, importSources, importSummary, type Known } from '@specialbit/decode';
import { formatLog, parseLog } from '@specialbit/events';
import { detectTextFormat, linesOf, parseTrace } from '@specialbit/importers';
import { LaneHistory, loadedLog, PLAIN_COLORS, worldLines, worldView } from '@specialbit/view';
import { decodeLink, EMPTY, encodeLink } from '@specialbit/viewer';

const architectures = [...x86, ...nospecial, ...special];
const known: Known = { architectures, architectureNamed: (name) => findArchitecture(architectures, name)! };

/** A recording as a log, its last state on every architecture, a value on every architecture, and a link: as JSON. */
export async function run(text: string): Promise<string> {
  const lines = linesOf(text);
  const format = detectTextFormat(lines.map((line) => line.text))!;
  const source = {
    ...{ path: 'trace', format, lines: async () => lines },
    records: async (as: 'strace' | 'ftrace' | 'perf') => parseTrace('trace', as, lines),
  };
  const imported = await importSources([source], {}, importOptions(['trace'], {}, known), known);
  const log = [...formatLog(imported.header, imported.events)].join('\n');
  const loaded = loadedLog('trace', parseLog(log));
  const states = architectures.map((arch) => {
    const history = new LaneHistory(arch.name, laneOf(loaded.header, arch), loaded.events);
    return worldLines(worldView(history.at(history.length).kernel, history.length), { color: PLAIN_COLORS });
  });
  const names = architectures.map(({ name }) => name).join(',');
  const decoded = decodeText({ name: 'value', text: '227' }, { arch: names }, known).blocks({ color: PLAIN_COLORS });
  const link = await encodeLink({ ...EMPTY, log });
  const same = (await decodeLink(link)).log === log;
  return JSON.stringify({ format, summary: importSummary(imported, 0), states, decoded, same });
}

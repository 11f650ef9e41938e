// SPDX-License-Identifier: GPL-2.0-or-later
/** Logs for tests of the commands that travel in time. */
import { parseLog } from '@specialbit/events';
import { type LoadedLog, loadedLog } from '@specialbit/view';

/** The copy of a page of device memory that arm takes for the device's own; see examples/s13-cow-linear-rule.jsonl. */
export const LINEAR_RULE = `{"specialbit":1,"title":"The linear rule","arch":["x86_64","arm"],"files":{"mem":"device"}}
{"type":"mmap","label":"map","pages":2,"prot":"rw","file":"mem","flags":"MAP_PRIVATE","call":[{"type":"remap_pfn_range","frame":"D0","pages":2}]}
{"type":"write","at":"map[1]","value":9}
{"type":"set_vm_pgoff","at":"map[1]","pgoff":0,"self":true}
{"type":"munmap","at":"map","pages":2}
{"type":"exit"}
`;

/** Anonymous memory, a fork, a copy, and a read of nothing. No architecture is named. */
export const FORKS = `{"specialbit":1,"title":"Fork and copy"}
{"type":"mmap","label":"heap","pages":4,"prot":"rw"}
{"type":"write","at":"heap","value":1}
{"type":"write","at":"heap[1]","value":2}
{"type":"fork","child":1}
{"type":"write","mm":1,"at":"heap","value":3}
{"type":"exit","mm":1}
{"type":"madvise","at":"heap","pages":4,"advice":"MADV_DONTNEED"}
{"type":"read","at":"0x0"}
`;

export function loadText(text: string, file = 'test.jsonl'): LoadedLog {
  return loadedLog(file, parseLog(text, { file }));
}

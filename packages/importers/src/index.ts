// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Recordings of real kernels (strace, ftrace, perf, /proc) as logs, and checks against what the kernel showed.
 * @module @specialbit/importers
 */

export { checkMaps } from './check/check-maps.js';
export { checkPagemap } from './check/check-pagemap.js';
export { checkSizes, checkVmFlags } from './check/check-smaps.js';
export { type Check, type Difference, formatDifference } from './check/differences.js';
export { type DriverRowCheck, driverRows } from './check/driver-row.js';
export { type ImageCheck, type ReplayCheck, replayChecked } from './check/replay.js';
export { viewVma } from './check/view.js';
export { Converter } from './convert/convert.js';
export type { Origin } from './convert/log-builder.js';
export { archOfMachine, archOfPath } from './convert/machine-of-records.js';
export { isOfALog } from './convert/of-a-log.js';
export { placeSnapshot } from './convert/place-snapshot.js';
export { detectFormat, detectTextFormat, FORMATS, type Format } from './detect.js';
export {
  type Listed,
  type ListedEntry,
  type ListedRange,
  type ListedSpte,
  type Listing,
  readListing,
} from './entries/listed.js';
export { RECORDING_ERRORS, RecordingError } from './errors.js';
export { importParsed, type ParsedTrace } from './import.js';
export type { Imported, ImportOptions, LocalFiles } from './imported.js';
export { type Line, linesOf } from './lines.js';
export { type Parsed, parseTrace, type TraceFormat } from './parse.js';
export { Problems } from './problems.js';
export { parseMaps } from './proc/maps.js';
export { type DumpedEntry, type PteDump, parsePteDump } from './proc/pte-dump.js';
export { parseSmaps } from './proc/smaps.js';
export { parsePacked, parseVmas, type Snapshot } from './proc/snapshot.js';
export { formatVmFlagLetters, parseVmFlagLetters } from './proc/vm-flag-letters.js';
export { recogniseLines } from './recognise.js';
export { bpftraceScript } from './record/bpftrace-script.js';
export { pteScript } from './record/pte-script.js';
export { traceScript } from './record/trace-script.js';
export type { TraceRecord } from './records.js';
export { readReports } from './report/assemble.js';
export { commonRange, kernelVersion, rangeText } from './report/kernel-range.js';
export {
  CALLERS,
  type Caller,
  FORMAT_SIGNS,
  PAGE_TYPES,
} from './report/kernels.js';
export { certainMachine, configurationOf, flagMachine, guessMachine } from './report/machine.js';
export type {
  BadCounter,
  BadPageMap,
  BadPageState,
  Complaint,
  DumpedPage,
  KernelReport,
  PageDump,
  Warning,
} from './report/report.js';
export type { Machine } from './report/signs.js';

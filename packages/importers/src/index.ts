// SPDX-License-Identifier: GPL-2.0-or-later
export { checkMaps } from './check/check-maps.js';
export { checkPagemap, type PagemapCheck } from './check/check-pagemap.js';
export { checkSizes, checkVmas, checkVmFlags } from './check/check-smaps.js';
export { type Check, type Difference, formatDifference } from './check/differences.js';
export { type DriverRowCheck, driverRows, type MappingFacts } from './check/driver-row.js';
export { countPages, type PageCount } from './check/pages.js';
export { checkImage, type ImageCheck, type ReplayCheck, replayChecked } from './check/replay.js';
export { nameClass, type VmaView, viewVma } from './check/view.js';
export { Converter } from './convert/convert.js';
export { DRIVERS, type DriverRow } from './convert/drivers.js';
export { type ExecImage, imageOfElf, imageOfSnapshot } from './convert/exec-image.js';
export type { Followed } from './convert/follow.js';
export type { ConvertOptions, Origin } from './convert/log-builder.js';
export { archOfPath } from './convert/machine-of-records.js';
export { inOrder, mergeRecords } from './convert/merge.js';
export { placeSnapshot } from './convert/place-snapshot.js';
export { detectFileFormat, detectFormat, FORMATS, type Format } from './detect.js';
export {
  type Checkpoint,
  type Imported,
  type ImportOptions,
  importRecording,
  importTraces,
  type RecordingOptions,
} from './import.js';
export { type Line, linesOf, readLineBatches } from './lines.js';
export {
  type Parsed,
  readKernelLog,
  readMaps,
  readPacked,
  readPagemap,
  readSmaps,
  readTrace,
  readVmas,
  type TraceFormat,
  traceParser,
  traceRecords,
} from './parse.js';
export { type Problem, Problems } from './problems.js';
export { type MapsEntry, parseMaps } from './proc/maps.js';
export { parseSmaps, type SmapsEntry } from './proc/smaps.js';
export type { MmFields, PageEntry, Snapshot, VmaFields } from './proc/snapshot.js';
export { parsePacked, parsePagemap, parseVmas } from './proc/snapshot.js';
export { formatVmFlagLetters, parseVmFlagLetters } from './proc/vm-flag-letters.js';
export { type Recognised, recogniseLines } from './recognise.js';
export { bpftraceScript } from './record/bpftrace-script.js';
export { PROBES, type Probe, type ProbeArgument, probesOf } from './record/probes.js';
export { fprobeDefinition, kprobeDefinition, traceScript } from './record/trace-script.js';
export { openRecording, type ProcessImage, type Recording, type SnapshotMark } from './recording.js';
export type { Call, Fd, LineParser, SyscallRecord, TraceRecord } from './records.js';
export { readReports } from './report/assemble.js';
export {
  commonRange,
  type KernelRange,
  kernelVersion,
  rangeText,
} from './report/kernel-range.js';
export {
  CALLERS,
  type Caller,
  FORMAT_SIGNS,
  inKernel,
  PAGE_TYPES,
  VM_FLAG_BITS,
  vmFlagNames,
} from './report/kernels.js';
export {
  type Configuration,
  certainMachine,
  configurationOf,
  guessMachine,
  type MachineGuess,
} from './report/machine.js';
export type {
  BadCounter,
  BadPageMap,
  BadPageState,
  Complaint,
  DumpedPage,
  EntryLevel,
  Frame,
  KernelReport,
  PageDump,
  Warning,
} from './report/report.js';
export type { Machine } from './report/signs.js';

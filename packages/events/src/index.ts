// SPDX-License-Identifier: GPL-2.0-or-later
export { type CacheOptions, type OpenedLog, openLogCached } from './cache/open-log-cached.js';
export { packLog } from './cache/pack-log.js';
export { PackedLog } from './cache/packed-log.js';
export { decodeEvent, EVENT_CODECS, encodeEvent } from './codecs/event.js';
export type { Json, JsonCodec, JsonObject } from './codecs/failure.js';
export { decodeHeader, encodeHeader, FORMAT_VERSION, logHeader } from './codecs/header.js';
export { formatPlace } from './codecs/place.js';
export { UPCASTERS, type Upcaster } from './codecs/version.js';
export { LOG_ERRORS, type LogErrorCode } from './errors/catalogue.js';
export { LogError, type LogErrorDetails, type Where } from './errors/log-error.js';
export { nearest } from './errors/nearest.js';
export {
  ADVICE_NAMES,
  formatMapFlags,
  formatProt,
  MAP_FLAGS,
  MREMAP_FLAGS,
  PROT_FLAGS,
  parseMapFlags,
  parseProt,
} from './names/mman.js';
export { formatVmFlags, parseVmFlags, VM_FLAG_ALIASES, VM_FLAGS, type VmFlagName } from './names/vm-flags.js';
export type { DiagnosticItem, EventItem, HeaderItem, LogItem, ReadOptions } from './read/item.js';
export { log$ } from './read/log-observable.js';
export { type Log, loadLog, parseLog, readLog, readLogBatches } from './read/read-log.js';
export type { LogSource } from './read/source.js';
export type {
  Access,
  AccessProcessVm,
  Advice,
  Brk,
  ClearPte,
  DriverCall,
  DriverOps,
  EventType,
  Execve,
  Exit,
  FaultHandler,
  FileSpec,
  FollowPfnmap,
  Fork,
  FrameRef,
  Gup,
  InsertMixed,
  InsertPage,
  InsertPfn,
  LogEvent,
  LogHeader,
  MachineSpec,
  Madvise,
  MapFlags,
  MapVma,
  Mlock,
  Mmap,
  MmapEnd,
  Mprotect,
  Mremap,
  Munmap,
  PageRef,
  PfnT,
  Place,
  Prot,
  Remap,
  SetPgoff,
  SetPte,
  Truncate,
  UnmapMappingRange,
  Unpin,
  VmaModifyFlags,
  VmFlags,
  VmFlagsMod,
  ZapVmaPtes,
} from './types.js';

export { formatEvent, formatHeader, formatLog } from './write/format.js';
export { type WriteOptions, writeLog } from './write/write-log.js';

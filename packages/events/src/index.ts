// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The vocabulary of logs, for any host: files, streams and caches are in `@specialbit/events/node`.
 * @module @specialbit/events
 */

export { decodeEvent, EVENT_MEMBERS, EVENT_TYPES, EVENT_WORDS, encodeEvent } from './codecs/event.js';
export type { Json } from './codecs/failure.js';
export { decodeHeader, encodeHeader } from './codecs/header.js';
export { SETTING_NAMES, SETTING_WORDS } from './codecs/thp.js';
export { API_ERRORS, LOG_ERRORS, type LogErrorCode } from './errors/catalogue.js';
export {
  CodedError,
  codeOf,
  type ErrorCatalogue,
  type ErrorEntry,
  InternalError,
  OutOfRange,
} from './errors/coded-error.js';
export { LogError, type Where } from './errors/log-error.js';
export { nearest, suggestion } from './errors/nearest.js';
export { formatEvent, formatHeader, formatLog } from './format.js';
export { lookup } from './lookup.js';
export { FRAME_INSERTS, HUGE_INSERTS, INSERTING_CALLS, PAGE_INSERTS } from './names/inserting-calls.js';
export { compareVersions, inKernel, type KernelRange } from './names/kernel-range.js';
export { MAP_FLAGS, MREMAP_FLAGS, PROT_FLAGS, parseProt } from './names/mman.js';
export { selects } from './names/selector.js';
export { isStatement } from './names/statement.js';
export {
  type FlagMachine,
  hasVmaBits,
  kernelVmFlags,
  logFlagNames,
  logVmFlags,
  VM_FLAG_BITS,
  type VmFlagBit,
  vmFlagNames,
  vmFlagsOf,
} from './names/vm-flag-bits.js';
export { formatVmFlags, VM_FLAGS, vmaBitName } from './names/vm-flags.js';
export { packLog } from './packed/pack-log.js';
export type { PackedLog } from './packed/packed-log.js';
export { parsePacked } from './packed/parse-packed.js';
export type { LogItem, ReadOptions } from './read/item.js';
export { type Log, parseLog } from './read/parse-log.js';
export type {
  Access,
  Advice,
  BlockSpec,
  DmaMmap,
  DriverCall,
  DriverOps,
  EventType,
  Execve,
  Exit,
  Expect,
  FaultHandler,
  FileSpec,
  Fork,
  FrameRef,
  HeldLock,
  LogEvent,
  LogHeader,
  MachineSpec,
  MapVma,
  MemoryType,
  Mmap,
  PageType,
  PfnT,
  Place,
  RawEntry,
  Remap,
  RemapVmalloc,
  Statement,
  VmFlags,
} from './types.js';

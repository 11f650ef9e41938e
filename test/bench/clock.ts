// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Processor time: what others do on the machine counts little in it, in wall time it counts in full. Of this thread
 * where node tells it (process.threadCpuUsage, node 23.9), else of the whole process, its collector's and its
 * compiler's threads included.
 */
type Usage = (previous?: undefined) => NodeJS.CpuUsage;

const ofThread = (process as { readonly threadCpuUsage?: Usage }).threadCpuUsage;
const usage: Usage = (ofThread ?? process.cpuUsage).bind(process);

/** Whose processor time `processorTime` is: figures of one are not to be compared with figures of the other. */
export const CLOCK: 'thread' | 'process' = ofThread === undefined ? 'process' : 'thread';

/** Microseconds that were spent so far, in user and in kernel mode. Exact to one: the kernel settles it when asked. */
export function processorTime(): number {
  const { user, system } = usage();
  return user + system;
}

/** The same in the form of `process.hrtime`: seconds and nanoseconds, or what went by since an earlier answer. */
export function processorHrtime(since: readonly [number, number] = [0, 0]): [number, number] {
  const passed = processorTime() - (since[0] * 1e6 + since[1] / 1e3);
  const seconds = Math.floor(passed / 1e6);
  return [seconds, Math.round((passed - seconds * 1e6) * 1e3)];
}

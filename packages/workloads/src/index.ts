// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Generators of long logs, from a seed.
 * @module @specialbit/workloads
 */

export { WORKLOAD_ERRORS } from './errors.js';
export { WIDE_PAGES } from './wide.js';
export { WORKLOADS, type Workload, type WorkloadName, type WorkloadOptions, workload } from './workload.js';

// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Sweeps on many hosts: their jobs on BullMQ and Redis. Optional: `specialbit sweep --queue` and `specialbit worker` load
 * it when they are asked to.
 * @module @specialbit/queue
 */

export { type RedisAddress, redisAddress } from './address.js';
export type { Work } from './names.js';
export { QueueWorker, type QueueWorkerOptions } from './queue-worker.js';
export { SweepQueue, type SweepQueueOptions } from './sweep-queue.js';

// SPDX-License-Identifier: GPL-2.0-or-later
/** What a proof names its log by. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** SHA-256 of the bytes of a file. */
export const hashOfLog = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

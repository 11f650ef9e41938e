// SPDX-License-Identifier: GPL-2.0-or-later
/** Writes the API reports anew (`npm run api`). */
import { fileURLToPath } from 'node:url';
import { updateReports } from './reports.js';

const changed = updateReports(fileURLToPath(new URL('../../..', import.meta.url)));
for (const line of changed) console.log(line);
console.log(changed.length === 0 ? 'the API reports are as they were' : 'commit what changed in api/');

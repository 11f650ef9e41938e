// SPDX-License-Identifier: GPL-2.0-or-later
/** The commands that travel in time, in the order of the help. */
import { register as registerBlame } from '../blame/command.js';
import { register as registerDiff } from '../diff/command.js';
import { register as registerExport } from '../export/command.js';
import { register as registerStep } from '../step/command.js';

export const timeCommands = [registerStep, registerDiff, registerBlame, registerExport] as const;

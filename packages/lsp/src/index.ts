// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A language server for logs.
 * @module @specialbit/lsp
 */

export { EVENT_AT, initialized, type ServerOptions, serve } from './server.js';

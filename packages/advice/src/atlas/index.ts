// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `@specialbit/advice/atlas`: what every kind of mapping does, and a page for each function. A part of its own, since no advice
 * needs its facts.
 * @module @specialbit/advice/atlas
 */

export type { AtlasChapter, AtlasLanes } from './atlas.js';
export type { Page } from './doc.js';
export type { FunctionFact, FunctionFacts } from './function-fact.js';
export { FUNCTION_FACTS } from './function-facts.js';
export { type SiteFile, siteFiles } from './html.js';
export { type LinkMaker, markdownPage } from './markdown.js';
export { migrationText } from './migration.js';
export { ATLAS_PAGES, type Atlas, makeAtlas } from './pages.js';
export { type Backing, PROSE } from './prose.js';
export { rstDocument } from './rst.js';

// SPDX-License-Identifier: GPL-2.0-or-later
/** The session in docs/mcp.md: what stands there is what is answered. UPDATE_DOCS=1 writes it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../cli/specialbit.testkit.js';
import { servedHere } from './client.testkit.js';

const file = join(root, 'docs/mcp.md');
const EXCHANGE = /^```json\n(\{ "name"[\s\S]*?)^```\n\n```text\n([\s\S]*?)^```\n/gm;

test('The session of the document', async () => {
  const { call } = await servedHere();
  let text = readFileSync(file, 'utf8');
  const exchanges = [...text.matchAll(EXCHANGE)];
  expect(exchanges.length).toBe(3);
  for (const [whole, request, expected] of exchanges) {
    const { name, arguments: given } = JSON.parse(request!) as { name: string; arguments: Record<string, unknown> };
    const answer = await call(name, given);
    if (process.env.UPDATE_DOCS === '1')
      text = text.replace(whole, () => `\`\`\`json\n${request}\`\`\`\n\n\`\`\`text\n${answer.text}\n\`\`\`\n`);
    else expect(`${answer.text}\n`).toBe(expected);
  }
  if (process.env.UPDATE_DOCS === '1') writeFileSync(file, text);
});

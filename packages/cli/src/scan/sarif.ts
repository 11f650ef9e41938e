// SPDX-License-Identifier: GPL-2.0-or-later
/** Findings as SARIF 2.1.0, which code hosts show at their lines. */
import { type Finding, RULES } from '@specialbit/scan';
import { lanesText } from './text.js';

export function sarifOf(findings: readonly Finding[], version: string): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'specialbit',
            version,
            rules: RULES.map(({ name, words, remedy, severity }) => ({
              id: name,
              shortDescription: { text: words },
              help: { text: remedy },
              defaultConfiguration: { level: severity },
            })),
          },
        },
        results: findings.map((finding) => ({
          ruleId: finding.rule.name,
          level: finding.rule.severity,
          message: { text: `${finding.does}: ${finding.rule.words}; ${lanesText(finding)}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: finding.place.file.replaceAll('\\', '/') },
                region: { startLine: finding.place.line },
              },
            },
          ],
          properties: { of: finding.of, lanes: finding.harmed },
        })),
      },
    ],
  };
}

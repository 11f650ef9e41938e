// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Writes the extension for VS Code: `node scripts/vsix.mjs [FILE]`, by default editors/vscode/specialbit.vsix. A vsix is a zip with
 * a manifest (Open Packaging Conventions); the same sources make the same bytes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { zipSync } from 'fflate';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'editors/vscode');
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

const { outputFiles } = await build({
  entryPoints: [join(folder, 'src/extension.ts')],
  bundle: true,
  write: false,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  external: ['vscode'],
  minify: true,
  legalComments: 'eof',
  logLevel: 'warning',
});

/** What an installed extension has of its own: nothing that only building it needs. */
const { devDependencies: _, private: __, ...installed } = manifest;
const escaped = (text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
const asset = (type, path) =>
  `    <Asset Type="Microsoft.VisualStudio.${type}" Path="extension/${path}" Addressable="true"/>`;
const { name, version, publisher, displayName, description, engines, keywords, categories, icon } = manifest;

const vsixmanifest = `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011" xmlns:d="http://schemas.microsoft.com/developer/vsx-schema-design/2011">
  <Metadata>
    <Identity Language="en-US" Id="${name}" Version="${version}" Publisher="${publisher}"/>
    <DisplayName>${escaped(displayName)}</DisplayName>
    <Description xml:space="preserve">${escaped(description)}</Description>
    <Tags>${[...keywords, name].join(',')}</Tags>
    <Categories>${categories.join(',')}</Categories>
    <GalleryFlags>Public</GalleryFlags>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value="${engines.vscode}"/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionDependencies" Value=""/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionPack" Value=""/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="workspace"/>
      <Property Id="Microsoft.VisualStudio.Services.Links.Source" Value="${manifest.repository.url}"/>
    </Properties>
    <License>extension/LICENSE.txt</License>
    <Icon>extension/${icon}</Icon>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code"/>
  </Installation>
  <Dependencies/>
  <Assets>
${[asset('Code.Manifest', 'package.json'), asset('Services.Content.Details', 'README.md'), asset('Services.Content.License', 'LICENSE.txt'), asset('Services.Icons.Default', icon)].join('\n')}
  </Assets>
</PackageManifest>
`;

const types = {
  json: 'application/json',
  js: 'application/javascript',
  md: 'text/markdown',
  png: 'image/png',
  txt: 'text/plain',
  vsixmanifest: 'text/xml',
};
const contentTypes = `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">${Object.entries(types)
  .map(([extension, type]) => `<Default Extension=".${extension}" ContentType="${type}"/>`)
  .join('')}</Types>
`;

const text = (value) => new TextEncoder().encode(value);
const files = {
  '[Content_Types].xml': text(contentTypes),
  'extension.vsixmanifest': text(vsixmanifest),
  'extension/package.json': text(`${JSON.stringify(installed, null, 2)}\n`),
  'extension/LICENSE.txt': readFileSync(join(root, 'LICENSE')),
  'extension/dist/extension.js': outputFiles[0].contents,
};
for (const path of ['README.md', 'language-configuration.json', 'syntaxes/specialbit.tmLanguage.json', icon]) {
  files[`extension/${path}`] = readFileSync(join(folder, path));
}
const out = process.argv[2] ?? join(folder, 'specialbit.vsix');
const bytes = zipSync(files, { level: 9, mtime: new Date('2026-01-01T00:00:00Z') });
writeFileSync(out, bytes);
console.log(`${out}: ${bytes.length} bytes`);

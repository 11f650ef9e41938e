// SPDX-License-Identifier: GPL-2.0-or-later
/** The log as text, to be changed: what is seen follows with every keystroke. */
import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Editor, EditorOptions } from '../editor/editor.js';
import * as actions from './actions.js';
import { packedIn, scriptUrl, unpacked } from './engine-client.js';
import * as store from './store.js';
import { visible } from './visible.js';

type EditorModule = { readonly createEditor: (parent: HTMLElement, options: EditorOptions) => Editor };

/** The editor's script: within a file that has everything in it, or beside the page. */
async function loadEditor(): Promise<EditorModule> {
  const packed = packedIn('editor');
  const url = packed === null ? new URL('editor.js', document.baseURI).href : scriptUrl(await unpacked(packed));
  return (await import(/* @vite-ignore */ url)) as EditorModule;
}

export function Edit() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let editor: Editor | undefined;
    let gone = false;
    const stop: (() => void)[] = [];
    void loadEditor().then(({ createEditor }) => {
      if (gone || box.current === null) return;
      editor = createEditor(box.current, {
        text: store.logText.value,
        onChange: (text) => void actions.edit(text),
        onLine: (line) => actions.goToLine(line),
        words: actions.words,
        did: actions.did,
      });
      const made = editor;
      stop.push(
        effect(() => {
          made.setProblems(store.problems.value.map((one) => ({ ...one, message: visible(one.message) })));
        }),
        effect(() => made.setLine(store.moment.value?.event?.line ?? 0)),
        // another log came: from the file, or by Back
        effect(() => made.setText(store.logText.value)),
      );
      // where a link has it on, nobody has asked for the keyboard
      if (store.writing.peek()) made.focus();
    });
    return () => {
      gone = true;
      for (const end of stop) end();
      editor?.destroy();
    };
  }, []);
  return (
    <section class="edit">
      <h2 class="label">
        The log
        {store.fileLog.value !== null && store.fileLog.value !== store.logText.value && (
          <span> as it is edited here; {store.file.value || 'its file'} stays as it is</span>
        )}
      </h2>
      <div class="editor" ref={box} />
    </section>
  );
}

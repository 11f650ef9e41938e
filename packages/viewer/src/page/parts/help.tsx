// SPDX-License-Identifier: GPL-2.0-or-later
import { KEYS } from '../key-help.js';
import { Dialog } from './dialog.js';

export function Help() {
  return (
    <Dialog title="Keys">
      <dl class="keys">
        {KEYS.map(({ keys, text }) => (
          <div key={keys}>
            <dt>
              {keys.split('  ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

// SPDX-License-Identifier: GPL-2.0-or-later
/** What acted in an event at which lanes part. */
import type { DriverCall, FrameRef, LogEvent, PfnT } from '@specialbit/events';
import type { Draft } from './draft.js';
import type { Lane } from './lane.js';
import type { Scene } from './scene.js';

/** The call that acted. */
export interface Acting {
  /** A kernel function, or what the event does. */
  readonly api: string;
  /** The frame that it names. */
  readonly frame?: FrameRef | undefined;
  /** What vmf_insert_mixed was given. */
  readonly pfn_t?: PfnT | undefined;
}

/** An event at which lanes part, as its words are looked for. */
export interface Case extends Acting {
  readonly scene: Scene;
  readonly event: LogEvent;
  readonly drafts: readonly Draft[];
}

export const MIXED = new Set(['vmf_insert_mixed', 'vmf_insert_mixed_mkwrite']);

/** The driver's call behind an event: its own, that of its ->mmap, or that of the fault handler it runs into. */
export function actingCall(scene: Scene, event: LogEvent): Acting {
  if ((event.type === 'mmap' || event.type === 'mmap.begin') && event.call !== undefined) {
    const calls = event.call.filter((call: DriverCall) => 'frame' in call && call.frame !== undefined);
    const call = calls.find(({ type }) => MIXED.has(type)) ?? calls[calls.length - 1];
    if (call !== undefined) return frameCall(call);
  }
  if ('frame' in event && event.frame !== undefined) return frameCall(event);
  if (
    'at' in event &&
    'mm' in event &&
    event.at !== undefined &&
    scene.lanes.some((l) => (l.outcome?.calls[0] ?? 0) > 0)
  ) {
    for (const lane of scene.lanes) {
      const vpn = lane.vpnOf(event.mm, event.at);
      const fault = vpn < 0 ? undefined : lane.vmaAt(event.mm, vpn)?.vm_ops?.driver?.fault;
      if (fault !== undefined) return { api: fault.do === 'page' ? 'fault' : fault.do, frame: fault.frame };
    }
  }
  return { api: event.type === 'access' ? event.op : event.type };
}

function frameCall(call: DriverCall | LogEvent): Acting {
  return {
    api: call.type,
    frame: 'frame' in call ? call.frame : undefined,
    pfn_t: 'pfn_t' in call ? call.pfn_t : undefined,
  };
}

/** `arm, m68k` */
export const named = (lanes: readonly Lane[]): string => lanes.map((lane) => lane.name).join(', ');

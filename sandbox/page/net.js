// Requests to the server of the page.

import { here } from "./state.js";

async function get(path, query = {}) {
  const answer = await fetch(`${path}?${new URLSearchParams(query)}`);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

async function post(path, body) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.status === 204 ? null : answer.json();
}

export const people = () => get("/people");
export const log = () => get("/log");
export const commands = () => get("/commands", here());
export const inject = (fault) => post("/faults", fault);

/** What has changed where we look since the view before; everything, without one. */
export function view(place, since) {
  return get("/view", since === null ? place : { ...place, since });
}

/** Sets what the server cleans up when this page's scenario ends. */
export const cleanUp = (what) => post("/scenario/cleanup", what);

/**
 * Begins a scenario, which lasts until the signal aborts this request or the page goes. `lost` is
 * called when the sandbox ends it.
 */
export async function lease(signal, lost) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch("/scenario", { method: "POST", headers, body: "null", signal });
  if (answer.status === 409) throw new Error("Another one is being played, perhaps in another tab.");
  if (!answer.ok) throw new Error(`/scenario: ${answer.status}`);
  const reader = answer.body.getReader();
  const read = () => reader.read().then(({ done }) => (done ? lost() : read()));
  read().catch(() => signal.aborted || lost());
}

/** Performs an action as our person, in our channel. */
export async function act(what, place = here()) {
  try {
    return await post("/action", { ...place, ...what });
  } catch {
    return { is: "refused", why: "the demo doesn't answer" };
  }
}

/** Calls `changed` whenever something has changed, and `connected` with whether the connection is open. */
export function listen(changed, connected) {
  const events = new EventSource("/events");
  events.onopen = () => connected(true);
  events.onmessage = changed;
  events.onerror = () => connected(false);
}

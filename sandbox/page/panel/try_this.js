// The list of scenarios, and the one that is being played.

import { Actor } from "./actor.js";
import { byId, element } from "../dom.js";
import * as drawers from "../drawers.js";
import { cleanUp, lease } from "../net.js";
import { playable } from "./scenarios.js";

/** The address before a scenario; it survives a reload of the page. */
const BEFORE = "before-scenario";
/** The controls that only the actor uses while a scenario runs. */
const CONTROLS = ["sidebar", "composer", "fault-controls"];

/** The button of the latest scenario. */
let last = null;
/** What stops the scenario that this page plays. */
let stop = null;
/** Whether the sandbox says that one is played, by this page or another. */
let running = false;
let bot = { runs: false, connected: false };
/** The number of running songs. */
let underWay = 0;

/** Draws the list. */
export function start() {
  byId("try-this").replaceChildren(...playable().map((scenario) => element("li", {},
    element("button", { type: "button", class: "scenario", "data-scenario": scenario.id, onclick: ({ currentTarget }) => play(scenario, currentTarget) },
      element("span", { class: "scenario-title" }, "▶ ", scenario.title),
      element("span", { class: "scenario-what" }, scenario.what)))));
  byId("try-section").hidden = playable().length === 0;
  byId("scenario-stop").addEventListener("click", () => {
    if (stop) {
      stop.abort();
      return;
    }
    byId("scenario").hidden = true;
    last?.focus();
  });
}

/** Goes back to where one was when a page that played a scenario was reloaded. */
export function goBack() {
  const before = sessionStorage.getItem(BEFORE);
  sessionStorage.removeItem(BEFORE);
  if (before !== null) location.hash = before;
}

/** Shows whether one is played, in whatever tab. */
export function show(view) {
  running = view.scenario;
  bot = view.bot;
  underWay = view.under_way;
  for (const button of byId("try-this").querySelectorAll("button")) button.disabled = running;
}

async function play(scenario, button) {
  if (stop || running) return;
  last = button;
  const playing = stop = new AbortController();
  sessionStorage.setItem(BEFORE, location.hash);
  banner(scenario.title, "Everything is being prepared…", "Stop");
  setInert(true);
  drawers.close();
  byId("scenario-stop").focus();
  const lost = () => playing.abort(new Error("The demo doesn't answer any more."));
  let end = scenario.end;
  let actor = null;
  let leased = false;
  try {
    await lease(playing.signal, lost);
    leased = true;
    await cleanUp({ prompts: scenario.prompts, actions: [] });
    actor = new Actor(playing.signal, say, scenario.prompts);
    await prepare(actor, scenario);
    await scenario.play(actor, scenario.prompts);
  } catch (error) {
    end = playing.signal.aborted && error.name === "AbortError" ? "Stopped." : error.message;
  }
  actor?.leave();
  playing.abort();
  say(`${end} Everything is being put back…`);
  if (leased) await restored();
  setInert(false);
  goBack();
  stop = null;
  banner(scenario.title, `${end} Faults and bot are as they were before.`, "Close");
}

/** Begins without faults and with a bot that runs. */
async function prepare(actor, { needsBot }) {
  if (!bot.runs && bot.connected && needsBot) throw new Error("This needs the demo's own bot. Start it first.");
  if (!bot.connected && !bot.runs) await actor.press("start_bot", "First the bot is started.");
  await actor.waitForBot("online");
  for (const [group, value] of [["whisul", "fine"], ["discord", "fine"], ["songs", "usual"]]) await actor.ensure(group, value);
  if (underWay === 0) return;
  // One song at a time: the scenario's own would have to wait for them.
  await actor.press("finish_songs", "First the songs under way are finished.");
  await actor.waitFor("The songs under way are finished", () => underWay === 0, 2000);
}

/** Waits until the server has restored everything, or has ended. */
async function restored() {
  const deadline = performance.now() + 40_000;
  while (running && performance.now() < deadline) await new Promise((wake) => setTimeout(wake, 50));
}

function setInert(inert) {
  for (const id of CONTROLS) byId(id).inert = inert;
}

function say(sentence) {
  byId("scenario-step").textContent = sentence;
}

function banner(title, sentence, button) {
  byId("scenario-title").textContent = title;
  byId("scenario-stop").textContent = button;
  byId("scenario").hidden = false;
  say(sentence);
}

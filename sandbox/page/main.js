// Puts the page together.

import * as channel from "./channel.js";
import * as composer from "./composer.js";
import { byId } from "./dom.js";
import * as drawers from "./drawers.js";
import * as log from "./log.js";
import * as net from "./net.js";
import * as sidebar from "./sidebar.js";
import * as state from "./state.js";
import * as theme from "./theme.js";
import * as time from "./time.js";
import * as weather from "./weather.js";

/** The moment of the latest view of this place. */
let since = null;
let looking = false;
let again = false;

/** Asks what has changed and draws it; one look at a time. */
async function look() {
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  const place = state.here();
  try {
    const view = await net.view(place, since);
    const { person, channel: open } = state.here();
    if (person === place.person && open === place.channel) {
      since = view.now;
      channel.update(view);
      sidebar.draw(view.latest);
      weather.show(view.weather, view.bot);
    } else {
      again = true;
    }
  } catch {
    // The event stream notices as well, and says so.
  }
  looking = false;
  log.update();
  if (again) {
    again = false;
    look();
  }
}

/** Turns to another place, or becomes somebody else. */
function turn() {
  since = null;
  channel.clear();
  composer.turn();
  sidebar.draw();
  drawers.close();
  look();
}

/** Says whether the demo answers; a demo that was started anew is another one. */
async function connected(stands) {
  byId("connection").hidden = stands;
  if (!stands) return;
  const people = await net.people();
  if (people.opened !== state.opened()) location.reload();
}

theme.start();
state.set(await net.people());
drawers.start();
channel.start();
weather.open();
composer.start();
time.count();
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  composer.focus();
});
addEventListener("hashchange", turn);
turn();
net.listen(look, connected);

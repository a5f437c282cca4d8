// Puts the page together.

import * as channel from "./messages/channel.js";
import * as composer from "./composer/composer.js";
import { byId } from "./dom.js";
import * as drawers from "./drawers.js";
import * as end from "./messages/end.js";
import * as log from "./panel/log.js";
import * as net from "./net.js";
import * as presence from "./panel/presence.js";
import * as sidebar from "./sidebar.js";
import * as state from "./state.js";
import * as theme from "./theme.js";
import * as time from "./messages/time.js";
import * as tryThis from "./panel/try_this.js";
import * as faultControls from "./panel/fault_controls.js";

/** The moment of the latest view of this place. */
let since = null;
/** Where we looked last, and the message that we still have to go to. */
let shown = null;
let wanted = null;
let looking = false;
let again = false;

/** Requests what has changed and draws it, one request at a time. */
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
      faultControls.show(view.faults, view.bot);
      presence.show(view.bot);
      tryThis.show(view);
      jump();
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

/** Goes to the message that somebody followed a link to. */
function jump() {
  if (wanted && !channel.jump(wanted)) channel.notice("That message isn't here any more.");
  wanted = null;
}

/** Switches the channel or the person, or goes to a message. */
function turn() {
  wanted = state.takeMessage();
  const { person, channel: open } = state.here();
  const place = state.address(person, open);
  drawers.close();
  if (place === shown) {
    if (since !== null) jump();
    return;
  }
  shown = place;
  since = null;
  channel.clear();
  composer.turn();
  sidebar.draw();
  sidebar.title();
  look();
}

/** Shows whether the demo answers. A restarted demo is another one. */
async function connected(stands) {
  byId("connection").hidden = stands;
  if (!stands) return;
  const people = await net.people();
  if (people.opened !== state.opened()) location.reload();
}

theme.start();
state.set(await net.people());
drawers.start();
end.start();
sidebar.start();
faultControls.open();
tryThis.start();
tryThis.goBack();
composer.start();
time.count();
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  composer.focus();
});
addEventListener("hashchange", turn);
turn();
net.listen(look, connected);

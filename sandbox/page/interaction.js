// What comes of an interaction at once.

import { openModal } from "./modal.js";

/** Shows the form that was the answer; `failed` hears in a sentence that nothing came. */
export function follow(outcome, failed) {
  if (outcome.is === "modal") openModal(outcome);
  if (outcome.is === "refused") failed(sentence(outcome.why));
}

/** A refusal as Discord's client puts it. */
function sentence(why) {
  return why === "the application did not respond" ? "The application did not respond" : `Not possible: ${why}.`;
}

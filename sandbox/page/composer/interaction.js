// The direct result of an interaction.

import { openModal } from "./modal.js";

/** Shows the form that was the answer; `failed` receives a sentence if there was none. */
export function follow(outcome, failed) {
  if (outcome.is === "modal") openModal(outcome);
  if (outcome.is === "refused") failed(sentence(outcome.why));
}

/** A refusal as Discord's client puts it. */
function sentence(why) {
  return why === "the application did not respond" ? "The application did not respond" : `Not possible: ${why}.`;
}

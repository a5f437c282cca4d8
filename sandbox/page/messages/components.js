// Buttons and menus below a message
// (https://docs.discord.com/developers/components/reference).

import { element, link } from "../dom.js";
import { follow } from "../composer/interaction.js";
import { act } from "../net.js";

const BUTTON = 2;
const TEXT_MENU = 3;
const STYLES = [undefined, "primary", "secondary", "success", "danger", "link"];

/** The rows of a message. */
export function rows(view) {
  return view.message.components.map((row) =>
    element("div", { class: "row" }, (row.components ?? []).map((component) => draw(view, component))));
}

function draw(view, component) {
  if (component.type === BUTTON) return button(view, component);
  if (component.type === TEXT_MENU) return menu(view, component);
  return element("em", {}, "A component that this page doesn't draw.");
}

function button(view, { style, label, emoji, custom_id, url, disabled }) {
  const text = [emoji?.name && element("span", { "aria-hidden": "true" }, emoji.name), label];
  if (url) {
    const made = link(url, text);
    if (made.target) made.append(element("span", { "aria-hidden": "true", class: "out" }, "↗"));
    made.classList.add("button", "link");
    return made;
  }
  const press = async (event) => {
    const pressed = event.currentTarget;
    if (pressed.getAttribute("aria-busy")) return;
    pressed.setAttribute("aria-busy", "true");
    follow(await act({ do: "click", message: view.message.id, custom_id }), (why) => view.fail(why));
    pressed.removeAttribute("aria-busy");
  };
  return element("button", { type: "button", class: `button ${STYLES[style]}`, disabled, onclick: press }, text);
}

function menu(view, { custom_id, placeholder, options, disabled, max_values: most = 1 }) {
  const chosen = options.filter((option) => option.default);
  const pick = async (event) => {
    const values = [...event.currentTarget.selectedOptions].map(({ value }) => value).filter(Boolean);
    follow(await act({ do: "pick", message: view.message.id, custom_id, values }), (why) => view.fail(why));
  };
  return element("select", { class: "menu", disabled, multiple: most > 1, onchange: pick, "aria-label": placeholder ?? "Choose" },
    most === 1 && element("option", { value: "", disabled: true, selected: chosen.length === 0 }, placeholder ?? "Make a selection"),
    options.map((option) => element("option", { value: option.value, selected: option.default },
      option.description ? `${option.label} – ${option.description}` : option.label)));
}

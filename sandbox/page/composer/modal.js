// The forms that the bot shows.

import { element } from "../dom.js";
import { act } from "../net.js";
import { bot, here } from "../state.js";

/** Opens a form. */
export function openModal({ interaction, title, texts, fields }) {
  // Wherever one looks when it is sent: it belongs to where it was opened.
  const place = here();
  const inputs = fields.map((field) => (field.kind === "text" || field.kind === "ids" ? input(field) : choice(field)));
  const problem = element("p", { class: "modal-problem", role: "alert" });
  const dialog = element("dialog", { class: "modal", "aria-labelledby": "modal-title" });
  const send = async (event) => {
    event.preventDefault();
    const answers = Object.fromEntries(inputs.map(({ field, values }) => [field.custom_id, values()]));
    submit.setAttribute("aria-busy", "true");
    const outcome = await act({ do: "submit", interaction, answers }, place);
    submit.removeAttribute("aria-busy");
    if (outcome.is === "refused") problem.textContent = `Something went wrong. Try again. (${outcome.why})`;
    else dialog.close();
  };
  const submit = element("button", { type: "submit", class: "button primary" }, "Submit");
  const cancel = element("button", { type: "button", class: "button plain", onclick: () => dialog.close() }, "Cancel");
  dialog.append(element("form", { onsubmit: send },
    element("h2", { id: "modal-title" }, title),
    element("p", { class: "modal-note" }, `This form will be submitted to ${bot().name}. Do not share passwords or other sensitive information.`),
    texts.map((text) => element("p", { class: "modal-note" }, text)),
    inputs.map(({ label }) => label), problem,
    element("div", { class: "modal-buttons" }, cancel, submit)));
  const before = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    before?.focus?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  const first = inputs[0]?.control;
  first?.focus();
  first?.setSelectionRange?.(first.value.length, first.value.length);
}

function input(field) {
  const counter = element("span", { class: "modal-count", "aria-hidden": "true" });
  const limits = { minlength: field.shortest || undefined, maxlength: field.longest, required: field.required };
  const control = element(field.paragraph ? "textarea" : "input", {
    ...limits, placeholder: field.placeholder, rows: field.paragraph ? "5" : undefined, autocomplete: "off",
    oninput: () => count(),
  });
  control.value = field.value ?? "";
  const count = () => { counter.textContent = `${control.value.length}/${field.longest}`; };
  count();
  const values = () => (field.kind === "ids" ? control.value.split(/\s+/).filter(Boolean) : [control.value]);
  return { field, control, label: labelled(field, control, counter), values };
}

/** A menu, radio buttons or boxes, all as one menu; or a single box; or files, of which there are none. */
function choice(field) {
  if (field.kind === "checkbox") {
    const control = element("input", { type: "checkbox" });
    control.checked = field.value === "true";
    return { field, control, label: labelled(field, control), values: () => [String(control.checked)] };
  }
  const options = field.options.map(({ label, value, default: chosen }) => element("option", { value, selected: chosen || undefined }, label));
  const control = element("select", { class: "menu", multiple: field.longest > 1 || undefined, required: field.required }, options);
  return { field, control, label: labelled(field, control), values: () => [...control.selectedOptions].map(({ value }) => value) };
}

function labelled(field, ...controls) {
  return element("label", { class: "modal-field" },
    element("span", { class: "modal-label" }, field.label, field.required && element("span", { class: "required", title: "Required" }, " *")),
    controls);
}

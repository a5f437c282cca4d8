// Dark or light: the system's choice, unless the visitor chose here.

import { byId } from "./dom.js";

const KEPT = "theme";

export function start() {
  show(localStorage.getItem(KEPT));
  byId("theme").addEventListener("click", () => {
    const wanted = isDark() ? "light" : "dark";
    localStorage.setItem(KEPT, wanted);
    show(wanted);
  });
}

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function show(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
}

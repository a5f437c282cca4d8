// What the options of commands accept
// (https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-type).

import { bot, channels, everybody, roles } from "../state.js";

const [SUBCOMMAND, GROUP, TEXT, INTEGER, YES_OR_NO, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const LONGEST_TEXT = 6000;

/** The commands that can be run, subcommands one by one: `path`, `description`, `options`. */
export function runnable({ name, description, options = [] }) {
  const inner = options.filter(({ type }) => type === SUBCOMMAND || type === GROUP);
  if (inner.length === 0) return [{ path: name, description, options }];
  return inner.flatMap(runnable).map((leaf) => ({ ...leaf, path: `${name} ${leaf.path}` }));
}

/** What can be picked for an option; null where anything can be typed. */
export function picks({ type, choices }) {
  const people = () => [...everybody(), bot()].map(({ id, name }) => ({ name: `@${name}`, value: id }));
  const named = (sign, list) => list.map(({ id, name }) => ({ name: `${sign}${name}`, value: id }));
  if (choices?.length) return choices;
  switch (type) {
    case YES_OR_NO: return [{ name: "True", value: true }, { name: "False", value: false }];
    case USER: return people();
    case ROLE: return named("@", roles());
    case CHANNEL: return named("#", channels());
    case MENTIONABLE: return [...people(), ...named("@", roles())];
    default: return null;
  }
}

/** The value of what was typed, or what is wrong with it. */
export function read(option, text) {
  if (text === "") return option.required ? { problem: "This option is required." } : {};
  if (option.type === TEXT) return within(text, text.length, option.min_length ?? 0, option.max_length ?? LONGEST_TEXT, " characters");
  const number = Number(text);
  if (option.type === INTEGER && !Number.isSafeInteger(number)) return { problem: "A whole number, please." };
  if (option.type === NUMBER && !Number.isFinite(number)) return { problem: "A number, please." };
  return within(number, number, option.min_value ?? -Infinity, option.max_value ?? Infinity, "");
}

function within(value, size, least, most, unit) {
  if (size < least) return { problem: `At least ${least}${unit}.` };
  if (size > most) return { problem: `At most ${most}${unit}: these are ${size}.` };
  return { value };
}

/** How much room there is, where there is a limit. */
export function room(option, text) {
  return option.type === TEXT && option.max_length ? `${text.length}/${option.max_length}` : "";
}

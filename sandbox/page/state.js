// The present person and channel. They are part of the address, so that each tab has its own.

let stage = null;

/** Stores the people, channels and roles. */
export function set(people) {
  stage = people;
}

export const bot = () => stage.bot;
export const everybody = () => stage.people;
export const channels = () => stage.channels;
export const server = () => stage.server;
export const opened = () => stage.opened;

/** The present person. */
export function me() {
  const [person] = parts();
  return stage.people.find(({ id }) => id === person) ?? stage.people[0];
}

/** The ids of the present person and channel. */
export function here() {
  const [, channel] = parts();
  const { id, dm } = me();
  const known = channel === dm || stage.channels.some((known) => known.id === channel);
  return { person: id, channel: known ? channel : stage.channels[0].id };
}

/** The address at which somebody looks at a channel, and there at a message. */
export function address(person, channel, message) {
  return `#${[person, channel, message].filter(Boolean).join("/")}`;
}

/** The message that the address names, once: it is gone from the address then. */
export function takeMessage() {
  const [, , message] = parts();
  if (!message) return null;
  const { person, channel } = here();
  history.replaceState(null, "", address(person, channel));
  return message;
}

/** Where on this page a link to one of Discord's channels or messages leads; null for other links. */
export function within(link) {
  const found = link.match(/^https?:\/\/(?:\w+\.)?discord(?:app)?\.com\/channels\/(?:\d+|@me)\/(\d+)(?:\/(\d+))?\/?$/i);
  if (!found) return null;
  const [, channel, message] = found;
  const known = channel === me().dm || stage.channels.some(({ id }) => id === channel);
  return known ? address(me().id, channel, message) : null;
}

function parts() {
  return location.hash.slice(1).split("/");
}

/** The name of a user, if there is one with this id. */
export function userName(id) {
  return [stage.bot, ...stage.people].find((user) => user.id === id)?.name;
}

/** The name of a role. */
export function roleName(id) {
  return stage.roles.find((role) => role.id === id)?.name;
}

export const roles = () => stage.roles;

/** The name of a channel. */
export function channelName(id) {
  return stage.channels.find((channel) => channel.id === id)?.name;
}

/** Whether pictures and songs from an address can be shown: those from elsewhere are not fetched. */
export function isLocal(address) {
  return URL.canParse(address) && stage.media.includes(new URL(address).origin);
}

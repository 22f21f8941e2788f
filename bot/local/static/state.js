// What this page knows: who one is, what was said, what was read.
export const BOT = "wardroom";

export const state = {
  persona: localStorage.getItem("wardroom.persona") || "dev",
  personas: [], channels: [], commands: [], previews: [],
  epoch: "", change: 0, messages: new Map(), channel: "", thread: "",
};

export function absorb(snapshot) {
  if (snapshot.reset) state.messages.clear();
  Object.assign(state, { epoch: snapshot.epoch, change: snapshot.change, persona: snapshot.persona, personas: snapshot.personas, channels: snapshot.channels, previews: snapshot.previews });
  if (snapshot.commands.length) state.commands = snapshot.commands;
  for (const message of snapshot.messages) state.messages.set(message.id, message);
  localStorage.setItem("wardroom.persona", state.persona);
}

export function keep(message) {
  const before = state.messages.get(message.id);
  if (before && before.change > message.change) return null;
  state.messages.set(message.id, message);
  state.change = Math.max(state.change, message.change);
  return { before };
}

export function forget() { state.messages.clear(); state.change = 0; state.epoch = ""; }

const all = () => [...state.messages.values()].filter((message) => message.kind !== "home").sort((a, b) => a.position - b.position);
export const mine = () => `@${state.persona}`;
export const top = (channel) => all().filter((message) => message.channel === channel && !message.thread);
export const replies = (root) => all().filter((message) => message.thread === root);
export const home = () => [...state.messages.values()].find((message) => message.kind === "home");
export const me = () => state.personas.find((one) => one.id === state.persona);

export function person(id) {
  if (id === BOT) return { id, name: "Wardroom", roles: [], bot: true };
  return state.personas.find((one) => one.id === id) || { id, name: id, roles: [] };
}

const seenKey = () => `wardroom.seen.${state.epoch}.${state.persona}`;
const seen = () => JSON.parse(localStorage.getItem(seenKey()) || "{}");

export function read(place, messages) {
  const last = messages.reduce((latest, message) => (message.at > latest ? message.at : latest), "");
  const known = seen();
  if (!last || known[place] >= last) return;
  localStorage.setItem(seenKey(), JSON.stringify({ ...known, [place]: last }));
}

export function unread(place, messages) {
  const since = seen()[place] || "";
  return messages.filter((message) => message.at > since && message.author !== state.persona).length;
}

export const unreadIn = (channel) => unread(channel, all().filter((message) => message.channel === channel));

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

// Sorted once per painting: a long history is looked through many times in one.
let index = { tops: new Map(), threads: new Map(), channels: new Map() }, known = null;
const put = (map, name, message) => { if (map.has(name)) map.get(name).push(message); else map.set(name, [message]); };

export function reindex() {
  index = { tops: new Map(), threads: new Map(), channels: new Map() };
  for (const message of [...state.messages.values()].sort((a, b) => a.position - b.position)) {
    if (message.kind === "home") continue;
    put(index.channels, message.channel, message);
    if (message.thread) put(index.threads, message.thread, message); else put(index.tops, message.channel, message);
  }
}

export const mine = () => `@${state.persona}`;
export const top = (channel) => index.tops.get(channel) ?? [];
export const replies = (root) => index.threads.get(root) ?? [];
export const everything = (channel) => index.channels.get(channel) ?? [];
export const home = () => [...state.messages.values()].find((message) => message.kind === "home");
export const me = () => state.personas.find((one) => one.id === state.persona);

export function person(id) {
  if (id === BOT) return { id, name: "Wardroom", roles: [], bot: true };
  return state.personas.find((one) => one.id === id) || { id, name: id, roles: [] };
}

const seenKey = () => `wardroom.seen.${state.epoch}.${state.persona}`;

function seen() {
  const key = seenKey();
  if (known?.key !== key) known = { key, places: JSON.parse(localStorage.getItem(key) || "{}") };
  return known.places;
}

export function read(place, messages) {
  const last = messages.reduce((latest, message) => (message.at > latest ? message.at : latest), "");
  const places = seen();
  if (!last || places[place] >= last) return;
  places[place] = last;
  localStorage.setItem(seenKey(), JSON.stringify(places));
}

export function unread(place, messages) {
  const since = seen()[place] || "";
  return messages.filter((message) => message.at > since && message.author !== state.persona).length;
}

export const unreadIn = (channel) => unread(channel, everything(channel));

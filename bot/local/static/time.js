// Times in the reader's own zone; the UTC time stays in the title, for whoever hovers.
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const full = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export const short = (at) => clock.format(at);
export const utc = (at) => at.toISOString().slice(0, 19).replace("T", " ") + " UTC";

export function dayName(at) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86400000);
  return days === 0 ? "Today" : days === 1 ? "Yesterday" : day.format(at);
}

export function relative(at, now = new Date()) {
  const seconds = Math.round((at - now) / 1000), size = Math.abs(seconds);
  const words = size < 60 ? "less than a minute" : size < 5400 ? `${Math.round(size / 60)} min` : size < 129600 ? `${Math.round(size / 3600)} h` : `${Math.round(size / 86400)} days`;
  if (size < 5) return "just now";
  return seconds >= 0 ? `in ${words}` : `${words} ago`;
}

export function localise(root) {
  for (const node of root.querySelectorAll("time[datetime]")) {
    const at = new Date(node.dateTime), style = node.dataset.style;
    const today = new Date().toDateString() === at.toDateString();
    const plain = style === "relative" ? relative(at) : style === "date_time" || !today ? full.format(at) : short(at);
    const said = "ago" in node.dataset ? `${plain} (${relative(at)})` : plain;
    if (node.textContent !== said) node.textContent = said;
  }
}

// Keeps a page of something that still runs up to date, until it has ended or the reader stops it.
const EVERY = 3000;
const now = document.getElementById("now");
const said = document.getElementById("live");
const hold = document.getElementById("hold");
let held = false;
const current = said?.dataset.current || "Kept up to date. Decide in the chat.";

function tell(words) {
  if (said.textContent !== words) said.textContent = words;
}

async function look() {
  if (held || document.hidden) return setTimeout(look, EVERY);
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("now");
    if (fresh.innerHTML !== now.innerHTML) now.replaceChildren(...fresh.childNodes);
    document.title = page.title;
    if (!("live" in fresh.dataset)) {
      tell("This has ended. Decide in the chat.");
      hold.remove();
      return undefined;
    }
    tell(current);
  } catch {
    tell(`Not up to date since ${new Date().toLocaleTimeString()}: the server does not answer. Trying again.`);
  }
  return setTimeout(look, EVERY);
}

if (now && "live" in now.dataset) {
  hold.hidden = false;
  hold.addEventListener("click", () => {
    held = !held;
    hold.textContent = held ? "Update again" : "Stop updating";
    tell(held ? "Stopped: this may be out of date." : current);
  });
  setTimeout(look, EVERY);
}

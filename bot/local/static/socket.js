// The socket: says hello, asks with ids, and asks again after a break; a repeated id has one effect.
const WAIT = [300, 600, 1200, 2500, 5000];

export class Line {
  #socket = null; #pending = new Map(); #tries = 0; #timer = 0; #lost = null;
  constructor(hello, hears, state) { this.hello = hello; this.hears = hears; this.state = state; }

  open() {
    clearTimeout(this.#timer);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/local/ws`);
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify(this.hello()));
    socket.onmessage = (event) => { if (socket === this.#socket) this.#take(JSON.parse(event.data)); };
    socket.onclose = () => { if (socket === this.#socket) this.#again(); };
  }

  greet() {
    for (const { fail } of this.#pending.values()) fail(new Error("You changed who you are before it was sent."));
    this.#pending.clear();
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(this.hello()));
  }

  ask(frame) {
    const whole = { id: crypto.randomUUID(), ...frame };
    return new Promise((done, fail) => {
      this.#pending.set(whole.id, { whole, done, fail });
      this.#send(whole);
    });
  }

  #send(frame) { if (this.#lost === null && this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame)); }

  #take(frame) {
    if (frame.re) {
      const asked = this.#pending.get(frame.re);
      this.#pending.delete(frame.re);
      if (asked) frame.ok ? asked.done(frame) : asked.fail(Object.assign(new Error(frame.error), { code: frame.code }));
      return;
    }
    if (frame.t === "snapshot") {
      this.#tries = 0; this.#lost = null;
      this.state("live");
      this.hears(frame);
      for (const { whole } of this.#pending.values()) this.#send(whole);
      return;
    }
    this.hears(frame);
  }

  #again() {
    this.#lost ??= new Date();
    this.state("lost", this.#lost);
    this.#timer = setTimeout(() => this.open(), WAIT[Math.min(this.#tries++, WAIT.length - 1)]);
  }
}

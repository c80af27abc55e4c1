// form[data-notes]: saves itself two seconds after the last key and when the field is left, says always what is saved,
// and keeps in this browser what could not be sent, to be offered again. Without script the form has its button.

import { HEADERS, opId, sentence } from "./op.js";
import { DRAFTS } from "./sign-out.js";

const PAUSE = 2000; // ms after the last key
const LOOK = 15000; // ms between two looks for what others saved
const AGAIN = [2000, 5000, 10000, 30000]; // ms until the next try while the server is away
const MOST_KEPT_ALIVE = 50000; // octets that a browser still sends after its page was left

const clean = (text) => text.replace(/\r\n?/g, "\n").trim();
const clock = (ms) => new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

/** What this browser keeps of one person's unsent words about one session. */
class Drafts {
  constructor({ user, session, notes }) {
    this.start = `${DRAFTS}${user}.${session}.${notes}.`;
    this.written = new Set();
  }

  keep(base, draft) {
    try {
      localStorage.setItem(this.start + base, JSON.stringify({ ...draft, at: Date.now() }));
      this.written.add(this.start + base);
      return true;
    } catch {
      return false;
    }
  }

  /** Those of earlier visits: {key, base, text, since, at}, the latest first. */
  found() {
    try {
      return Object.keys(localStorage)
        .filter((key) => key.startsWith(this.start))
        .map((key) => ({ ...JSON.parse(localStorage.getItem(key)), key, base: key.slice(this.start.length) }))
        .sort((one, other) => other.at - one.at);
    } catch {
      return [];
    }
  }

  forget(keys = this.written) {
    for (const key of [...keys]) {
      try {
        localStorage.removeItem(key);
      } catch {
        // it was not kept either
      }
      this.written.delete(key);
    }
  }
}

class Notes {
  constructor(form) {
    this.form = form;
    this.kind = form.dataset.notes;
    this.field = form.querySelector("[data-notes-text]");
    this.baseInput = form.querySelector("[data-notes-base]");
    this.said = form.querySelector("[data-notes-said]");
    this.box = form.querySelector("[data-notes-offer]");
    this.drafts = new Drafts(form.dataset);
    this.base = this.baseInput.value; // what is known to be saved: its number (own notes: its moment)
    this.since = null; // the text from which the field goes on, where that is not the text of `base`
    this.settled = "unsaved" in form.dataset ? null : clean(this.field.value); // what is saved of the field
    this.sending = false;
    this.pending = null; // a request of which nobody knows whether it arrived: sent again as it was
    this.stopped = false; // somebody has to choose first
    this.tries = 0;
    this.isKept = true;

    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("blur", () => this.save());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.stopped = false;
      this.save();
    });
    this.offerDraft();
    if (this.isDirty) this.typed();
  }

  get isDirty() {
    return clean(this.field.value) !== this.settled;
  }

  typed() {
    if (!this.isDirty && !this.pending) return;
    this.isKept = this.drafts.keep(this.base, { text: this.field.value, since: this.since });
    if (this.stopped) return;
    if (this.tries === 0) this.say("Not saved yet");
    this.later(this.tries ? AGAIN[0] : PAUSE);
  }

  later(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), ms);
  }

  /** Send what is not saved; true once all of it is. */
  async save() {
    if (this.sending || this.stopped) return false;
    if (!this.pending && !this.isDirty) return true;
    clearTimeout(this.timer);
    this.pending ??= { text: clean(this.field.value), op: opId(), base: this.base, since: this.since };
    this.sending = true;
    if (this.tries === 0) this.say("Saving …");
    let answer;
    try {
      answer = await this.send(this.pending);
      if (answer.status >= 500) throw new Error();
    } catch {
      this.sending = false;
      this.away();
      return false;
    }
    const { text } = this.pending;
    this.pending = null;
    this.tries = 0;
    const isSaved = answer.ok ? this.took(text, await answer.json()) : this.refused(answer.status, await answer.text());
    this.sending = false;
    if (isSaved && this.isDirty) this.later(PAUSE);
    return isSaved && !this.isDirty;
  }

  send({ text, op, base, since }) {
    const body = new FormData();
    body.set("csrf_token", this.form.elements.csrf_token.value);
    body.set("op", op);
    body.set(this.field.name, text);
    body.set(this.baseInput.name, base);
    if (since !== null) {
      body.set("goes_on", "1");
      body.set("since", since);
    }
    const size = new Blob([text, since ?? ""]).size;
    const options = { method: "POST", body, headers: HEADERS, credentials: "same-origin", keepalive: size < MOST_KEPT_ALIVE };
    return fetch(this.form.action, options);
  }

  away() {
    const wait = AGAIN[Math.min(this.tries, AGAIN.length - 1)];
    this.tries += 1;
    this.isKept = this.drafts.keep(this.base, { text: this.field.value, since: this.since });
    const where = this.isKept ? "kept here" : "so leave this page open";
    this.say(`Not sent yet, ${where}. The server cannot be reached; trying again.`, "warn");
    this.later(wait);
  }

  /** The server has taken `text`; data: what is saved now, perhaps with words of somebody else. */
  took(text, data) {
    const saved = clean(data.text);
    const isMixed = saved !== text;
    this.drafts.forget();
    if (clean(this.field.value) === text) {
      if (isMixed) this.putIn(data.text);
      this.go(data.number, saved);
    } else {
      // Typed on meanwhile: the field goes on from `text`, into which it cannot be seen what others wrote.
      if (this.kind === "notes" || !isMixed) this.go(data.number, text, isMixed ? text : null);
      this.isKept = this.drafts.keep(this.base, { text: this.field.value, since: this.since });
    }
    const cleared = "signed" in this.form.dataset && data.is_signed === false;
    if (cleared) delete this.form.dataset.signed;
    const who = this.kind === "own" ? "You wrote on another page" : `${data.other || "Somebody"} wrote meanwhile`;
    const words = isMixed ? `${who}; both texts are in. Saved ${data.saved}.` : `Saved ${data.saved}`;
    this.say(cleared ? `${words} The signatures were cleared, since the notes changed.` : words, isMixed || cleared ? "good" : "");
    if (this.box.dataset.of === "news") this.hideBox();
    return true;
  }

  refused(status, text) {
    this.isKept = this.drafts.keep(this.base, { text: this.field.value, since: this.since });
    this.stopped = true;
    if (status === 409 && this.kind === "notes") {
      this.say("Not saved yet, kept here.", "warn");
      this.offer("Somebody else changed the same lines.", [["See both texts", () => this.bringTogether()]], "conflict");
    } else {
      this.say(`${sentence(text)} What you typed is kept here.`, "bad");
      this.field.addEventListener("input", () => { this.stopped = false; this.typed(); }, { once: true });
    }
    return false;
  }

  /** As a plain form: the page that comes shows both texts. */
  bringTogether() {
    const hidden = { op: opId(), [this.baseInput.name]: this.base };
    if (this.since !== null) Object.assign(hidden, { goes_on: "1", since: this.since });
    for (const [name, value] of Object.entries(hidden)) {
      const input = this.form.elements[name] ?? document.createElement("input");
      Object.assign(input, { type: "hidden", name, value });
      if (!input.form) this.form.append(input);
    }
    this.drafts.forget(); // from here on it is in that form
    this.form.submit();
  }

  go(base, settled, since = null) {
    this.base = String(base);
    this.baseInput.value = this.base;
    this.settled = settled;
    this.since = since;
  }

  /** Another text into the field; the caret stays where it was in the words around it. */
  putIn(text) {
    const { value, selectionStart: caret, scrollTop } = this.field;
    let head = 0;
    while (head < Math.min(value.length, text.length) && value[head] === text[head]) head += 1;
    let tail = 0;
    const most = Math.min(value.length, text.length) - head;
    while (tail < most && value[value.length - 1 - tail] === text[text.length - 1 - tail]) tail += 1;
    this.field.value = text;
    const place = caret <= head ? caret : Math.max(head, caret + text.length - value.length);
    this.field.setSelectionRange(place, place);
    this.field.scrollTop = scrollTop;
  }

  offerDraft() {
    const drafts = this.drafts.found();
    this.drafts.forget(drafts.filter((draft) => clean(draft.text) === this.settled).map((draft) => draft.key));
    const draft = drafts.find((one) => clean(one.text) !== this.settled);
    if (!draft) return;
    this.offer(`Words of ${clock(draft.at)} were not sent.`, [
      ["Bring them in", () => this.bringIn(draft)],
      ["Forget them", () => this.drafts.forget([draft.key])],
    ], "draft");
  }

  bringIn(draft) {
    if (this.isDirty) {
      this.field.value = `${this.field.value}\n${draft.text}`;
    } else {
      this.field.value = draft.text;
      this.go(draft.base, null, draft.since ?? null);
    }
    this.drafts.forget([draft.key]);
    this.typed();
    this.field.focus();
    this.save();
  }

  /** What did others save? */
  async look() {
    if (this.kind !== "notes" || document.hidden || this.sending || this.pending || this.stopped) return;
    let data;
    try {
      const answer = await fetch(`${this.form.action}?after=${this.base}`, { headers: HEADERS, credentials: "same-origin" });
      if (!answer.ok) return;
      data = await answer.json();
    } catch {
      return;
    }
    if (this.sending || data.number <= Number(this.base) || this.box.dataset.of === "draft") return;
    const who = data.is_mine ? "You saved on another page" : `${data.by} saved`;
    this.offer(`${who} at ${data.saved}.`, [["Show", () => this.show(data)]], "news");
  }

  show(data) {
    if (this.isDirty || data.number <= Number(this.base)) {
      this.save();
      return;
    }
    this.putIn(data.text);
    this.go(data.number, clean(data.text));
    this.say(`Saved ${data.saved} by ${data.is_mine ? "you" : data.by}`);
  }

  offer(words, buttons, of) {
    const text = document.createElement("span");
    text.textContent = words;
    const made = buttons.map(([name, act]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button-small";
      button.textContent = name;
      button.addEventListener("click", () => {
        this.hideBox();
        act();
      });
      return button;
    });
    this.box.replaceChildren(text, ...made);
    this.box.dataset.of = of;
    this.box.hidden = false;
  }

  hideBox() {
    this.box.hidden = true;
    delete this.box.dataset.of;
  }

  say(words, kind = "") {
    if (this.said.textContent !== words) this.said.textContent = words;
    this.said.dataset.kind = kind;
  }
}

const all = [...document.querySelectorAll("form[data-notes]")].map((form) => new Notes(form));
const saveAll = () => Promise.all(all.map((notes) => notes.save()));

if (all.length) {
  setInterval(() => all.forEach((notes) => notes.look()), LOOK);
  addEventListener("online", saveAll);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) saveAll();
    else all.forEach((notes) => notes.look());
  });
  addEventListener("beforeunload", (event) => {
    if (all.some((notes) => notes.isDirty && !notes.isKept)) event.preventDefault();
  });

  // Another form of the page leads away: first the words that are not saved.
  let passes = false;
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (passes || "notes" in form.dataset || !all.some((notes) => notes.isDirty)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await Promise.race([saveAll(), new Promise((done) => setTimeout(done, 3000))]);
    passes = true;
    form.requestSubmit(event.submitter);
    passes = false;
  }, true);
}

// A file in parts: a connection that is cut goes on where it stopped, also after the page was opened anew.

import { HEADERS, opId, sentence } from "./op.js";

const WAITS_MS = [1000, 2000, 4000, 8000, 15000, 30000];
const HERE = "woodshed-transfer:";

/** The connection is gone for now. */
export class Cut extends Error {}
/** Whoever sends it does not want to any more. */
export class Stopped extends Error {}
/** The server says no; errors: field -> sentence. */
export class Refusal extends Error {
  constructor(status, text) {
    super(sentence(text));
    this.status = status;
    try {
      this.errors = JSON.parse(text).errors ?? {};
    } catch {
      this.errors = {};
    }
  }
}

/** One request; progress: told octets sent. Resolves with {status, text, url}. */
export function ask(method, url, { body = null, headers = {}, signal, progress } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    if (signal?.aborted) return reject(new Stopped());
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.open(method, url);
    for (const [name, value] of Object.entries({ ...HEADERS, ...headers })) request.setRequestHeader(name, value);
    if (progress) request.upload.addEventListener("progress", (event) => progress(event.loaded, event.total));
    request.addEventListener("load", () => {
      const { status, responseText: text, responseURL } = request;
      if (status >= 200 && status < 300) resolve({ status, text, url: responseURL });
      else if (status === 503 || status === 502 || status === 504) reject(new Cut());
      else reject(new Refusal(status, text));
    });
    request.addEventListener("error", () => reject(new Cut()));
    request.addEventListener("abort", () => reject(new Stopped()));
    request.send(body);
  });
}

/** `work` again and again while the connection is cut; cut: told once for each wait. tries: how often. */
export async function patiently(work, { signal, cut, tries = Infinity }) {
  for (let time = 0; ; time += 1) {
    try {
      return await work();
    } catch (fault) {
      if (!(fault instanceof Cut) || time + 1 >= tries) throw fault;
      cut();
      await pause(WAITS_MS[Math.min(time, WAITS_MS.length - 1)], signal);
    }
  }
}

/** Until the time is over or the connection is back. */
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    addEventListener("online", done, { once: true });
    signal?.addEventListener("abort", () => { clearTimeout(timer); reject(new Stopped()); }, { once: true });
    function done() {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    }
  });
}

/** Send a file in parts to `address`; returns its transfer {id, forget(), drop()}. told: {progress(octets), cut()}. */
export async function inParts(file, { address, csrf, signal, told }) {
  const place = `${HERE}${file.name}:${file.size}:${file.lastModified}`;
  const get = (id) => ask("GET", `${address}/${id}`, { signal }).then(({ text }) => JSON.parse(text));
  const wait = { signal, cut: told.cut };

  let state = await patiently(() => known(get), wait);
  state ??= await patiently(() => begin(), wait);
  const transfer = {
    id: state.id,
    forget: () => keep(null),
    drop() {
      keep(null);
      return ask("POST", `${address}/${state.id}/dropped`, { body: form({}) }).catch(() => {});
    },
  };
  signal?.addEventListener("abort", transfer.drop, { once: true });
  while (state.offset < file.size) {
    told.progress(state.offset);
    state = await patiently(async () => {
      if (state.isOld) state = await get(state.id);
      state.isOld = true; // until the answer is here: some of the part may have arrived
      return state.offset < file.size ? part(state) : { ...state, isOld: false };
    }, wait);
  }
  signal?.removeEventListener("abort", transfer.drop);
  return transfer;

  async function known() {
    const id = kept();
    try {
      return id ? await get(id) : null;
    } catch (fault) {
      if (fault instanceof Refusal) return null; // a day is over, or somebody else signed in
      throw fault;
    }
  }

  async function begin() {
    const { text } = await ask("POST", address, { body: form({ name: file.name, size: file.size }), signal });
    const id = JSON.parse(text).location.split("/").pop();
    keep(id);
    return get(id);
  }

  async function part({ id, offset, part: most }) {
    const { text } = await ask("PATCH", `${address}/${id}?offset=${offset}`, {
      body: file.slice(offset, offset + most),
      headers: { "X-CSRFToken": csrf, "Content-Type": "application/octet-stream" },
      progress: (octets) => told.progress(offset + octets),
      signal,
    });
    return JSON.parse(text);
  }

  function form(fields) {
    const sent = new FormData();
    for (const [name, value] of Object.entries({ csrf_token: csrf, op: opId(), ...fields })) sent.set(name, value);
    return sent;
  }

  function kept() {
    try {
      return localStorage.getItem(place);
    } catch {
      return null; // a browser that keeps nothing: it begins anew
    }
  }

  function keep(id) {
    try {
      if (id) localStorage.setItem(place, id);
      else localStorage.removeItem(place);
    } catch {
      // as above
    }
  }
}

// form[data-upload]: sends with a bar and a way to stop; a refusal is said beside the form. Without script it is a plain form.
// data-upload="chosen": only once a file is chosen.

import { AWAY, HEADERS, opId, sentence } from "./op.js";

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-upload]");
  if (!form || (form.dataset.upload === "chosen" && !chosen(form))) return;
  event.preventDefault();
  if (!("sending" in form.dataset)) send(form);
});

function chosen(form) {
  return [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length > 0);
}

function send(form) {
  const view = progress(form);
  const request = new XMLHttpRequest();
  const sent = new FormData(form);

  form.dataset.sending = "";
  request.open("POST", form.action);
  for (const [name, value] of Object.entries(HEADERS)) request.setRequestHeader(name, value);

  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    view.bar.max = event.total;
    view.bar.value = event.loaded;
    const percent = Math.floor((100 * event.loaded) / event.total);
    view.figures.textContent = `${percent} %`;
    if (event.loaded === event.total) {
      view.bar.removeAttribute("value");
      view.say("Sent. The server is checking it …");
    }
  });
  request.addEventListener("load", () => {
    removeEventListener("beforeunload", warn);
    if (request.status >= 200 && request.status < 300) {
      view.say("It is there. Opening it …");
      location.assign(target(request));
    } else stop(sentence(request.responseText));
  });
  request.addEventListener("error", () => stop(AWAY));
  request.addEventListener("abort", () => stop("Stopped. Nothing was kept."));
  view.cancel.addEventListener("click", () => request.abort());
  addEventListener("beforeunload", warn);
  view.say("Sending …");
  request.send(sent);

  function stop(words) {
    removeEventListener("beforeunload", warn);
    delete form.dataset.sending;
    view.end();
    view.say(words, "bad");
    const op = form.querySelector("input[name=op]");
    if (op) op.value = opId();
  }
}

function warn(event) {
  event.preventDefault();
}

function target(request) {
  try {
    return JSON.parse(request.responseText).location ?? request.responseURL;
  } catch {
    return request.responseURL;
  }
}

/** The bar, made once for each form and filled anew for each try. */
function progress(form) {
  let box = form.querySelector("[data-upload-progress]");
  if (!box) {
    box = document.createElement("div");
    box.className = "upload-progress";
    box.dataset.uploadProgress = "";
    form.append(box);
  }
  const bar = document.createElement("progress");
  const figures = document.createElement("span");
  const cancel = document.createElement("button");
  const said = document.createElement("p");
  bar.value = 0;
  bar.setAttribute("aria-label", "How much is sent");
  figures.className = "figures";
  cancel.type = "button";
  cancel.className = "button button-quiet";
  cancel.textContent = "Stop sending";
  said.className = "upload-said";
  said.setAttribute("role", "status");
  box.replaceChildren(bar, figures, cancel, said);
  const buttons = form.querySelectorAll("button:not([type=button])");
  for (const button of buttons) button.disabled = true;
  return {
    bar,
    figures,
    cancel,
    say(words, kind = "") {
      said.textContent = words;
      said.className = kind === "bad" ? "upload-said field-error" : "upload-said muted";
    },
    end() {
      bar.remove();
      figures.remove();
      cancel.remove();
      for (const button of buttons) button.disabled = false;
    },
  };
}

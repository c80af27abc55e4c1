// How far a sending is, inside its form: a bar, figures, a way to stop; and what was refused, beside its field.

/** The bar, made once for each form and filled anew for each try. */
export function view(form) {
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
    cancel,
    progress(done, total) {
      if (!total) return;
      bar.max = total;
      if (done < total) bar.value = done;
      else bar.removeAttribute("value"); // all is sent; how long the look at it takes is not known
      figures.textContent = `${Math.floor((100 * done) / total)} %`;
    },
    say(words, kind = "") {
      if (said.textContent !== words) said.textContent = words;
      said.className = kind === "bad" ? "upload-said field-error" : "upload-said muted";
    },
    end() {
      for (const part of [bar, figures, cancel]) part.remove();
      for (const button of buttons) button.disabled = false;
    },
  };
}

/** Take away what an earlier try was refused for. */
export function clearErrors(form) {
  for (const error of form.querySelectorAll(".field-error[data-by-script]")) {
    const field = error.closest(".field");
    field?.classList.remove("has-error");
    const input = field?.querySelector("[aria-invalid]");
    input?.removeAttribute("aria-invalid");
    error.remove();
  }
}

/** Say each sentence beside its field, and go to the first; returns whether all have found their place. */
export function showErrors(form, errors) {
  const places = Object.entries(errors).map(([name, text]) => [form.querySelector(`.field [name="${name}"]`), text]);
  if (!places.length || places.some(([input]) => !input)) return false;
  for (const [input, text] of places) {
    const error = document.createElement("p");
    error.className = "field-error";
    error.dataset.byScript = "";
    error.id = `${input.id || input.name}-refused`;
    error.textContent = text;
    const field = input.closest(".field");
    field.classList.add("has-error");
    field.append(error);
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", `${error.id} ${input.getAttribute("aria-describedby") ?? ""}`.trim());
  }
  places[0][0].focus();
  return true;
}

// textarea[data-most]: a text that is too long is said before it is sent, so that none of it is lost.

for (const area of document.querySelectorAll("textarea[data-most]")) {
  const most = Number(area.dataset.most);
  const check = () => {
    const length = [...area.value.replaceAll("\r\n", "\n").trim()].length;
    area.setCustomValidity(length > most ? `This text has ${length} characters; we keep up to ${most}. Shorten it a little.` : "");
  };
  area.addEventListener("input", check);
  check();
}

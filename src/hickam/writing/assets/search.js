// The search page of a built site: MiniSearch over window.HICKAM_PAGES, from a file or a server, without the network.
"use strict";
(() => {
  const field = document.getElementById("find");
  const list = document.getElementById("found");
  const count = document.getElementById("count");
  const kinds = document.getElementById("kinds");
  const pages = window.HICKAM_PAGES;
  const engine = new MiniSearch({
    fields: ["title", "names", "text"],
    searchOptions: { boost: { title: 4, names: 2 }, prefix: (term) => term.length > 2, fuzzy: (term) => (term.length > 4 ? 0.2 : false), combineWith: "AND" },
  });
  engine.addAll(pages.map((page, id) => ({ id, title: page.t, names: page.n, text: page.x })));

  function entry(page) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = page.u;
    link.textContent = page.t;
    const kind = document.createElement("span");
    kind.className = "pill";
    kind.textContent = page.k;
    const text = document.createElement("span");
    text.className = "where";
    text.textContent = page.x;
    item.append(link, " ", kind, text);
    return item;
  }

  function show() {
    const words = field.value.trim();
    const chosen = kinds.value;
    let found = words ? engine.search(words) : [];
    if (words && !found.length) found = engine.search(words, { combineWith: "OR" });
    const shown = found.map((hit) => pages[hit.id]).filter((page) => !chosen || page.k === chosen);
    list.replaceChildren(...shown.slice(0, 60).map(entry));
    count.textContent = !words ? "" : shown.length === 1 ? "1 page" : shown.length > 60 ? `${shown.length} pages, the best 60 are shown` : `${shown.length} pages`;
  }

  field.value = decodeURIComponent(location.hash.slice(1));
  field.addEventListener("input", show);
  kinds.addEventListener("change", show);
  field.form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
  field.form.hidden = false;
  show();
  field.focus();
})();


"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  for (const item of all("[data-js]")) item.hidden = false;

  // Copying
  for (const button of all(".copy")) {
    button.addEventListener("click", async () => {
      const code = button.parentElement.querySelector("code");
      let done = false;
      try {
        await navigator.clipboard.writeText(code.textContent);
        done = true;
      } catch {
        getSelection().selectAllChildren(code);
      }
      button.textContent = done ? "Copied" : "Selected";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
  }

  // A link to something inside a closed part opens it
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!target) return;
    for (let at = target.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
    const finding = target.classList.contains("finding-body") ? target.parentElement : target;
    finding.scrollIntoView({ block: "start" });
  };
  addEventListener("hashchange", reveal);
  reveal();

  // The matrix: arrow keys move, Enter or click shows the exchange
  const matrix = document.querySelector(".matrix");
  const dialog = document.getElementById("proof");
  if (matrix && dialog) {
    const rows = all("tbody tr", matrix).map((row) => all("td", row).map((cell) => cell.querySelector("a.cell")))
      .filter((row) => row.some(Boolean));
    const links = rows.flat().filter(Boolean);
    for (const link of links) link.tabIndex = -1;
    const enter = (link) => {
      for (const other of links) other.tabIndex = other === link ? 0 : -1;
    };
    enter(matrix.querySelector("a.cell.leaks") || links[0]);
    const step = (link, down, right) => {
      let y = rows.findIndex((row) => row.includes(link));
      let x = rows[y].indexOf(link);
      do {
        y += down;
        x += right;
      } while (rows[y] && x >= 0 && x < rows[y].length && !rows[y][x]);
      return rows[y] && rows[y][x];
    };
    const moves = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
    matrix.addEventListener("keydown", (event) => {
      const link = event.target.closest("a.cell");
      const move = moves[event.key];
      if (!link || !move) return;
      event.preventDefault();
      const next = step(link, ...move);
      if (next) {
        enter(next);
        next.focus();
      }
    });
    const clone = (node) => {
      const copy = node.cloneNode(true);
      for (const item of [copy, ...all("[id]", copy)]) item.removeAttribute("id");
      return copy;
    };
    matrix.addEventListener("click", (event) => {
      const link = event.target.closest("a.cell");
      if (!link || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      enter(link);
      const words = document.getElementById(link.getAttribute("href").slice(1));
      const parts = [document.createElement("p")];
      parts[0].append(...clone(words).childNodes);
      for (const cited of all("a[data-exchange]", parts[0])) {
        const exchange = document.getElementById(cited.getAttribute("href").slice(1));
        if (!exchange) continue;
        const title = document.createElement("p");
        title.append(clone(exchange.closest("details").querySelector(".exchange-title")));
        parts.push(title, clone(exchange.firstElementChild));
      }
      for (const item of all(".cited", parts[0])) item.remove();
      dialog.querySelector("h2").textContent = link.getAttribute("aria-label");
      dialog.querySelector(".dialog-body").replaceChildren(...parts);
      dialog.showModal();
      dialog.querySelector("h2").focus();
      dialog.addEventListener("close", () => link.focus(), { once: true });
    });
    dialog.querySelector(".close").addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  }

  // Filters
  for (const form of all("form[data-filter]")) {
    const items = all(form.dataset.filter).map((item) => ({ item, text: item.textContent.toLowerCase() }));
    const apply = () => {
      const wanted = new FormData(form);
      const text = wanted.get("text").trim().toLowerCase();
      let shown = 0;
      for (const entry of items) {
        const fits = entry.text.includes(text)
          && ["result", "row"].every((key) => !wanted.get(key) || entry.item.dataset[key] === wanted.get(key));
        entry.item.hidden = !fits;
        shown += fits;
      }
      const asked = text || wanted.get("result") || wanted.get("row");
      for (const fold of all(".fold", form.parentElement)) {
        fold.hidden = !all("tr[data-result]", fold).some((row) => !row.hidden);
        fold.open = Boolean(asked) && !fold.hidden;
      }
      form.querySelector("output").textContent = `${shown} of ${items.length} shown`;
    };
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  // On paper everything is open
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    for (const item of closed) item.open = true;
  });
  addEventListener("afterprint", () => {
    for (const item of closed) item.open = false;
  });
})();

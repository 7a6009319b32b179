"use strict";
(() => {
  const table = document.getElementById("fleet-table");
  if (!table) return;
  const form = document.querySelector(".controls");
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const more = document.getElementById("more");
  const none = document.getElementById("none");
  const selects = [...form.querySelectorAll("select")];
  const machines = [...table.tBodies].filter((body) => body.id.startsWith("m"));
  const format = new Intl.NumberFormat(document.documentElement.lang);
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
  const content = new Map();
  const most = 1000; // rows that are laid out at once; a button shows the others
  let limit = most;

  const block = (part) => document.getElementById("b" + part.dataset.b).content;

  // The parts that machines have in common are put in when they are first shown.
  const fill = (body) => {
    for (const part of body.querySelectorAll("[data-b]:not([data-full])")) {
      part.prepend(block(part).cloneNode(true));
      part.dataset.full = "";
    }
  };

  const text = (body) => {
    if (!content.has(body)) {
      const parts = [...body.querySelectorAll("[data-b]:not([data-full])")].map((part) => block(part).textContent);
      content.set(body, [body.textContent, ...parts].join("\n").toLowerCase());
    }
    return content.get(body);
  };

  const fold = (body, open) => {
    if (open) fill(body);
    const button = body.rows[0].querySelector(".fold");
    button.setAttribute("aria-expanded", String(open));
    body.rows[1].hidden = !open;
  };

  const isOpen = (body) => !body.rows[1].hidden;

  const filter = () => {
    const sought = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = selects.filter((select) => select.value !== "").map((select) => [select.dataset.key, select.value]);
    let n = 0;
    for (const body of machines) {
      const match =
        chosen.every(([key, value]) => body.dataset[key].split(" ").includes(value)) &&
        sought.every((word) => text(body).includes(word));
      n += match;
      body.hidden = !match || n > limit;
    }
    const numbers = { n: format.format(n), all: format.format(machines.length), limit: format.format(limit) };
    const words = n > limit ? shown.dataset.limited : shown.dataset.text;
    shown.textContent = words.replace(/\{(\w+)\}/g, (whole, name) => numbers[name] ?? whole);
    none.hidden = n > 0;
    more.hidden = n <= limit;
  };

  const refilter = () => {
    limit = most;
    filter();
  };

  const reset = () => {
    search.value = "";
    for (const select of selects) select.value = "";
    refilter();
  };

  const keyOf = (body, column) => {
    const cell = body.rows[0].cells[column];
    return cell.dataset.k === undefined ? cell.textContent.trim() : Number(cell.dataset.k);
  };

  const sort = (header) => {
    const column = header.cellIndex;
    const direction = header.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    const keys = new Map(machines.map((body) => [body, keyOf(body, column)]));
    const compare = (left, right) => {
      const a = keys.get(left);
      const b = keys.get(right);
      if (typeof a === "number") return direction * (a - b);
      if (!a || !b) return a ? -1 : b ? 1 : 0; // what is empty stays last
      return direction * collator.compare(a, b);
    };
    machines.sort(compare);
    for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
    table.append(...machines);
    refilter();
  };

  // A link to a machine opens it, wherever the filters are.
  const follow = () => {
    const body = /^#m\d+$/.test(location.hash) ? document.getElementById(location.hash.slice(1)) : null;
    if (!body) return;
    if (body.hidden) reset();
    body.hidden = false;
    fold(body, true);
    body.scrollIntoView({ block: "start" });
    body.rows[0].querySelector(".fold").focus({ preventScroll: true });
  };

  table.addEventListener("click", (event) => {
    const header = event.target.closest(".sort")?.closest("th");
    if (header) return sort(header);
    const row = event.target.closest("#fleet-table > tbody > tr:first-child");
    if (row && !event.target.closest("a") && !String(getSelection())) fold(row.parentElement, !isOpen(row.parentElement));
  });

  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(refilter, 120);
  });
  form.addEventListener("change", (event) => {
    if (event.target !== search) refilter();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    reset();
  });
  more.addEventListener("click", () => {
    limit = Infinity;
    filter();
  });
  document.getElementById("open").addEventListener("click", () => {
    for (const body of machines) if (!body.hidden) fold(body, true);
  });
  document.getElementById("close").addEventListener("click", () => {
    for (const body of machines) fold(body, false);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-value]");
    if (!button) return;
    reset();
    selects.find((select) => select.dataset.key === button.dataset.key).value = button.dataset.value;
    refilter();
    const heading = document.getElementById("machines");
    heading.scrollIntoView();
    heading.focus({ preventScroll: true });
  });

  addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#m"]');
    if (link && link.getAttribute("href") === location.hash) follow();
  });
  filter();
  table.classList.add("ready");
  follow();
})();

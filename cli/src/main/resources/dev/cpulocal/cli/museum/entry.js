(() => {
  const lines = JSON.parse(document.getElementById("lines").textContent);
  const by = (id) => document.getElementById(id);
  const viewer = by("viewer");
  document.querySelector("details.program[data-compared]")?.setAttribute("open", "");
  if (!viewer) {
    return;
  }
  let line = lines[0];
  let picture = null;
  let row = 0;
  let withCycle = false;

  const element = (name, text, className) => {
    const made = document.createElement(name);
    made.textContent = text;
    if (className) {
      made.className = className;
    }
    return made;
  };

  // What stands in backquotes is of the program.
  const prose = (text) => text.split("`").map((part, i) => i % 2 ? element("code", part) : part);

  const isStep = (i) => line.rows[i].number > 0;

  /* ------------------------- State ------------------------- */

  // What variables hold after a row, and which of them it has changed.
  const values = (last) => {
    const state = new Map(Object.entries(line.initial));
    line.rows.slice(0, last + 1).forEach((one) =>
      Object.entries(one.changes).forEach(([name, value]) => state.set(name, value)));
    return state;
  };

  const table = (rows) => {
    const made = document.createElement("table");
    rows.forEach(([name, value, changed]) => {
      const tr = made.insertRow();
      tr.className = changed ? "changed" : "";
      const th = element("th", name);
      th.scope = "row";
      tr.append(th, element("td", value));
    });
    return made;
  };

  const lastOf = (cpu) => line.rows.slice(0, row + 1).findLast((one) => one.cpu === cpu);

  const heldBack = () => {
    const parts = [];
    for (let cpu = 0; cpu < line.cpus; cpu++) {
      const last = lastOf(cpu);
      const held = last ? last.held : [];
      if (held.length > 0) {
        const list = document.createElement("ul");
        list.append(...held.map((text) => {
          const item = document.createElement("li");
          item.append(element("code", text));
          return item;
        }));
        parts.push(element("h3", `CPU ${cpu} holds back`), list);
      }
    }
    return parts;
  };

  const property = () => {
    const holds = line.rows[row].holds;
    const text = document.createElement("p");
    text.append(line.broken);
    if (line.condition) {
      text.append(": ", element("code", line.condition));
    }
    if (holds !== null) {
      const word = holds ? "It holds after this step." : "It does not hold after this step.";
      text.append(" ", element("strong", word, holds ? "" : "stale"));
    }
    return [element("h3", "What must hold" + (line.when === "here" ? "" : " " + line.when)), text];
  };

  const about = () => {
    const one = line.rows[row];
    const parts = [element("code", one.text)];
    const notes = {
      HELD: "Executed and held back: nobody else sees it yet.",
      PERFORMED: "Performed: from now on everybody sees it.",
      MISSING: "The right program has this line here; this one lacks it.",
      INTERRUPT: "A handler begins between two lines.",
      SWITCH: "",
      LABEL: "",
      STEP: "",
    };
    if (notes[one.kind]) {
      parts.push(element("span", " " + notes[one.kind], one.kind === "MISSING" ? "stale" : ""));
    }
    if (one.changed) {
      parts.push(element("span", " The right program does not have this line.", "stale"));
    }
    line.reads.filter((read) => read.row === row).forEach((read) => {
      const note = element("span", "", read.unseen >= 0 ? "stale" : "");
      note.append(" ", ...prose(read.text));
      parts.push(note);
    });
    return parts;
  };

  const inspect = () => {
    const one = line.rows[row];
    const steps = Math.max(...line.rows.map((each) => each.number));
    by("position").textContent =
        (one.number ? `Step ${one.number} of ${steps}` : "Between steps") + `, CPU ${one.cpu}, ${one.task}`;
    by("what").replaceChildren(...about());
    const state = values(row);
    const changed = Object.keys(one.changes);
    const rest = [...state.keys()].filter((name) => !changed.includes(name));
    const rows = [...changed, ...rest].map((name) => [name, state.get(name), changed.includes(name)]);
    by("state").replaceChildren(
        ...heldBack(), ...property(), element("h3", "Memory, hardware and ghosts"), table(rows));
  };

  /* ------------------------- Cursor ------------------------- */

  const point = (to, scroll) => {
    row = Math.min(Math.max(to, 0), line.rows.length - 1);
    picture.point(row);
    inspect();
    const box = by("line");
    const top = picture.top(row);
    if (scroll && (top < box.scrollTop || top + 2 * drawing.ROW > box.scrollTop + box.clientHeight)) {
      box.scrollTop = top - box.clientHeight / 2;
    }
  };

  const next = (direction) => {
    let to = row + direction;
    while (to > 0 && to < line.rows.length - 1 && line.rows[to].kind === "LABEL") {
      to += direction;
    }
    return to;
  };

  by("line").addEventListener("keydown", (event) => {
    const moves = {
      ArrowDown: () => next(1), ArrowRight: () => next(1), ArrowUp: () => next(-1),
      ArrowLeft: () => next(-1), Home: () => 0, End: () => line.rows.length - 1,
    };
    if (moves[event.key] && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      point(moves[event.key](), true);
    }
  });

  /* ------------------------- Why ------------------------- */

  const explain = () => {
    by("cycle-button").setAttribute("aria-pressed", withCycle);
    by("cycle").hidden = !withCycle;
    picture.show(withCycle);
    by("order").textContent = line.order;
    by("edges").replaceChildren(...line.cycle.map((edge) => {
      const item = element("li", "", edge.turned ? "turned" : "");
      const button = document.createElement("button");
      button.type = "button";
      button.append(...prose(edge.text));
      button.addEventListener("click", () => point(edge.to, true));
      item.append(button);
      return item;
    }));
  };

  by("cycle-button").addEventListener("click", () => {
    withCycle = !withCycle;
    explain();
  });

  /* ------------------------- Choice ------------------------- */

  const choose = (chosen) => {
    line = chosen;
    by("choose").value = line.id;
    document.querySelectorAll("details.trace").forEach((text) => { text.hidden = text.id !== line.id; });
    by("verdict").textContent = `Violated: “${line.broken}”`
        + (line.loop >= 0 ? ". It repeats for ever, though whoever can go on does so some time." : "");
    picture = drawing.draw(line, (clicked) => point(clicked, false));
    by("line").replaceChildren(picture.svg);
    explain();
    point(line.rows.findIndex((_, i) => isStep(i)), false);
  };

  // Links to traces show them here.
  const follow = () => {
    const chosen = lines.find((one) => "#" + one.id === location.hash);
    if (chosen) {
      choose(chosen);
      document.getElementById("viewer").scrollIntoView();
    }
  };

  by("choose").append(...lines.map((one) => {
    const option = element("option", one.title);
    option.value = one.id;
    return option;
  }));
  by("choose").addEventListener("change", () =>
    choose(lines.find((one) => one.id === by("choose").value)));
  window.addEventListener("hashchange", follow);
  viewer.hidden = false;
  choose(line);
  follow();
})();

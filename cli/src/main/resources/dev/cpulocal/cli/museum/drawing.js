"use strict";

// Draws a time line: a column for each CPU, time downwards. The data is what TimeLine.java describes.
const drawing = (() => {
  const ROW = 22;
  const TOP = 34;
  const CHAR = 7.25;
  const MOST_CHARS = 52;
  const TRACK = 13;
  const NUMBERS = 34;
  const LOOP = 26;
  const TEXT = 24;
  const NEST = 9;
  const INDENT = 13;
  const GAP = 64;

  const node = (name, attributes, ...children) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    element.append(...children);
    return element;
  };
  const y = (row) => TOP + row * ROW + ROW / 2;
  const cut = (text) => text.length > MOST_CHARS ? text.slice(0, MOST_CHARS - 1) + "…" : text;

  const SHOWN = {
    STEP: (row) => row.text,
    HELD: (row) => row.text,
    PERFORMED: (row) => "… " + row.text + " performed",
    INTERRUPT: (row) => "interrupt: " + row.text,
    SWITCH: (row) => "── " + row.text + " ──",
    LABEL: (row) => row.text,
    MISSING: (row) => "missing: " + row.text,
  };
  const shown = (row) => cut(SHOWN[row.kind](row));
  const textX = (row) => TEXT + row.handlers.length * NEST + row.depth * INDENT;

  // Each bar beside its column, on the first track that is free.
  const tracks = (line) => {
    const ends = Array.from({length: line.cpus}, () => []);
    return line.bars.map((bar) => {
      const last = bar.to < 0 ? line.rows.length : bar.to;
      let track = ends[bar.cpu].findIndex((end) => end < bar.from);
      track = track < 0 ? ends[bar.cpu].length : track;
      ends[bar.cpu][track] = last;
      return {...bar, track, last};
    });
  };

  const layout = (line) => {
    const bars = tracks(line);
    const lanes = [];
    let x = NUMBERS + (line.loop >= 0 ? LOOP : 0);
    for (let cpu = 0; cpu < line.cpus; cpu++) {
      const rows = line.rows.filter((row) => row.cpu === cpu);
      const chars = rows.map((row) =>
          textX(row) + CHAR * (shown(row).length + (row.kind === "HELD" ? 12 : 0)));
      const width = Math.max(150, ...chars) + 12;
      const used = Math.max(0, ...bars.filter((bar) => bar.cpu === cpu).map((bar) => bar.track + 1));
      lanes.push({x, width, side: x + width, right: x + width + used * TRACK + 6});
      x += width + used * TRACK + 6 + GAP;
    }
    return {bars, lanes, right: x - GAP + 40, height: TOP + line.rows.length * ROW + 10};
  };

  // Which task a column's CPU runs, and what has interrupted it, from row to row.
  const bands = (line, cpu) => {
    const own = line.rows.map((row, i) => ({row, i})).filter(({row}) => row.cpu === cpu);
    const found = [];
    if (own.length > 0 && own[0].i > 0) {
      const {task} = own[0].row;
      found.push({key: task, task, handlers: [], from: 0, to: own[0].i});
    }
    // A switch or the end of a handler takes effect at once; all else lasts until the CPU goes on.
    const ends = (k) => own[k].row.kind === "SWITCH"
        || own[k + 1].row.handlers.length < own[k].row.handlers.length;
    own.forEach(({row, i}, k) => {
      const to = k + 1 === own.length ? line.rows.length : ends(k) ? i + 1 : own[k + 1].i;
      const from = k > 0 && ends(k - 1) ? own[k - 1].i + 1 : i;
      const key = [row.task, ...row.handlers].join("\n");
      const last = found.at(-1);
      if (last && last.key === key && (k === 0 || own[k - 1].row.kind !== "SWITCH")) {
        last.to = to;
      } else {
        found.push({key, task: row.task, handlers: row.handlers, from, to});
      }
    });
    return found;
  };

  const drawBands = (svg, line, lanes, colors) => {
    lanes.forEach((lane, cpu) => {
      svg.append(node("text", {x: lane.x, y: 18, class: "lane-head"}, "CPU " + cpu));
      const all = bands(line, cpu);
      const merged = [];
      all.forEach((band) => {
        const last = merged.at(-1);
        if (last && last.task === band.task && last.to === band.from) {
          last.to = band.to;
        } else {
          merged.push({...band});
        }
      });
      merged.forEach((band) => drawTask(svg, line, lane, band, colors[band.task]));
      all.forEach((band) => band.handlers.forEach((handler, level) => {
        svg.append(node("rect", {
          x: lane.x + 15 + level * NEST, y: TOP + band.from * ROW + 1,
          width: lane.width - 17 - level * NEST, height: (band.to - band.from) * ROW - 2, rx: 4,
          fill: "var(--signal)", "fill-opacity": .12, stroke: "var(--signal)",
        }, node("title", {}, "in " + handler)));
      }));
    });
  };

  const drawTask = (svg, line, lane, band, color) => {
    const height = (band.to - band.from) * ROW;
    const top = TOP + band.from * ROW;
    const box = {x: lane.x, y: top, width: lane.width, height};
    svg.append(node("rect", {...box, fill: color, "fill-opacity": .13}, node("title", {}, band.task)));
    if (line.background.includes(band.task)) {
      svg.append(node("rect", {...box, fill: "url(#hatch)"}));
    }
    svg.append(node("rect", {...box, width: 4, fill: color}));
    const room = Math.floor((height - 6) / 6.4);
    if (room >= 3) {
      const name = band.task.length > room ? band.task.slice(0, room - 1) + "…" : band.task;
      svg.append(node("text", {
        class: "band-name", transform: `translate(${lane.x + 13} ${top + height / 2}) rotate(-90)`,
        "text-anchor": "middle",
      }, name));
    }
  };

  const drawRows = (svg, line, lanes) => {
    const stale = new Set(line.reads.filter((read) => read.unseen >= 0).map((read) => read.row));
    line.rows.forEach((row, i) => {
      const lane = lanes[row.cpu];
      const classes = ["row-text", row.kind.toLowerCase()];
      if (row.barrier) {
        classes.push("barrier");
      }
      if (stale.has(i)) {
        classes.push("stale-read");
      }
      if (row.number) {
        svg.append(node("text", {x: 28, y: y(i) + 4, class: "number", "text-anchor": "end"}, row.number));
      }
      const across = {x1: lane.x + 15, x2: lane.side, y1: y(i) + 9, y2: y(i) + 9};
      if (row.barrier) {
        svg.append(node("line", {...across, class: "barrier-line"}));
      }
      if (row.kind === "MISSING") {
        svg.append(node("line", {...across, class: "missing-line"}));
      }
      if (row.changed) {
        svg.append(node("line", {
          x1: lane.x + 18, x2: lane.x + 18, y1: y(i) - 9, y2: y(i) + 9, class: "changed-line"}));
      }
      const text = node("text", {x: lane.x + textX(row), y: y(i) + 4, class: classes.join(" ")}, shown(row));
      if (row.kind === "HELD") {
        text.append(node("tspan", {class: "held-word"}, " (held back)"));
      }
      svg.append(text);
      if (row.holds !== null) {
        svg.append(node("rect", {
          x: lanes.at(-1).right + 14, y: y(i) - 5, width: 10, height: 10,
          class: row.holds ? "holds-yes" : "holds-no",
        }, node("title", {}, (row.holds ? "holds" : "does not hold") + ": " + line.broken)));
      }
    });
  };

  const barX = (lanes, bar) => lanes[bar.cpu].side + 7 + bar.track * TRACK;

  const drawBars = (svg, {bars, lanes}, rows) => {
    bars.forEach((bar) => {
      const x = barX(lanes, bar);
      const kind = bar.store ? "" : "load ";
      const end = bar.to < 0 ? TOP + rows * ROW + 6 : y(bar.to);
      svg.append(node("line", {x1: x, x2: x, y1: y(bar.from), y2: end, class: kind + "bar"},
          node("title", {}, bar.text + (bar.to < 0 ? ": held back to the end" : ""))));
      svg.append(node("circle", {cx: x, cy: y(bar.from), r: 4.5, class: kind + "ring"}));
      if (bar.to >= 0) {
        svg.append(node("circle", {cx: x, cy: y(bar.to), r: 4.5, class: kind + "dot"}));
      }
    });
  };

  // Where arrows touch a row: beside its bar, if it has one, else at the edge of the column.
  const anchor = ({bars, lanes}, line, row, towards) => {
    const cpu = line.rows[row].cpu;
    const lane = lanes[cpu];
    if (towards < cpu) {
      return {x: lane.x, y: y(row)};
    }
    const bar = bars.find((one) => one.cpu === cpu && (one.from === row || one.to === row));
    return {x: bar ? barX(lanes, bar) + 6 : lane.side, y: y(row)};
  };

  const arrow = (svg, place, line, from, to, classes, title) => {
    const one = anchor(place, line, from, line.rows[to].cpu);
    const other = anchor(place, line, to, line.rows[from].cpu);
    const same = line.rows[from].cpu === line.rows[to].cpu;
    const bend = same ? 26 : (other.x - one.x) / 2;
    const path = `M${one.x} ${one.y} C${one.x + bend} ${one.y} ${other.x + (same ? bend : -bend)} ${other.y} ${other.x} ${other.y}`;
    const drawn = node("path", {d: path, class: classes, "marker-end": `url(#head-${classes.replace(" ", "-")})`});
    if (title) {
      drawn.append(node("title", {}, title));
    }
    svg.append(drawn);
    return {x: (one.x + other.x) / 2 + (same ? bend * .75 : 0), y: (one.y + other.y) / 2};
  };

  const drawArrows = (svg, line, place) => {
    line.reads.forEach((read) => {
      if (read.from >= 0 && !read.own) {
        arrow(svg, place, line, read.from, read.row, "reads", read.text);
      }
      if (read.unseen >= 0) {
        arrow(svg, place, line, read.row, read.unseen, "reads stale", read.text);
      }
    });
    line.signals.forEach((signal) =>
        arrow(svg, place, line, signal.from, signal.to, "signal", "interrupt or answer"));
  };

  const drawLoop = (svg, line) => {
    const x = NUMBERS + 8;
    const from = y(line.rows.length - 1);
    const to = y(line.loop);
    svg.append(node("rect", {x: 0, y: to - ROW / 2, width: "100%", height: from - to + ROW, class: "loop-ground"}));
    svg.append(node("path", {d: `M${x + 12} ${from} H${x} V${to} H${x + 12}`, class: "loop", "marker-end": "url(#head-loop)"},
        node("title", {}, "from here it repeats for ever")));
  };

  const head = (name, color) => node("marker", {
    id: "head-" + name, viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 7, markerHeight: 7,
    orient: "auto-start-reverse", markerUnits: "userSpaceOnUse",
  }, node("path", {d: "M0 0 L10 5 L0 10 Z", fill: `var(${color})`}));

  const definitions = () => node("defs", {},
      node("pattern", {id: "hatch", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)"},
          node("line", {x1: 0, y1: 0, x2: 0, y2: 7, stroke: "var(--faint)", "stroke-opacity": .16, "stroke-width": 2})),
      head("reads", "--faint"), head("reads-stale", "--stale"), head("signal", "--signal"),
      head("around", "--accent"), head("around-turned", "--stale"), head("loop", "--accent"));

  const colors = (line) => Object.fromEntries(
      [...new Set(line.rows.map((row) => row.task))].map((task, i) => [task, `var(--series-${i % 6 + 1})`]));

  // The arrows of the cycle, with numbers.
  const drawCycle = (svg, line, place) => {
    const group = node("g", {class: "cycle", visibility: "hidden"});
    line.cycle.forEach((edge, i) => {
      const kind = edge.turned ? " turned" : "";
      const middle = arrow(group, place, line, edge.from, edge.to, "around" + kind, edge.text);
      group.append(node("circle", {cx: middle.x, cy: middle.y, r: 8, class: "around-number" + kind}));
      group.append(node("text", {x: middle.x, y: middle.y + 4, "text-anchor": "middle", class: "around-digit"}, i + 1));
    });
    svg.append(group);
    return group;
  };

  const draw = (line, chosen) => {
    const place = layout(line);
    const svg = node("svg", {
      width: place.right, height: place.height, viewBox: `0 0 ${place.right} ${place.height}`, role: "img",
      "aria-label": "Time line of " + line.title + ". The same as text is below.",
    }, definitions());
    if (line.loop >= 0) {
      drawLoop(svg, line);
    }
    drawBands(svg, line, place.lanes, colors(line));
    const cursor = node("rect", {x: 0, width: place.right - 10, height: ROW, class: "cursor", rx: 3});
    svg.append(cursor);
    drawRows(svg, line, place.lanes);
    const arrows = node("g", {});
    drawArrows(arrows, line, place);
    svg.append(arrows);
    drawBars(svg, place, line.rows.length);
    const cycle = drawCycle(svg, line, place);
    line.rows.forEach((_, i) => {
      const hit = node("rect", {x: 0, y: TOP + i * ROW, width: place.right, height: ROW, class: "hit"});
      hit.addEventListener("click", () => chosen(i));
      svg.append(hit);
    });
    return {
      svg,
      point: (row) => cursor.setAttribute("y", TOP + row * ROW),
      show: (visible) => {
        cycle.setAttribute("visibility", visible ? "visible" : "hidden");
        arrows.setAttribute("opacity", visible && line.cycle.length > 0 ? .25 : 1);
      },
      top: (row) => TOP + row * ROW,
    };
  };

  return {draw, ROW};
})();

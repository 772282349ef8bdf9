"use strict";
(() => {
  const form = document.getElementById("filter");
  const field = (id) => document.getElementById(id);
  const rows = [...field("list").rows];

  const matches = (row) => {
    const {area, kernels, models, words} = row.dataset;
    const text = (row.textContent + " " + words).toLowerCase();
    const wanted = field("words").value.toLowerCase().split(/\s+/);
    const model = field("model").value;
    return wanted.every((word) => text.includes(word))
        && (!field("area").value || area === field("area").value)
        && kernels.toLowerCase().includes(field("kernel").value.trim().toLowerCase())
        && (!model || models.split(" ").includes(model));
  };

  const filter = () => {
    rows.forEach((row) => { row.hidden = !matches(row); });
    const shown = rows.filter((row) => !row.hidden).length;
    field("shown").textContent = `${shown} of ${rows.length}`;
  };

  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();
})();

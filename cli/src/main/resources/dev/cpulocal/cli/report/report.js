"use strict";
(() => {
  const charts = [];

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const digits = (value) => value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);

  // A wide bar for the median; over it, in the same slot, a thin one from the least to the greatest.
  const datasets = (data) => data.series.flatMap((series, i) => [
    {
      label: series.label, stack: series.label, order: 2, data: series.medians, spread: series,
      backgroundColor: color("--series-" + (i % 6 + 1)), borderRadius: 2, maxBarThickness: 26,
    },
    {
      label: series.label + ", lowest to highest", stack: series.label, order: 1, isSpread: true,
      data: series.lows.map((low, j) => low === null ? null : [low, series.highs[j]]),
      backgroundColor: color("--ink"), maxBarThickness: 4, minBarLength: 2,
    },
  ]);

  const tooltip = (context) => {
    const {label, spread} = context.dataset;
    const i = context.dataIndex;
    return `${label}: ${digits(spread.medians[i])} ${context.chart.unit} `
        + `(${digits(spread.lows[i])}..${digits(spread.highs[i])})`;
  };

  const draw = (canvas) => {
    const data = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
    const text = {color: color("--faint")};
    const chart = new Chart(canvas, {
      type: "bar",
      data: {labels: data.labels, datasets: datasets(data)},
      options: {
        indexAxis: "y",
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        scales: {
          x: {
            stacked: false, min: 0, max: data.max ?? undefined, grid: {color: color("--line")}, ticks: text,
            title: {display: true, text: data.unit, ...text},
          },
          y: {stacked: true, grid: {display: false}, ticks: {color: color("--ink")}},
        },
        plugins: {
          legend: {
            position: "top", align: "start",
            labels: {
              color: color("--ink"), boxWidth: 14,
              filter: (item, all) => !all.datasets[item.datasetIndex].isSpread,
            },
            // The two bars of a series go together.
            onClick: (event, item, legend) => {
              const visible = !legend.chart.isDatasetVisible(item.datasetIndex);
              legend.chart.setDatasetVisibility(item.datasetIndex, visible);
              legend.chart.setDatasetVisibility(item.datasetIndex + 1, visible);
              legend.chart.update();
            },
          },
          tooltip: {filter: (item) => !item.dataset.isSpread, callbacks: {label: tooltip}},
        },
      },
    });
    chart.unit = data.unit;
    charts.push(chart);
  };

  const drawAll = () => {
    charts.splice(0).forEach((chart) => chart.destroy());
    document.querySelectorAll("canvas[data-chart]").forEach(draw);
  };

  // On paper, colours are those of the light scheme, and what is folded is shown.
  let folded = [];
  addEventListener("beforeprint", () => {
    document.documentElement.dataset.print = "";
    folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach((details) => { details.open = true; });
    drawAll();
  });
  addEventListener("afterprint", () => {
    delete document.documentElement.dataset.print;
    folded.forEach((details) => { details.open = false; });
    drawAll();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  drawAll();
})();

import { brief } from './figures.js';

/**
 * Charts of the application's meters over the last minutes. Gauges are drawn as they are, counters as what they grew
 * by per second. What is stacked stands on what is before it.
 */
const SPAN = 180;
const SPAN_AT_FIRST = 60;
const MARKS = [5 / 6, 1 / 2, 1 / 6]; // of the time axis

const ICE = '#6fd0e2', CREAM = '#faf6d8', AMBER = '#f7a432', ROSE = '#ff6b81', VIOLET = '#b79cff', LIME = '#a6e36a', GREY = '#9a9cc0',
	GROUND = '#0e0f26';

const CHARTS = [
	{ title: 'Live tiles', stacked: true, series: [
		{ of: 'inUse', name: 'in use', color: ICE }, { of: 'onlyHeld', name: 'only held', color: LIME },
		{ of: 'unused', name: 'unused', color: GREY, faint: true }] },
	{ title: 'Purged / s', series: [{ of: 'purged', rate: true, color: AMBER, bars: true }] },
	{ title: 'Lookups / s', series: [
		{ of: 'hits', name: 'hits', rate: true, color: CREAM }, { of: 'misses', name: 'misses', rate: true, color: ROSE },
		{ of: 'lost', name: 'lost hits', rate: true, color: AMBER }] },
	{ title: 'Heap, MB', series: [{ of: 'heap', scale: 1 / 1048576, color: VIOLET, fill: true }] },
	{ title: 'Callbacks / s', series: [
		{ of: 'callbacks', name: 'all', rate: true, color: ICE, bars: true },
		{ of: 'callbackErrors', name: 'failed', rate: true, color: ROSE, bars: true }] }
];

export class Charts {

	constructor(parent) {
		this.times = [];
		this.last = null;
		this.charts = CHARTS.map((chart) => this.#create(parent, chart));
		new ResizeObserver(() => this.charts.forEach(({ plot, box }) => {
			plot.setSize({ width: box.clientWidth, height: box.clientHeight });
		})).observe(parent);
	}

	#create(parent, { title, stacked, series }) {
		const figure = document.createElement('figure');
		figure.className = 'chart';
		figure.appendChild(document.createElement('h3')).textContent = title;
		const line = figure.appendChild(document.createElement('p'));
		const values = series.map(({ name, color }) => {
			const value = line.appendChild(document.createElement('span'));
			value.style.setProperty('--tint', color);
			value.innerHTML = `<b>–</b> ${name ?? ''}`;
			return value.firstChild;
		});
		const box = figure.appendChild(document.createElement('div'));
		box.className = 'plot';
		parent.append(figure);
		const axis = {
			stroke: '#9a9cc0',
			font: '11px system-ui, sans-serif', // uPlot takes whole pixels only
			grid: { stroke: 'rgb(255 255 255 / 6%)', width: 1 },
			ticks: { show: false }
		};
		const plot = new uPlot({
			width: Math.max(50, box.clientWidth),
			height: box.clientHeight,
			legend: { show: false },
			cursor: { show: false },
			select: { show: false },
			padding: [6, 4, 0, 0],
			scales: {
				x: { range: () => [this.#now - this.#span, this.#now] },
				y: { range: (_, low, high) => [0, Math.max(4, high * 1.15 || 0)] }
			},
			axes: [
				{ ...axis, size: 18, gap: 2, splits: () => MARKS.map((mark) => this.#now - mark * this.#span),
					values: () => MARKS.map((mark) => `−${Math.round(mark * this.#span)} s`) },
				{ ...axis, size: 34, gap: 4, space: 26, values: (_, ticks) => ticks.map((tick) => tick >= 10000 ? `${tick / 1000}k` : tick) }
			],
			series: [{}, ...series.map(({ color, fill, faint, bars }) => ({
				stroke: stacked ? GROUND : color, // a gap between areas, also for those who see no colours
				width: bars ? 0 : stacked ? 1 : 1.6,
				fill: faint ? `${color}66` : bars || stacked ? color : fill ? `${color}26` : undefined,
				paths: bars ? uPlot.paths.bars({ size: [0.7, 6, 2] }) : uPlot.paths.linear(),
				points: { show: false }
			}))],
			bands: stacked ? series.slice(1).map((_, i) => ({ series: [i + 2, i + 1] })) : []
		}, [[], ...series.map(() => [])], box);
		return { plot, box, values, series, stacked, data: series.map(() => []) };
	}

	get #now() {
		return this.times.at(-1) ?? Date.now() / 1000;
	}

	/** The span that is shown: it grows until it is full. */
	get #span() {
		return Math.min(SPAN, Math.max(SPAN_AT_FIRST, this.#now - (this.times[0] ?? 0)));
	}

	/** Add what the meters read now. */
	add(readings) {
		const now = Date.now() / 1000;
		const first = this.times.findIndex((time) => time > now - SPAN - 5);
		this.times.splice(0, Math.max(0, first));
		this.times.push(now);
		for (const chart of this.charts) {
			let below = 0;
			chart.series.forEach(({ of, rate, scale = 1 }, i) => {
				const value = rate ? this.#rate(of, readings, now) : readings[of] * scale;
				chart.data[i].splice(0, Math.max(0, first));
				chart.data[i].push(below + value);
				below += chart.stacked ? value : 0;
				chart.values[i].textContent = brief(value);
			});
			chart.plot.setData([this.times, ...chart.data]);
		}
		this.last = { readings, now };
	}

	#rate(of, readings, now) {
		return this.last ? Math.max(0, (readings[of] - this.last.readings[of]) / (now - this.last.now)) : 0;
	}

}

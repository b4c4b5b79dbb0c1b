import { Charts } from './charts.js';
import { brief, number } from './figures.js';
import { Gestures } from './gestures.js';
import { Leak } from './leak.js';
import { Painter, hue } from './painter.js';
import { Session } from './session.js';
import { ORIGINS, Tiles, key } from './tiles.js';
import { HOME, View } from './view.js';

const PLACES = {
	'Whole set': HOME,
	'Seahorse valley': { re: -0.74548, im: 0.11669, zoom: 10.2 },
	'Elephants': { re: 0.2885, im: 0.0132, zoom: 9.5 },
	'Spirals': { re: -0.0583, im: 0.6662, zoom: 10.4 },
	'Lightning': { re: -1.315180982097868, im: 0.073481649996795, zoom: 21 },
	'Little brother': { re: -1.758, im: 0, zoom: 8.6 },
	'At the limit': { re: -0.7436438870371587, im: 0.1318259042053119, zoom: 40 }
};

const $ = (id) => document.getElementById(id);

const canvas = $('plane');
const view = new View();
const session = new Session(() => view.viewport);
const tiles = new Tiles(session.id);
const painter = new Painter(canvas, view, tiles);
const gestures = new Gestures(canvas, view, redraw);
for (const [origin, { words, color }] of Object.entries(ORIGINS)) {
	const item = $('origins').appendChild(document.createElement('li'));
	item.dataset.origin = origin;
	item.innerHTML = `<b>0</b> ${words}`;
	item.style.setProperty('--tint', color);
}
const charts = new Charts($('charts'));

let meters = null;

// Frames are drawn only while something changes.

let scheduled = false;
let lastFrame = 0;

function redraw() {
	if (!scheduled) {
		scheduled = true;
		requestAnimationFrame(frame);
	}
}

function frame(now) {
	scheduled = false;
	const wasMoving = gestures.moving;
	gestures.advance(now, Math.min(60, now - lastFrame || 16));
	lastFrame = now;
	const changing = painter.paint(now);
	session.moved();
	describe();
	if (changing || gestures.moving) {
		redraw();
	}
	else {
		lastFrame = 0;
	}
	if (wasMoving && !gestures.moving) {
		remember();
	}
}

function describe() {
	const digits = Math.min(16, Math.max(4, Math.round(view.zoom * 0.31) + 3));
	const sign = view.im < 0 ? '−' : '+';
	const magnification = 2 ** Math.max(0, view.zoom - view.fit);
	const times = magnification < 1e6 ? number(magnification) : magnification.toExponential(1).replace('e+', '·10^');
	$('position').textContent = `${view.re.toFixed(digits).replace('-', '−')} ${sign} ${Math.abs(view.im).toFixed(digits)} i`
		+ ` · ${times}× · level ${view.level}`;
	const { x, y } = gestures.hover ?? { x: view.width / 2, y: view.height / 2 };
	const count = 2 ** view.level;
	const column = Math.floor(view.planeX(x) * count), row = Math.floor(view.planeY(y) * count);
	const picture = tiles.get(view.level, column, row);
	const viewers = painter.held.get(key(view.level, column, row))?.viewers;
	$('tile').innerHTML = picture
		? `Tile ${view.level}/${column}/${row}: instance <b>no. ${picture.serial}</b>, ${ORIGINS[picture.origin].words}`
			+ (viewers ? `, held for <b>${viewers} viewer${viewers > 1 ? 's' : ''}</b>` : '')
		: '&nbsp;';
	$('missing').textContent = tiles.missing ? ` · ${tiles.missing} to come` : '';
	document.body.dataset.missing = tiles.missing;
	describeOrigins();
}

function describeOrigins() {
	const counts = tiles.origins(view.viewport);
	const shared = typeof meters?.trusted === 'boolean';
	for (const item of $('origins').children) {
		const origin = item.dataset.origin;
		item.hidden = origin === 'redis' && !shared;
		item.firstElementChild.textContent = brief(counts[origin] ?? 0);
	}
	$('untrusted').hidden = meters?.trusted !== false;
}

// Where one looks is in the address, to be shared.

function remember() {
	const digits = Math.min(17, Math.round(view.zoom * 0.31) + 5);
	history.replaceState(null, '', `#${view.re.toPrecision(digits)},${view.im.toPrecision(digits)},${view.zoom.toFixed(2)}`);
}

function addressed() {
	const [re, im, zoom] = location.hash.slice(1).split(',').map(Number);
	return [re, im, zoom].every(Number.isFinite) ? { re, im, zoom } : null;
}

addEventListener('hashchange', () => addressed() && gestures.flyTo(view.place(addressed())));

// What the server says

session.onLook = (look, viewport, askedAt) => {
	painter.held = new Map(look.tiles.map((tile) => [key(tile.zoom, tile.x, tile.y), tile]));
	tiles.want(viewport, painter.held, askedAt);
	const others = look.viewers.filter((viewer) => viewer.present && viewer.number !== look.number);
	painter.setOthers(others);
	$('mine').textContent = brief(look.tiles.length);
	$('shared').textContent = brief(look.tiles.filter((tile) => tile.viewers > 1).length);
	list(look);
	redraw();
};

session.onConnection = (connected) => {
	if (!connected) {
		toast('The server does not answer. Trying again …');
	}
};

tiles.onChange = () => {
	$('loading')?.remove();
	if (!tiles.missing) {
		session.report(); // to show at once what is held now
	}
	redraw();
};

function list({ number: me, viewers }) {
	const present = viewers.filter((viewer) => viewer.present).length;
	const left = viewers.length - present;
	$('count').textContent = `· ${present}` + (left ? `, and ${left} not collected yet` : '');
	const rank = (viewer) => (viewer.number === me ? 0 : viewer.present ? 1 : 2);
	viewers.sort((a, b) => rank(a) - rank(b) || a.number - b.number);
	const items = $('viewers');
	while (items.children.length > viewers.length) {
		items.lastChild.remove();
	}
	viewers.forEach((viewer, i) => {
		const item = items.children[i] ?? items.appendChild(person());
		const [dot, name, held] = item.firstChild.children;
		item.firstChild.disabled = !viewer.present;
		item.firstChild.title = viewer.present ? `Fly there. ${viewer.shared} of the ${viewer.seen} tiles shown so far were there already` : '';
		item.viewport = viewer.viewport;
		dot.style.setProperty('--hue', hue(viewer.number));
		name.textContent = (viewer.number === me ? 'You, viewer ' : viewer.simulated ? 'Simulated viewer ' : 'Viewer ') + viewer.number;
		held.textContent = viewer.present ? `${viewer.tiles} tiles` : 'left';
	});
}

function person() {
	const item = document.createElement('li');
	item.innerHTML = '<button><i></i><span></span><small></small></button>';
	item.firstChild.addEventListener('click', () => gestures.flyTo(view.placeOf(item.viewport)));
	return item;
}

async function readMeters() {
	try {
		const response = await fetch('api/meters', { signal: AbortSignal.timeout(3000) });
		meters = await response.json();
		meters.unused = Math.max(0, meters.live - meters.inUse - meters.onlyHeld);
		describeOrigins();
		describeHold();
		$('live').textContent = brief(meters.live);
		$('purged').textContent = brief(meters.purged);
		$('failed').textContent = meters.callbackErrors ? `${brief(meters.callbackErrors)} failed so far` : '';
	}
	catch {
		// the session says it
	}
}

async function readMetersOnAndOn() {
	if (!document.hidden) {
		await readMeters();
		if (meters) {
			charts.add(meters);
		}
	}
	setTimeout(readMetersOnAndOn, 1000);
}

// Buttons

let toastTimer;

function toast(text) {
	$('toast').textContent = text;
	$('toast').classList.add('shown');
	clearTimeout(toastTimer);
	toastTimer = setTimeout(() => $('toast').classList.remove('shown'), 3500);
}

async function send(method, path, body) {
	const response = await fetch(path, {
		method,
		headers: body ? { 'Content-Type': 'application/json' } : {},
		body: body && JSON.stringify(body)
	});
	if (!response.ok) {
		toast((await response.json()).detail);
	}
	return response;
}

async function collect() {
	await readMeters();
	const before = meters?.purged ?? 0;
	toast('Asking the collector …');
	await send('POST', 'api/collection');
	for (let i = 0; i < 20 && meters.purged === before; i++) {
		await new Promise((resolve) => setTimeout(resolve, 200));
		await readMeters();
	}
	const gone = meters.purged - before;
	toast(gone > 0
		? `The collector took ${number(gone)} tile${gone === 1 ? '' : 's'} nobody was looking at.`
		: `Nothing to collect: every tile there is is looked at${isOn('hold') ? ' or held' : ''}.`);
	session.report();
}

function toggleFrames() {
	painter.frames = !painter.frames;
	$('frames').setAttribute('aria-pressed', painter.frames);
	redraw();
}

const isOn = (id) => $(id).getAttribute('aria-checked') === 'true';

function showFailing({ on }) {
	$('failing').setAttribute('aria-checked', on);
}

async function toggleFailing() {
	const on = !isOn('failing');
	const response = await send('PUT', 'api/failing-callback', { on });
	if (response.ok) {
		showFailing(await response.json());
		toast(on ? 'From now on a callback fails for each tile collected.' : 'Callbacks succeed again.');
	}
}

function showHold({ on, seconds }) {
	$('hold').setAttribute('aria-checked', on);
	$('hold').hidden = seconds === null;
	$('hold-for').textContent = `Hold for ${seconds} s`;
	$('hold').title = `Hold each tile for ${seconds} s after its last use`;
	describeHold();
}

/** While tiles are held, how many; else how often that would have been a hit. */
function describeHold() {
	if (meters) {
		$('held').textContent = isOn('hold') ? `${brief(meters.held)} held` : `${brief(meters.lost)} lost hit${meters.lost === 1 ? '' : 's'}`;
	}
}

async function toggleHold() {
	const on = !isOn('hold');
	const response = await send('PUT', 'api/hold', { on });
	if (response.ok) {
		showHold(await response.json());
		toast(on ? 'From now on a tile that nobody looks at is held for a while.' : 'Nothing is held any more.');
		await readMeters();
	}
}

$('add-viewer').addEventListener('click', async () => {
	await send('POST', 'api/simulated-viewers', view.viewport);
	session.report();
});
$('dismiss').addEventListener('click', async () => {
	await send('DELETE', 'api/simulated-viewers');
	session.report();
});
$('again').addEventListener('click', async () => {
	const response = await send('POST', 'api/editions');
	if (response.ok) {
		toast('Every tile is rendered again, for everybody.');
		session.report();
	}
});
$('collect').addEventListener('click', collect);
$('failing').addEventListener('click', toggleFailing);
$('hold').addEventListener('click', toggleHold);
$('zoom-in').addEventListener('click', () => gestures.zoomBy(1));
$('zoom-out').addEventListener('click', () => gestures.zoomBy(-1));
$('home').addEventListener('click', () => gestures.flyTo(view.place(HOME)));
$('frames').addEventListener('click', toggleFrames);

for (const [name, place] of Object.entries(PLACES)) {
	const button = $('places').appendChild(document.createElement('button'));
	button.textContent = name;
	button.addEventListener('click', () => {
		gestures.flyTo(view.place(place));
		canvas.focus({ preventScroll: true });
	});
}

addEventListener('keydown', (event) => {
	if (event.ctrlKey || event.metaKey || event.altKey) {
		return;
	}
	if (document.querySelector('dialog[open]')) {
		return;
	}
	const actions = { f: toggleFrames, g: collect, 0: () => gestures.flyTo(view.place(HOME)) };
	actions[event.key.toLowerCase()]?.();
});

// Start

let placed = false;

function resize() {
	view.resize(canvas.clientWidth, canvas.clientHeight, devicePixelRatio);
	if (!placed) {
		placed = true;
		Object.assign(view, view.place(addressed() ?? HOME));
		view.settle();
		session.report();
	}
	redraw();
}

/** Called again when the window comes to a screen of another density, which need not change its size. */
function followDensity() {
	resize();
	matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener('change', followDensity, { once: true });
}

new ResizeObserver(resize).observe(canvas);
followDensity();

new Leak(send, collect);
fetch('api/failing-callback').then((response) => response.json()).then(showFailing);
fetch('api/hold').then((response) => response.json()).then(showHold);
readMetersOnAndOn();

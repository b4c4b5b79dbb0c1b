/**
 * Measures the page as a person sees it. Runs before the page's own scripts, so that it notes what is written on canvases.
 */
const measuring = (() => {
	const written = new Map(); // what is written on canvases → where, in which font and colours

	const { fill, fillText } = CanvasRenderingContext2D.prototype;
	const grounds = new WeakMap();
	CanvasRenderingContext2D.prototype.fill = function (...rest) {
		grounds.set(this, this.fillStyle);
		return fill.apply(this, rest);
	};
	CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
		if (!this.canvas.isConnected) {
			return fillText.call(this, text, ...rest); // axe measures fonts so
		}
		const plane = this.canvas.id === 'plane';
		const writing = { plane, font: this.font, color: this.fillStyle, ground: plane ? grounds.get(this) : null };
		written.set(JSON.stringify(writing), { ...writing, text });
		return fillText.call(this, text, ...rest);
	};

	/** A single pixel on which colours are laid over each other. */
	const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });

	function lay(color, alpha = 1) {
		pixel.globalAlpha = alpha;
		pixel.fillStyle = color;
		pixel.fillRect(0, 0, 1, 1);
	}

	function luminance() {
		const [red, green, blue] = [...pixel.getImageData(0, 0, 1, 1).data].map((value) => {
			const share = value / 255;
			return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
		});
		return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
	}

	/** The contrast of a colour with layers of others, the lowest one first. */
	function contrast(color, alpha, layers) {
		layers.forEach(([layer, opacity]) => lay(layer, opacity));
		const ground = luminance();
		lay(color, alpha);
		const text = luminance();
		return (Math.max(ground, text) + 0.05) / (Math.min(ground, text) + 0.05);
	}

	const visible = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });

	function* texts() {
		const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let node = walker.nextNode(); node; node = walker.nextNode()) {
			if (node.data.trim() && visible(node.parentElement)) {
				yield node;
			}
		}
	}

	const name = (element) => element.id ? `#${element.id}` : `${element.tagName.toLowerCase()} "${element.textContent.trim()}"`;

	const path = (element) => element ? [element, ...path(element.parentElement)] : [];

	/** What is written on the plane. */
	const labels = () => [...written.values()].filter(({ plane }) => plane).map(({ text }) => text);

	/** Each text whose contrast is too low, whether the plane is bright or dark. */
	function pale() {
		showAll();
		const found = [];
		const check = (what, color, alpha, layers) => {
			const ratio = contrast(color, alpha, layers);
			if (!(ratio >= 4.5)) {
				found.push(`${what}: ${ratio.toFixed(2)}`);
			}
		};
		for (const node of texts()) {
			const element = node.parentElement;
			const stage = element.closest('#stage');
			const ancestors = path(element).filter((ancestor) => !stage || stage !== ancestor && stage.contains(ancestor));
			const layers = [];
			let alpha = 1;
			for (const ancestor of ancestors.reverse()) {
				const { backgroundColor, opacity } = getComputedStyle(ancestor);
				alpha *= opacity;
				layers.push([backgroundColor, alpha]);
			}
			for (const plane of stage ? ['white', 'black'] : ['white']) {
				check(`${name(element)} "${node.data.trim()}"`, getComputedStyle(element).color, alpha, [[plane, 1], ...layers]);
			}
		}
		const panel = getComputedStyle(document.getElementById('charts')).backgroundColor;
		for (const { plane, color, ground, text } of written.values()) {
			for (const below of plane ? ['white', 'black'] : [panel]) {
				check(`${color} "${text}" on a canvas`, color, 1, [[below, 1], [ground ?? 'transparent', 1]]);
			}
		}
		return found;
	}

	/** Show, until the page next shows what it knows itself, what is rarely to be seen. */
	function showAll() {
		document.getElementById('failed').textContent = '1 failed so far';
		document.querySelectorAll('#origins li').forEach((origin) => origin.hidden = false);
		document.getElementById('untrusted').hidden = false;
		document.getElementById('viewers').insertAdjacentHTML('beforeend',
			'<li><button disabled><i></i><span>Viewer 99</span><small>left</small></button></li>');
		const toast = document.getElementById('toast');
		toast.style.transition = 'none';
		toast.classList.add('shown');
		toast.textContent = 'Nothing to collect';
	}

	/** The sizes of the charts' fonts since the last call, in pixels of the canvas. */
	function chartFonts() {
		const sizes = new Set([...written.values()].filter(({ plane }) => !plane).map(({ font }) => parseFloat(font)));
		written.clear();
		return [...sizes];
	}

	/** Each control that cannot be brought into view by scrolling, or lies below something else; those of a dialog if it is open. */
	function outOfReach() {
		const found = [];
		for (const control of (document.querySelector('dialog[open]') ?? document)
				.querySelectorAll('button:enabled, a[href], input, select, summary, [tabindex]')) {
			if (control.closest('dialog:not([open])')) {
				continue;
			}
			control.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
			const { left, top, right, bottom } = control.getBoundingClientRect();
			if (left < -0.5 || top < -0.5 || right > innerWidth + 0.5 || bottom > innerHeight + 0.5) {
				found.push(`${name(control)} lies outside of the window`);
			}
			const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
			if (!control.contains(hit)) {
				found.push(`${name(control)} lies below ${hit ? name(hit) : 'nothing'}`);
			}
			for (const ancestor of path(control)) {
				const { overflowX, overflowY } = getComputedStyle(ancestor === document.documentElement ? document.body : ancestor);
				const stuck = (scrolled, overflow) => scrolled && (overflow === 'hidden' || overflow === 'clip');
				if (stuck(ancestor.scrollTop, overflowY) || stuck(ancestor.scrollLeft, overflowX)) {
					found.push(`${name(control)} is reached only by a script that scrolls`);
				}
				ancestor.scrollTo({ left: 0, top: 0, behavior: 'instant' });
			}
		}
		if (document.documentElement.scrollWidth > innerWidth) {
			found.push(`The page is ${document.documentElement.scrollWidth} pixels wide`);
		}
		return found;
	}

	const LARGE = '999.9K';
	const BOXES = 'aside, footer, header, h1, h2, button, .figures > div, .chart, .chart h3, .chart p, .hud, #toast, dialog, blockquote, .path li';

	/** Each text that does not fit where it stands, with all figures as long as they get. */
	function cutOff() {
		document.querySelectorAll('.figures b, .chart b').forEach((figure) => figure.textContent = LARGE);
		document.getElementById('failed').textContent = `${LARGE} failed so far`;
		document.getElementById('held').textContent = `${LARGE} lost hits`;
		document.querySelectorAll('#origins li').forEach((origin) => origin.hidden = false);
		document.querySelectorAll('#origins b').forEach((count) => count.textContent = '120');
		document.getElementById('untrusted').hidden = false;
		document.getElementById('count').textContent = '· 13, and 120 not collected yet';
		document.getElementById('position').textContent = '−0.7436438870371587 + 0.1318259042053119 i · 1.1·10^12× · level 43';
		document.getElementById('missing').textContent = ' · 120 to come';
		document.getElementById('tile').innerHTML = 'Tile 43/8796093022207/8796093022207: instance <b>no. 99999</b>, rendered here, held for <b>13 viewers</b>';
		const found = [];
		for (const node of texts()) {
			const range = document.createRange();
			range.selectNodeContents(node);
			const text = range.getBoundingClientRect();
			for (const ancestor of path(node.parentElement)) {
				if (ancestor.matches(BOXES)) {
					const box = ancestor.getBoundingClientRect();
					const scrolls = ancestor.scrollHeight > ancestor.clientHeight && getComputedStyle(ancestor).overflowY === 'auto';
					if (text.left < box.left - 1 || text.right > box.right + 1
							|| !scrolls && (text.top < box.top - 1 || text.bottom > box.bottom + 1)) {
						found.push(`"${node.data.trim()}" does not fit into ${name(ancestor)}`);
					}
				}
				if (getComputedStyle(ancestor).overflowX !== 'visible') {
					break; // scrolled into view
				}
			}
		}
		const huds = [...document.querySelectorAll('.hud')];
		huds.forEach((one, i) => huds.slice(i + 1).forEach((other) => {
			const a = one.getBoundingClientRect(), b = other.getBoundingClientRect();
			if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) {
				found.push(`${one.className} and ${other.className} lie over each other`);
			}
		}));
		return found;
	}

	return { labels, pale, chartFonts, outOfReach, cutOff, contrast };
})();

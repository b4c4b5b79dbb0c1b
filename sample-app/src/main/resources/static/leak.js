import { number } from './figures.js';

/**
 * The dialog about a leak: it is planted, the application warns of it, and says on request what holds the tiles.
 */
const EVERY = 500;
const MOST_COLLECTIONS = 60;

const $ = (id) => document.getElementById(id);

const tilesOf = (count) => `${number(count)} tile${count === 1 ? '' : 's'}`;

const LIBRARIES = /^(java|javax|jdk|sun|com\.sun|jakarta|org\.(springframework|apache)|io\.(micrometer|weakref\.(cache|cleaner|collection|context|near)))\./;

export class Leak {

	/**
	 * @param send sends a request and tells of a refusal
	 * @param collect asks for a collection and tells what it took
	 */
	constructor(send, collect) {
		this.send = send;
		this.collect = collect;
		this.dialog = $('leak');
		$('plant').addEventListener('click', () => this.#plant());
		$('leak-close').addEventListener('click', () => this.dialog.close());
		$('leak-remove').addEventListener('click', () => this.#remove());
		$('leak-explain').addEventListener('click', () => this.#explain());
		this.dialog.addEventListener('close', () => clearTimeout(this.timer));
		this.dialog.addEventListener('click', (event) => event.target === this.dialog && this.dialog.close());
		this.#read();
	}

	async #plant() {
		const response = await this.send('PUT', 'api/leak', { on: true });
		if (response.ok) {
			this.dialog.showModal();
			this.#follow(await response.json());
		}
	}

	async #remove() {
		const response = await this.send('PUT', 'api/leak', { on: false });
		if (response.ok) {
			$('leak-paths').replaceChildren();
			$('leak-asking').textContent = '';
			this.dialog.close();
			this.#show(await response.json());
			this.collect();
		}
	}

	async #read() {
		this.#show(await (await fetch('api/leak')).json());
	}

	/** Follow what becomes of the leak while the dialog is open. */
	async #follow(leak) {
		this.#show(leak);
		clearTimeout(this.timer);
		this.timer = setTimeout(async () => {
			let now = leak;
			try {
				if (isComplete(leak) && !leak.warning && leak.outlived < MOST_COLLECTIONS) {
					await fetch('api/collection', { method: 'POST' });
				}
				now = await (await fetch('api/leak')).json();
			}
			catch {
				// the session says it
			}
			if (this.dialog.open) {
				this.#follow(now);
			}
		}, EVERY);
	}

	#show(leak) {
		const { planted, tiles, held, outlived, warning } = leak;
		this.cache = leak.cache;
		$('plant').textContent = planted ? 'Show the leak' : 'Plant a leak';
		$('leak-tiles').textContent = number(tiles);
		$('leak-state').textContent = !planted ? 'The leak is removed.'
			: !isComplete(leak) ? `The gallery is still open: ${tilesOf(held)} so far …`
			: `They have outlived ${number(outlived)} collection${outlived === 1 ? '' : 's'} that somebody has asked for`
				+ (warning ? '.' : '. The page asks for more until there is a warning …');
		$('leak-warning').hidden = !warning;
		$('leak-warning').lastElementChild.textContent = warning ?? '';
	}

	/** Have the application find out what holds the tiles. */
	async #explain() {
		const button = $('leak-explain');
		button.disabled = true;
		$('leak-paths').replaceChildren();
		$('leak-asking').textContent = 'A heap dump is being written and read …';
		try {
			// 409: it is being found out already
			const { ok, status } = await fetch(`actuator/weakretention/${this.cache}`, { method: 'POST' });
			if (!ok && status !== 409) {
				throw new Error(`The endpoint weakretention answers with status ${status}.`);
			}
			let report;
			do {
				await new Promise((resolve) => setTimeout(resolve, EVERY));
				report = await (await fetch('actuator/weakretention')).json();
			}
			while (report.state === 'running');
			this.#explained(report);
		}
		catch (error) {
			$('leak-asking').textContent = error.message;
		}
		finally {
			button.disabled = false;
		}
	}

	#explained({ error, live, examined, paths }) {
		if (error) {
			throw new Error(error);
		}
		$('leak-asking').textContent = `Looked up in a heap dump, which is deleted again: ${number(examined)} of ${tilesOf(live)}.`;
		$('leak-paths').replaceChildren(...paths.map((path) => chain(path)));
		$('leak-paths').scrollIntoView({ block: 'nearest', behavior: 'smooth' });
	}

}

const isComplete = ({ planted, tiles, held }) => planted && held === tiles;

/** A path as a chain: the root, each field on the way, and the tiles at the end. */
function chain({ entries, root, steps, note }) {
	const figure = document.createElement('figure');
	figure.className = 'path';
	figure.appendChild(document.createElement('figcaption')).textContent = note ? `${tilesOf(entries)}: ${note}` : tilesOf(entries);
	const list = figure.appendChild(document.createElement('ol'));
	const isStatic = root.kind === 'static' && steps.length;
	list.append(isStatic ? link('Static field', field(steps[0]), 'root') : link('', [root.description], 'root'));
	for (const step of isStatic ? steps.slice(1) : steps) {
		list.append(link('', field(step), LIBRARIES.test(step) ? 'library' : ''));
	}
	list.append(link('', [tilesOf(entries)], 'end'));
	return figure;
}

/** A field as `Class.field`, and the package before it. */
function field(step) {
	const [, of, name] = step.match(/^((?:[a-z_0-9]+\.)*)(.*)$/);
	return [name, of.slice(0, -1)];
}

function link(label, [name, of], className) {
	const item = document.createElement('li');
	item.className = className;
	if (label) {
		item.appendChild(document.createElement('small')).textContent = label;
	}
	item.appendChild(document.createElement('b')).append(...breakable(name));
	if (of) {
		item.appendChild(document.createElement('small')).append(...breakable(of));
	}
	return item;
}

/** Names may be broken before a dot or an inner class. */
function breakable(name) {
	return name.split(/(?=[.$])/).flatMap((part, i) => i ? [document.createElement('wbr'), part] : [part]);
}

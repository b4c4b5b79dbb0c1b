package io.weakref.sample.viewer;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import io.weakref.sample.tile.TileId;
import io.weakref.sample.tile.Viewport;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Simulated viewers: each strolls from tile to tile about what the nearest page shows,
 * comes closer or steps back now and then, and follows when the page moves on.
 */
@Component
class SimulatedViewers {

	static final int LIMIT = 12;

	private static final int COLUMNS = 3;

	private static final int ROWS = 2;

	private final Viewers viewers;

	SimulatedViewers(Viewers viewers) {
		this.viewers = viewers;
	}

	/**
	 * Put one more viewer into the middle of a viewport.
	 * @return whether there was room for one more
	 */
	boolean add(Viewport around) {
		if (present().size() >= LIMIT) {
			return false;
		}
		show(this.viewers.simulate(Viewport.around(around.center(), COLUMNS, ROWS)));
		return true;
	}

	private List<Viewer> present() {
		return this.viewers.remembered()
			.stream()
			.filter((viewer) -> viewer.isSimulated() && viewer.isPresent())
			.toList();
	}

	private List<Viewport> shownByPages() {
		return this.viewers.remembered()
			.stream()
			.filter((viewer) -> !viewer.isSimulated() && viewer.isPresent())
			.map(Viewer::viewport)
			.toList();
	}

	@Scheduled(fixedDelay = 1200)
	void stroll() {
		List<Viewport> shown = shownByPages();
		if (shown.isEmpty()) {
			return;
		}
		for (Viewer viewer : present()) {
			TileId next = Stroll.next(viewer.viewport().center(), shown, ThreadLocalRandom.current());
			this.viewers.look(viewer, Viewport.around(next, COLUMNS, ROWS));
			show(viewer);
		}
	}

	/**
	 * Fetch what a viewer looks at, unless it is sent home meanwhile.
	 */
	private void show(Viewer viewer) {
		viewer.viewport()
			.tiles()
			.stream()
			.takeWhile((tile) -> viewer.isPresent())
			.forEach((tile) -> this.viewers.show(viewer, tile));
	}

}

package io.weakref.sample.viewer;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import io.weakref.sample.tile.TileId;
import io.weakref.sample.tile.Viewport;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Simulated viewers. Each one strolls from tile to tile in the area that the nearest page
 * shows, zooms in or out at times, and follows when the page moves.
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
	 * Add a viewer in the middle of a viewport.
	 * @return whether the limit allowed another viewer
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
	 * Fetch the tiles that a viewer looks at, until it is dismissed.
	 */
	private void show(Viewer viewer) {
		viewer.viewport()
			.tiles()
			.stream()
			.takeWhile((tile) -> viewer.isPresent())
			.forEach((tile) -> this.viewers.show(viewer, tile));
	}

}

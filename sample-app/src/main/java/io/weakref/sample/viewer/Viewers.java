package io.weakref.sample.viewer;

import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakLocks;
import io.weakref.collection.WeakSet;
import io.weakref.sample.tile.Atlas;
import io.weakref.sample.tile.TileImages;
import io.weakref.sample.tile.Tile;
import io.weakref.sample.tile.TileId;
import io.weakref.sample.tile.TileUser;
import io.weakref.sample.tile.Viewport;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The viewers that are present. The viewer of a page stays as long as the page reports
 * its viewport from time to time. A simulated viewer stays as long as there is a page
 * that shows it.
 */
@Component
class Viewers implements TileUser {

	private final Map<UUID, Viewer> sessions = new ConcurrentHashMap<>();

	/**
	 * A lock for each session, so that a viewer that is just reporting is not dismissed
	 * as silent. A function of the map would block other sessions whose ids are in the
	 * same bin.
	 */
	private final WeakLocks<UUID> turns;

	private final AtomicInteger lastNumber = new AtomicInteger();

	private final WeakSet<Viewer> looking;

	private final WeakKeyDictionary<Viewer, Activity> activities;

	private final Atlas atlas;

	private final TileImages images;

	private final Duration timeout;

	Viewers(WeakLocks<UUID> turns, WeakSet<Viewer> looking, WeakKeyDictionary<Viewer, Activity> activities, Atlas atlas,
			TileImages images, @Value("${sample.viewer-timeout}") Duration timeout) {
		this.turns = turns;
		this.looking = looking;
		this.activities = activities;
		this.atlas = atlas;
		this.images = images;
		this.timeout = timeout;
	}

	/**
	 * Note that a viewer, possibly a new one, looks at a viewport.
	 */
	@SuppressWarnings("try") // the lock is only held
	Viewer look(UUID id, Viewport viewport) {
		String edition = this.atlas.edition();
		try (WeakLocks.Held turn = this.turns.lock(id)) {
			Viewer viewer = this.sessions.computeIfAbsent(id, (key) -> arrive(false, viewport, edition));
			viewer.look(viewport, edition);
			return viewer;
		}
	}

	Viewer simulate(Viewport viewport) {
		Viewer viewer = arrive(true, viewport, this.atlas.edition());
		this.sessions.put(UUID.randomUUID(), viewer);
		return viewer;
	}

	private Viewer arrive(boolean simulated, Viewport viewport, String edition) {
		Viewer viewer = new Viewer(this.lastNumber.incrementAndGet(), simulated, viewport, edition);
		this.looking.add(viewer);
		return viewer;
	}

	/**
	 * Let a simulated viewer look at a viewport.
	 */
	void look(Viewer viewer, Viewport viewport) {
		viewer.look(viewport, this.atlas.edition());
	}

	Optional<Viewer> find(UUID id) {
		return Optional.ofNullable(this.sessions.get(id));
	}

	/**
	 * Fetch a tile for a viewer. The viewer holds it from now on if it is still in view.
	 */
	Tile show(Viewer viewer, TileId id) {
		// Read before the tile: a tile of an earlier edition must not be taken for a
		// newer one.
		String edition = this.atlas.edition();
		Tile tile = this.atlas.tile(id);
		viewer.hold(tile, edition);
		activity(viewer).saw(tile);
		return tile;
	}

	void leave(UUID id) {
		Viewer viewer = this.sessions.remove(id);
		if (viewer != null) {
			viewer.leave();
		}
	}

	void dismissSimulated() {
		dismiss(Viewer::isSimulated);
	}

	void dismissAll() {
		dismiss((viewer) -> true);
	}

	@SuppressWarnings("try") // the lock is only held
	void dismiss(Predicate<Viewer> who) {
		this.sessions.forEach((id, viewer) -> {
			if (who.test(viewer)) {
				try (WeakLocks.Held turn = this.turns.lock(id)) {
					if (who.test(viewer)) {
						leave(id);
					}
				}
			}
		});
	}

	@Scheduled(fixedDelay = 1000)
	void dismissSilent() {
		long limit = System.nanoTime() - this.timeout.toNanos();
		dismiss((viewer) -> !viewer.isSimulated() && viewer.isUnseenSince(limit));
		if (this.sessions.values().stream().allMatch(Viewer::isSimulated)) {
			dismissSimulated();
		}
	}

	/**
	 * Return all viewers in the weak set, in the order of their numbers: those that are
	 * present, and those that left but have not been garbage collected yet.
	 */
	List<Viewer> remembered() {
		return this.looking.stream().sorted(Comparator.comparingInt(Viewer::number)).toList();
	}

	Activity activity(Viewer viewer) {
		return this.activities.computeIfAbsent(viewer, (key) -> new Activity());
	}

	@Override
	public Stream<BufferedImage> usedImages() {
		return this.sessions.values().stream().flatMap((viewer) -> viewer.held().values().stream());
	}

	/**
	 * Return the tiles that a viewer holds.
	 */
	List<HeldTile> tiles(Viewer viewer) {
		return viewer.held().entrySet().stream().map((entry) -> tile(entry.getKey(), entry.getValue())).toList();
	}

	private HeldTile tile(TileId id, BufferedImage image) {
		long viewers = this.sessions.values().stream().filter((viewer) -> viewer.holds(id, image)).count();
		return new HeldTile(id.zoom(), id.x(), id.y(), this.images.of(image).serial(), viewers);
	}

	/**
	 * A tile that a viewer holds.
	 *
	 * @param serial the number of the rendering: the same number means the same instance
	 * @param viewers how many viewers hold this instance
	 */
	record HeldTile(int zoom, long x, long y, long serial, long viewers) {
	}

}

package io.weakref.sample.experiment;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import io.weakref.context.WeakCacheRegistry;
import io.weakref.sample.tile.Atlas;
import io.weakref.sample.tile.TileId;
import io.weakref.sample.tile.TileUser;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.task.TaskExecutor;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.stereotype.Component;

/**
 * A leak that can be planted and found: a gallery has shown every tile of one zoom level
 * and was closed, but its thumbnails were not removed from the listeners.
 */
@Component
class Leak implements TileUser, DisposableBean {

	/** An image has four bytes for each pixel, and its PNG takes some more. */
	private static final long BYTES_OF_TILE = 256 * 256 * 4 * 5 / 4;

	private final WeakCacheRegistry registry;

	private final Atlas atlas;

	private final LoggedWarning warning;

	private final TaskExecutor executor;

	private final int zoom;

	/** Guards {@link #gallery}, and adding its thumbnails to the listeners. */
	private final Object lock = new Object();

	/** The tiles of the gallery, or {@code null} while there is no leak. */
	private @Nullable List<TileId> gallery;

	Leak(WeakCacheRegistry registry, Atlas atlas, LoggedWarning warning, TaskExecutor applicationTaskExecutor,
			@Value("${sample.leak-zoom}") int zoom) {
		this.registry = registry;
		this.atlas = atlas;
		this.warning = warning;
		this.executor = applicationTaskExecutor;
		this.zoom = zoom;
	}

	/**
	 * Start to plant the leak, unless it is planted already.
	 * @throws NotEnoughMemoryException if the heap is too small for it
	 */
	void plant() {
		List<TileId> gallery = allTiles();
		synchronized (this.lock) {
			if (this.gallery != null) {
				return;
			}
			Runtime runtime = Runtime.getRuntime();
			requireMemory(gallery.size(), runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory(),
					runtime.maxMemory());
			this.gallery = gallery;
		}
		try {
			this.executor.execute(() -> show(gallery));
		}
		catch (TaskRejectedException ex) {
			remove();
			throw ex;
		}
	}

	private List<TileId> allTiles() {
		long side = 1L << this.zoom;
		return LongStream.range(0, side * side).mapToObj((i) -> new TileId(this.zoom, i % side, i / side)).toList();
	}

	/** Require twice the memory: tiles on pages and a heap dump need memory, too. */
	static void requireMemory(int tiles, long free, long heap) {
		long needed = tiles * BYTES_OF_TILE;
		if (free < 2 * needed) {
			throw new NotEnoughMemoryException(needed, heap);
		}
	}

	@SuppressWarnings("ReferenceEquality") // another gallery may have the same tiles
	private void show(List<TileId> gallery) {
		for (TileId tile : gallery) {
			Thumbnail thumbnail = new Thumbnail(this.atlas.tile(tile));
			synchronized (this.lock) {
				if (this.gallery != gallery) {
					return;
				}
				CollectionRequests.add(thumbnail);
			}
		}
	}

	/**
	 * Remove the forgotten listeners.
	 */
	void remove() {
		synchronized (this.lock) {
			this.gallery = null;
			CollectionRequests.removeIf(Thumbnail.class::isInstance);
		}
	}

	@Override
	public Stream<BufferedImage> usedImages() {
		return forgotten().map((thumbnail) -> thumbnail.tile().image());
	}

	private static Stream<Thumbnail> forgotten() {
		return CollectionRequests.listeners().stream().filter(Thumbnail.class::isInstance).map(Thumbnail.class::cast);
	}

	@Override
	public void destroy() {
		remove();
	}

	State state() {
		List<Thumbnail> forgotten = forgotten().toList();
		int outlived = forgotten.stream().mapToInt(Thumbnail::outlived).min().orElse(0);
		String cache = this.atlas.weakCache();
		boolean neverShrinks = this.registry.find(cache).filter((found) -> found.ages().neverShrinks()).isPresent();
		synchronized (this.lock) {
			List<TileId> gallery = this.gallery;
			return new State(cache, gallery != null, (gallery != null) ? gallery.size() : 0, forgotten.size(), outlived,
					neverShrinks ? this.warning.text(cache) : null);
		}
	}

	/**
	 * The state of the leak.
	 *
	 * @param cache the name of the weak cache with the tiles
	 * @param planted whether the leak is planted, or about to be
	 * @param tiles how many tiles it will hold
	 * @param held how many it holds
	 * @param outlived how many requested garbage collections the youngest of them has
	 * outlived
	 * @param warning the warning in the log about the cache, while the cache never
	 * shrinks
	 */
	record State(String cache, boolean planted, int tiles, int held, int outlived, @Nullable String warning) {
	}

	/**
	 * Thrown if the leak would take memory that the application needs.
	 */
	static final class NotEnoughMemoryException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		NotEnoughMemoryException(long needed, long heap) {
			super("The leak takes %d MB, too much for a heap of %d MB: start the application with -Xmx%dm to plant it."
				.formatted(needed >> 20, heap >> 20, (3 * needed) >> 20));
		}

	}

}

package io.weakref.sample.tile;

import java.awt.image.BufferedImage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.weakref.collection.WeakSet;

import org.springframework.stereotype.Component;

/**
 * All tiles. A tile is rendered when it is first requested, and shared by all later
 * callers. When it is no longer in use it is garbage collected, and the next caller gets
 * a new rendering. So there is no eviction, expiry or size limit.
 */
@Component
public class Atlas {

	private final TileCache tiles;

	private final TileImages images;

	private final WeakSet<TileId> names;

	private final Timer timer;

	private final MandelbrotRenderer renderer = new MandelbrotRenderer();

	Atlas(TileCache tiles, TileImages images, WeakSet<TileId> names, MeterRegistry meters) {
		this.tiles = tiles;
		this.images = images;
		this.names = names;
		this.timer = Timer.builder("sample.tile.rendering").description("Rendering of tiles").register(meters);
	}

	/**
	 * Return a tile, rendering it if needed. Different tiles are rendered concurrently,
	 * each tile by one caller only.
	 * @param id the tile's name
	 * @return the tile
	 */
	public Tile tile(TileId id) {
		// Every request creates a new name. All holders of the tile share this one.
		TileId name = this.names.intern(id);
		BufferedImage image = this.tiles.get(name, this::render);
		Rendering rendering = this.images.of(image);
		return new Tile(name, image, rendering, rendering.handOut());
	}

	/**
	 * Return the name of the current edition.
	 * @return the name, which changes when everything is to be rendered again
	 */
	public String edition() {
		return this.tiles.edition();
	}

	/**
	 * Start a new edition: every tile is rendered again, for all viewers. Holders of
	 * tiles of an earlier edition should release them.
	 */
	public void renderAgain() {
		this.tiles.renderAgain();
	}

	/**
	 * Return the name of the cache whose size is the number of live tiles.
	 * @return the name of a weak cache with one entry for each of them
	 */
	public String weakCache() {
		return this.tiles.weakCache();
	}

	/**
	 * Return the weak caches that can contain tiles. At any time only one of them does,
	 * see {@link #weakCache()}.
	 * @return the names of the caches
	 */
	public List<String> weakCaches() {
		return this.tiles.weakCaches();
	}

	private BufferedImage render(TileId id) {
		long start = System.nanoTime();
		BufferedImage image = this.renderer.render(id);
		Duration took = Duration.ofNanos(System.nanoTime() - start);
		this.timer.record(took);
		this.images.add(image, Origin.RENDERED, took, Png.write(image, Instant.now()));
		return image;
	}

}

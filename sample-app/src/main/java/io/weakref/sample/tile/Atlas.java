package io.weakref.sample.tile;

import java.awt.image.BufferedImage;
import java.time.Duration;
import java.time.Instant;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.weakref.collection.WeakSet;

import org.springframework.stereotype.Component;

/**
 * Every tile there is. A tile is rendered when first asked for and shared by all who ask
 * after that; once nobody holds it any more the collector takes it, and whoever asks then
 * gets a new rendering. There is nothing here to evict, to expire or to size.
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
	 * Return a tile, rendered if need be. Different tiles are rendered side by side, one
	 * tile by one caller only.
	 * @param id the tile's name
	 * @return the tile
	 */
	public Tile tile(TileId id) {
		// Every request makes a name of its own. All who hold the tile have this one.
		TileId name = this.names.intern(id);
		BufferedImage image = this.tiles.get(name, this::render);
		Rendering rendering = this.images.of(image);
		return new Tile(name, image, rendering, rendering.handOut());
	}

	/**
	 * Return the name of what is shown now.
	 * @return another name, once everything is to be rendered again
	 */
	public String edition() {
		return this.tiles.edition();
	}

	/**
	 * Have everything rendered again, for everybody. Whoever holds a tile of an earlier
	 * edition should let go of it.
	 */
	public void renderAgain() {
		this.tiles.renderAgain();
	}

	/**
	 * Return which cache shows how many tiles are alive.
	 * @return the name of a weak cache with one entry for each
	 */
	public String weakCache() {
		return this.tiles.weakCache();
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

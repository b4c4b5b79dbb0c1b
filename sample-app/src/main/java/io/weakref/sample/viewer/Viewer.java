package io.weakref.sample.viewer;

import java.awt.image.BufferedImage;
import java.util.Map;
import java.util.TreeMap;

import io.weakref.sample.tile.Tile;
import io.weakref.sample.tile.TileId;
import io.weakref.sample.tile.Viewport;

/**
 * Somebody who looks at the plane. Holds the tiles that the viewport shows, and nothing
 * else in the application holds any: they live as long as one viewer shows them.
 * <p>
 * Safe for use by several threads. Two viewers are never equal.
 */
public final class Viewer {

	private final int number;

	private final boolean simulated;

	private final Map<TileId, BufferedImage> held = new TreeMap<>();

	private Viewport viewport;

	/** Held, so that the application need not look for it. */
	private String edition;

	private boolean present = true;

	private long seenAt = System.nanoTime();

	Viewer(int number, boolean simulated, Viewport viewport, String edition) {
		this.number = number;
		this.simulated = simulated;
		this.viewport = viewport;
		this.edition = edition;
	}

	/**
	 * Return the viewer's number, by which the others know it.
	 * @return the number, from 1
	 */
	public int number() {
		return this.number;
	}

	boolean isSimulated() {
		return this.simulated;
	}

	synchronized boolean isPresent() {
		return this.present;
	}

	synchronized Viewport viewport() {
		return this.viewport;
	}

	/**
	 * Look elsewhere, and let go of every tile that is not shown there, or is of another
	 * edition.
	 */
	synchronized void look(Viewport viewport, String edition) {
		this.viewport = viewport;
		this.seenAt = System.nanoTime();
		if (edition.equals(this.edition)) {
			this.held.keySet().removeIf((tile) -> !viewport.shows(tile));
		}
		else {
			this.held.clear();
		}
		this.edition = edition;
	}

	/**
	 * Hold a tile if the viewport shows it, and its edition is the one that is shown;
	 * either may have changed while the tile was made.
	 */
	synchronized void hold(Tile tile, String edition) {
		if (this.present && this.viewport.shows(tile.id()) && edition.equals(this.edition)) {
			this.held.put(tile.id(), tile.image());
		}
	}

	/**
	 * Let go of everything for good.
	 */
	synchronized void leave() {
		this.present = false;
		this.held.clear();
	}

	synchronized boolean isUnseenSince(long nanoTime) {
		return this.seenAt - nanoTime < 0;
	}

	/**
	 * Return the tiles held now.
	 * @return a copy
	 */
	synchronized Map<TileId, BufferedImage> held() {
		return new TreeMap<>(this.held);
	}

	synchronized boolean holds(TileId tile, BufferedImage image) {
		return this.held.get(tile) == image;
	}

	@Override
	public String toString() {
		return (this.simulated ? "simulated viewer " : "viewer ") + this.number;
	}

}

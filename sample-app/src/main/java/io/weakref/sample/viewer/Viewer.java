package io.weakref.sample.viewer;

import java.awt.image.BufferedImage;
import java.util.Map;
import java.util.TreeMap;

import io.weakref.sample.tile.Tile;
import io.weakref.sample.tile.TileId;
import io.weakref.sample.tile.Viewport;

/**
 * A viewer of the plane. It holds the tiles that its viewport shows. Unless the cache is
 * told to hold tiles for a while, nothing else in the application does, so a tile lives
 * as long as at least one viewer shows it.
 * <p>
 * Safe for use by several threads. Two viewers are never equal.
 */
public final class Viewer {

	private final int number;

	private final boolean simulated;

	private final Map<TileId, BufferedImage> held = new TreeMap<>();

	private Viewport viewport;

	/** Referred to here so that it stays in the near cache. */
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
	 * Return the viewer's number, by which it is shown to others.
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
	 * Look at another viewport, and release every tile that it does not show or that
	 * belongs to another edition.
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
	 * Hold a tile if the viewport shows it and its edition is the current one. Either may
	 * have changed while the tile was being rendered.
	 */
	synchronized void hold(Tile tile, String edition) {
		if (this.present && this.viewport.shows(tile.id()) && edition.equals(this.edition)) {
			this.held.put(tile.id(), tile.image());
		}
	}

	/**
	 * Leave, and release all tiles permanently.
	 */
	synchronized void leave() {
		this.present = false;
		this.held.clear();
	}

	synchronized boolean isUnseenSince(long nanoTime) {
		return this.seenAt - nanoTime < 0;
	}

	/**
	 * Return the tiles that the viewer holds now.
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

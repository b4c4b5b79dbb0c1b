package io.weakref.sample.tile;

import java.awt.image.BufferedImage;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.context.annotation.Profile;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * The tiles of all instances of the application, which share them through Redis. In this
 * one there is a single image of each tile, as long as somebody holds it.
 */
@Component
@Profile("redis")
class SharedTiles implements TileCache {

	private static final String EDITION = "tiles";

	private final Cache tiles;

	private final Cache editions;

	/** What is known of the edition while Redis is away. */
	private volatile String lastEdition = "none";

	SharedTiles(@Qualifier("weakNearCacheManager") CacheManager cacheManager) {
		this.tiles = Objects.requireNonNull(cacheManager.getCache("tiles"));
		this.editions = Objects.requireNonNull(cacheManager.getCache("editions"));
	}

	/**
	 * Not the first level of the near cache, which has an entry only once a tile was read
	 * again.
	 */
	@Override
	public String weakCache() {
		return "renderings";
	}

	@Override
	public BufferedImage get(TileId id, Function<TileId, BufferedImage> renderer) {
		try {
			return Objects.requireNonNull(this.tiles.get(id, () -> renderer.apply(id)));
		}
		catch (DataAccessException ex) {
			// Redis is away, so this tile is rendered for whoever asks for it.
			return renderer.apply(id);
		}
	}

	/**
	 * The edition is in the near cache, too: its viewers hold it, so it is read from
	 * Redis only when it has changed, whichever instance has changed it.
	 */
	@Override
	public String edition() {
		try {
			String edition = Objects.requireNonNull(this.editions.get(EDITION, SharedTiles::newEdition));
			this.lastEdition = edition;
			return edition;
		}
		catch (DataAccessException ex) {
			return this.lastEdition;
		}
	}

	/**
	 * In this order: who hears of a new edition finds no tile of the old one.
	 */
	@Override
	public void renderAgain() {
		this.tiles.clear();
		this.editions.put(EDITION, newEdition());
	}

	private static String newEdition() {
		return UUID.randomUUID().toString();
	}

}

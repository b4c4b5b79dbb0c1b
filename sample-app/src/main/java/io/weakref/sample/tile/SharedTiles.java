package io.weakref.sample.tile;

import java.awt.image.BufferedImage;
import java.util.List;
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
 * instance there is a single image of each tile while it is in use.
 */
@Component
@Profile("redis")
class SharedTiles implements TileCache {

	private static final String EDITION = "tiles";

	private final Cache tiles;

	private final Cache editions;

	/** The edition that was last read, for while Redis is not available. */
	private volatile String lastEdition = "none";

	SharedTiles(@Qualifier("weakNearCacheManager") CacheManager cacheManager) {
		this.tiles = Objects.requireNonNull(cacheManager.getCache("tiles"));
		this.editions = Objects.requireNonNull(cacheManager.getCache("editions"));
	}

	/**
	 * Return the name of the cache of renderings. The first level of the near cache has
	 * an entry only after a tile was read a second time.
	 */
	@Override
	public String weakCache() {
		return "renderings";
	}

	@Override
	public List<String> weakCaches() {
		return List.of(weakCache());
	}

	@Override
	public BufferedImage get(TileId id, Function<TileId, BufferedImage> renderer) {
		try {
			return Objects.requireNonNull(this.tiles.get(id, () -> renderer.apply(id)));
		}
		catch (DataAccessException ex) {
			// Redis is not available, so each caller gets its own rendering.
			return renderer.apply(id);
		}
	}

	/**
	 * Return the edition. It is in the near cache, too, and the viewers hold it, so it is
	 * read from Redis only after an instance has changed it.
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
	 * Clear the tiles before publishing the new edition, so that whoever sees the new
	 * edition finds no tile of the old one.
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

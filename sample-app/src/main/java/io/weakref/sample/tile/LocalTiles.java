package io.weakref.sample.tile;

import java.awt.image.BufferedImage;
import java.util.UUID;
import java.util.function.Function;

import io.weakref.collection.WeakValueDictionary;

import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * The tiles of this instance of the application, in a weak cache and nowhere else.
 */
@Component
@Profile("!redis")
class LocalTiles implements TileCache {

	private final WeakValueDictionary<TileId, BufferedImage> tiles;

	private volatile String edition = UUID.randomUUID().toString();

	LocalTiles(WeakValueDictionary<TileId, BufferedImage> tiles) {
		this.tiles = tiles;
	}

	@Override
	public String weakCache() {
		return "tiles";
	}

	@Override
	public BufferedImage get(TileId id, Function<TileId, BufferedImage> renderer) {
		// No lock for each tile is needed: who asks for a tile that is being rendered
		// waits
		// here, and the function runs once.
		return this.tiles.computeIfAbsent(id, renderer);
	}

	@Override
	public String edition() {
		return this.edition;
	}

	@Override
	public void renderAgain() {
		this.tiles.clear();
		this.edition = UUID.randomUUID().toString();
	}

}
